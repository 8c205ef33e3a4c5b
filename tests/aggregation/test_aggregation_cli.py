import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aggregation.cli import main
from aggregation.methods import METHODS
from aggregation.progress import Progress, told_of_steps
from aggregation.simulate import WorkerKind, class_world
from aggregation.tables import read_answers

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
    assert all(float(row["low"]) <= float(row["accuracy"]) <= float(row["high"]) for row in found)
    assert {row["verdict"] for row in found} == {"unknown"}  # two answers each


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


def test_workers_shows_who_changed_in_the_order_of_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generator = np.random.default_rng(0)
    order = generator.permutation(60)  # tasks come in any order, the rows tell the time
    lines = [
        f"t{task},{worker},{int(generator.random() > (0.5 if worker == 'tired' and when > 30 else 0.95))},{1 + when % 2}"
        for when, task in enumerate(order)
        for worker in ("tired", "ann", "ben", "cy", "dan")
    ]
    path = tmp_path / "answers.csv"
    path.write_text("task,worker,label,weight\n" + "\n".join([*lines, "t0,late,1,0"]) + "\n")

    assert main(["workers", str(path)]) == 0
    found = {row["worker"]: row for row in rows(capsys.readouterr().out)}
    assert float(found["tired"]["drift_p"]) < 0.01
    assert float(found["tired"]["before"]) - float(found["tired"]["after"]) > 0.2
    assert min(float(found[name]["drift_p"] or 1) for name in ("ann", "ben", "cy", "dan")) > 0.01
    assert found["late"]["drift_p"] == ""


def test_rows_of_a_table_are_those_of_its_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    cells = [("b", "x", "1"), ("a", "y", "0"), ("b", "w", "0"), ("a", "x", "1")]
    path.write_text("task,worker,label\n" + "".join(f"{t},{w},{label}\n" for t, w, label in cells))
    table = read_answers(path, ordered=True)
    a = table.answers
    read = [
        (table.tasks[t], table.workers[w], table.classes[k]) for t, w, k in zip(a.task, a.worker, a.label, strict=True)
    ]

    assert table.row is not None
    assert read == [cells[row] for row in table.row]


def test_tasks_lists_the_hardest_first(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", str(answers)]) == 0
    found = rows(capsys.readouterr().out)

    assert [(row["task"], row["label"], row["answers"]) for row in found] == [("t1", "cat", "3"), ("t2", "dog", "3")]
    assert float(found[0]["difficulty"]) > 1 > float(found[1]["difficulty"])
    assert [row["vote_entropy"] for row in found] == ["0.636514", "0.000000"]


def test_tasks_shows_which_classes_meet(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", str(answers), "--pairs"]) == 0
    assert rows(capsys.readouterr().out) == [
        {"label": "cat", "cat": "0.500000", "dog": "0.500000"},
        {"label": "dog", "cat": "0.250000", "dog": "0.750000"},
    ]


def test_known_answers_are_kept_and_may_name_a_class_nobody_said(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("task,label\nt1,horse\nt9,cat\n")

    assert main(["aggregate", str(answers), "--gold", str(gold)]) == 0
    captured = capsys.readouterr()
    found = rows(captured.out)
    assert [(row["task"], row["label"]) for row in found] == [("t1", "horse"), ("t2", "dog")]
    assert found[0]["confidence"] == "1.000000"
    assert captured.err == "1 of 2 known answers are about tasks nobody answered\n"


def test_weights_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("task,worker,label,weight\nt1,ann,cat,3\nt1,ben,dog,1\nt1,cy,dog,1\nt2,ann,cat,0\n")

    assert main(["aggregate", str(path), "--method", "mv"]) == 0
    found = rows(capsys.readouterr().out)
    assert [(row["label"], row["confidence"], row["answers"]) for row in found] == [
        ("cat", "0.600000", "3"),
        (found[1]["label"], "0.500000", "0"),
    ]


def test_a_file_of_nested_answers_gives_what_its_rows_give(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nested = tmp_path / "answers.json"
    nested.write_text(
        json.dumps({"t1": {"ann": "cat", "ben": "cat", "cy": "dog"}, "t2": dict.fromkeys(["ann", "ben", "cy"], "dog")})
    )
    main(["aggregate", str(answers)])
    first = capsys.readouterr().out

    assert main(["aggregate", str(nested)]) == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "not an object of tasks"),
        ('{"1": [0]}', "not an object of workers: task '1'"),
        ('{"1": {"2": null}}', "task '1', worker '2': the label must be a text or a whole number"),
        ('{"1": {"2": " "}}', "task '1', worker '2': the label must be"),
        ('{"1": {"2": 0},\n', "line 2: "),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_bad_json_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text)

    assert main(["aggregate", str(path)]) == 2
    assert message in capsys.readouterr().err


def test_json_that_is_not_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(b"\xff")

    assert main(["aggregate", str(path)]) == 2
    assert "not UTF-8 text" in capsys.readouterr().err


@pytest.mark.parametrize("weight", ["heavy", "-1", "nan", "inf"])
def test_a_bad_weight_is_named_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], weight: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(f"task,worker,label,weight\na,b,c,1\na,c,c,{weight}\n")

    assert main(["aggregate", str(path)]) == 2
    assert f"line 3: weight {weight!r} is not a number of at least 0" in capsys.readouterr().err


def test_lines_are_counted_past_cells_that_run_over_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    path.write_text('task,worker,label,note\na,b,c,"one\ntwo"\na,,c,\n')

    assert main(["aggregate", str(path)]) == 2
    assert "line 4: worker empty" in capsys.readouterr().err


def test_labels_that_are_no_classes_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("task,worker,label\n" + "".join(f"t{n},w,sentence {n}\n" for n in range(17_000)))

    assert main(["aggregate", str(path)]) == 2
    assert "17,000 different labels on 17,000 tasks are no classes" in capsys.readouterr().err


def test_evaluate_names_a_method_that_is_none(answers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(answers), str(answers), "--methods", "mv,magic"]) == 2
    assert "there is no method magic" in capsys.readouterr().err


