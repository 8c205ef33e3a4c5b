import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from aggregation.cli import main
from aggregation.methods import METHODS

ANSWERS = "task,worker,label\nt1,ann,cat\nt1,ben,cat\nt1,cy,dog\nt2,ann,dog\nt2,ben,dog\nt2,cy,dog\n"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS)
    return path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("method", METHODS)
def test_aggregate_writes_a_label_for_each_task(answers: Path, tmp_path: Path, method: str) -> None:
    out = tmp_path / "labels.csv"

    assert main(["aggregate", str(answers), "--method", method, "--out", str(out)]) == 0
    found = rows(out.read_text())
    assert [(row["task"], row["label"], row["answers"]) for row in found] == [("t1", "cat", "3"), ("t2", "dog", "3")]
    assert 0.5 < float(found[0]["confidence"]) <= float(found[1]["confidence"]) <= 1


def test_aggregate_does_not_depend_on_the_order_of_rows(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["aggregate", str(answers)])
    first = capsys.readouterr().out
    head, *body = ANSWERS.splitlines()
    answers.write_text("\n".join([head, *reversed(body)]) + "\n")
    main(["aggregate", str(answers)])

    assert capsys.readouterr().out == first


def test_evaluate_scores_every_method(answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("task,label\nt1,cat\nt2,horse\n")

    assert main(["evaluate", str(answers), str(truth)]) == 0
    found = rows(capsys.readouterr().out)
    assert [(row["method"], row["tasks"], row["accuracy"]) for row in found] == [
        (name, "2", "0.500000") for name in METHODS
    ]


def test_workers_lists_the_worst_first_and_prints_alpha(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workers", str(answers)]) == 0
    captured = capsys.readouterr()
    found = rows(captured.out)

    assert [row["worker"] for row in found] == ["cy", "ann", "ben"]
    assert [row["agreement"] for row in found] == ["0.500000", "0.750000", "0.750000"]
    assert captured.err == "Krippendorff's alpha: 0.375000\n"


def test_workers_leaves_agreement_empty_for_one_who_met_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("task,worker,label\nt1,ann,cat\nt2,ann,dog\n")

    assert main(["workers", str(path)]) == 0
    assert rows(capsys.readouterr().out)[0]["agreement"] == ""


def test_simulate_writes_what_evaluate_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, truth = tmp_path / "a.csv", tmp_path / "t.csv"
    main(["simulate", "--tasks", "60", "--classes", "3", "--overlap", "7", "--out", str(out), "--truth", str(truth)])

    assert main(["evaluate", str(out), str(truth)]) == 0
    ds, *_ = rows(capsys.readouterr().out)
    assert ds["tasks"] == "60"
    assert float(ds["accuracy"]) > 0.9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task,worker,label\na,b,c\na,,c\nx\n", "line 3: worker empty; line 4: worker, label empty"),
        ("task,label\na,b\n", "line 1: no column worker (found: task, label)"),
        ("", "line 1: no column task, worker, label (found: nothing)"),
        ("task,worker,label\n" + "a,,c\n" * 14, "line 11: worker empty and 4 more"),
    ],
)
def test_bad_rows_are_named_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)

    assert main(["aggregate", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"aggregation: {path}: ")
    assert captured.err.endswith(f"{message}\n")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(b"task,worker,label\na,b,\xff\n")

    assert main(["aggregate", str(path)]) == 2
    assert "not UTF-8 text" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aggregate", str(tmp_path / "nothing.csv")]) == 2
    assert "nothing.csv" in capsys.readouterr().err


def test_blank_lines_and_other_columns_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("\ufeffwhen,label,worker,task\n9:00,cat,ann,t1\n\n9:01,cat,ben,t1\n", encoding="utf-8")

    assert main(["aggregate", str(path)]) == 0
    assert [(row["task"], row["label"]) for row in rows(capsys.readouterr().out)] == [("t1", "cat")]


def test_a_table_without_rows_gives_a_table_without_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("task,worker,label\n")

    assert main(["aggregate", str(path)]) == 0
    assert capsys.readouterr().out == "task,label,confidence,answers\n"


def test_module_runs_as_a_command(answers: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aggregation", "aggregate", str(answers)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == "task,label,confidence,answers"
