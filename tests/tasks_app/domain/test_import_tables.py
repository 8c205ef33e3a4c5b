"""Guesses about tables: delimiter, column names, which column is the item, which encoding."""

from io import BytesIO

import pytest

from tasks_app.domain.import_preview import guess_column
from tasks_app.domain.import_rows import readable, same_name, short_name
from tasks_app.domain.import_tables import Record, column_names, sniff_delimiter, table_format


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a,b,c\n", "1,2,3\n"], ","),
        (["a;b\n", "1,5;2,5\n", "1,7;3\n"], ";"),
        (["a\tb\n", "x, y\tz\n"], "\t"),
        (["a|b|c\n", "1|2|3\n"], "|"),
        (["text\n", "one, two\n", "three\n"], ","),
        ([], ","),
        (['"a;x",b\n', '"1;2",3\n'], ","),
    ],
)
def test_sniff_delimiter_takes_the_one_that_cuts_evenly(lines: list[str], delimiter: str) -> None:
    assert sniff_delimiter(lines) == delimiter


def test_column_names_are_short_present_and_different() -> None:
    assert column_names(["a", "", "a", " a  b ", "a"]) == ["a", "column 2", "a (2)", "a b", "a (3)"]
    long = column_names(["x" * 200, "x" * 200])
    assert [len(name) for name in long] == [80, 80]
    assert long[0] != long[1]


@pytest.mark.parametrize(
    ("media", "rows", "column"),
    [
        ("text", [{"id": "1", "Text": "a", "note": "a long remark about it"}], "Text"),
        ("text", [{"id": "1234567890", "words": "short words", "n": "5"}], "words"),
        ("image", [{"id": "1", "picture_of": "a.png", "site": "north of here"}], "picture_of"),
        ("image", [{"name": "x", "file": "a.png"}], "file"),
        ("text", [], ""),
    ],
)
def test_guess_column_goes_by_name_then_by_content(media: str, rows: list[dict[str, str]], column: str) -> None:
    columns = list(rows[0]) if rows else []
    assert guess_column(columns, [Record(2, row) for row in rows], media=media) == column


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.csv", b"a,b\n", "csv.utf-8"),
        ("a.CSV", b"\xef\xbb\xbfa,b\n", "csv.utf-8-sig"),
        ("a.tsv", "ä\tb\n".encode("utf-16"), "tsv.utf-16"),
        ("a.txt", "ab\n".encode("utf-16-le"), "csv.utf-16-le"),
        ("a.jsonl", "ab\n".encode("utf-16-be"), "jsonl.utf-16-be"),
        ("a.csv", "Größe".encode("cp1252"), "csv.cp1252"),
        ("a.csv", b"a" * 2_000_000 + b"\xff", "csv.cp1252"),
        ("a.json", b' {"a": 1}', "jsonl.utf-8"),
        ("a.json", b' [{"a": 1}]', ""),
        ("a.png", b"a,b", ""),
        ("csv", b"a,b", ""),
    ],
)
def test_table_format_goes_by_name_and_bytes(name: str, data: bytes, form: str) -> None:
    assert table_format(name, BytesIO(data)) == form


def test_names_are_compared_without_case_slash_and_accent_form() -> None:
    assert same_name("./Photos\\E\u0301TE.PNG") == same_name("photos/éte.png")
    assert short_name("../../a/ b.png") == "b.png"
    assert readable("a\x00\ud800\u202eb") == "a\ufffd?\ufffdb"