def test_evaluate_can_be_asked_for_some_methods(
    answers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("task,label\n t1 , cat \n")

    assert main(["evaluate", str(answers), str(truth), "--methods", "mv"]) == 0
    assert [(row["method"], row["tasks"], row["accuracy"]) for row in rows(capsys.readouterr().out)] == [
        ("mv", "1", "1.000000")
    ]


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_a_crowd_of_no_size_is_refused(capsys: pytest.CaptureFixture[str], number: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["simulate", "--tasks", number])
    assert stopped.value.code == 2
    assert "--tasks" in capsys.readouterr().err


def test_a_crowd_of_nobody_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--hammer", "0", "--sloppy", "0", "--spammer", "0"]) == 2
    assert "at least one worker" in capsys.readouterr().err


def test_output_may_be_cut_short_by_its_reader(tmp_path: Path) -> None:
    command = f"{sys.executable} -m aggregation simulate --tasks 20000 | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("task,worker,label\n", "")


def test_slices_of_a_long_file_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("task,worker,label\n" + "".join(f"t{n // 5},w{n % 7}, {n % 3}\n" for n in range(100)))
    whole = read_answers(path)
    monkeypatch.setattr("aggregation.tables.SLICE", 9)
    sliced = read_answers(path)

    assert (sliced.tasks, sliced.workers, sliced.classes) == (whole.tasks, whole.workers, whole.classes)
    assert sliced.classes == ("0", "1", "2")
    for name in ("task", "worker", "label", "task_ids", "worker_ids"):
        assert getattr(sliced.answers, name).tolist() == getattr(whole.answers, name).tolist()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_and_wiped() -> None:
    stream = Terminal()
    with Progress("reading", 200, stream) as bar:
        bar(100)

    assert stream.getvalue() == "\r\x1b[2Kreading " + "█" * 15 + "░" * 15 + "  50%\r\x1b[2K"


def test_progress_is_silent_elsewhere() -> None:
    stream = io.StringIO()
    with Progress("reading", 200, stream) as bar:
        bar(100)

    assert stream.getvalue() == ""


def test_progress_without_an_end_is_counted() -> None:
    stream = Terminal()
    with Progress("fitting", 0, stream) as bar:
        bar(7)

    assert stream.getvalue() == "\r\x1b[2Kfitting 7\r\x1b[2K"


@pytest.mark.parametrize("method", [name for name in METHODS if name not in {"mv", "ns", "wawa", "zbs"}])
def test_fits_tell_each_step_they_make(method: str) -> None:
    steps: list[int] = []
    answers = class_world(seed=1, n_tasks=40, n_classes=3, workers={WorkerKind.SLOPPY: 9}, answers_per_task=3).answers
    with told_of_steps(steps.append):
        METHODS[method].make().fit(answers)
    METHODS[method].make().fit(answers)  # nobody listens any more

    assert steps[:2] == [1, 2]
    assert steps.count(1) <= 2  # the default makes two fits
