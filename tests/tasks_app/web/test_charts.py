from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils.safestring import SafeString

from tasks_app.web import charts
from tasks_app.web.chart_frame import nice_ticks, round_top
from tasks_app.web.charts import Dot, Part, Series

EVIL = '"><script>alert(1)</script>&'
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parse(html: SafeString) -> ET.Element:
    """The figure as XML: ElementTree refuses what is not well formed."""
    return ET.fromstring(f"<div>{html}</div>")


def twin(root: ET.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]


def svg(root: ET.Element) -> ET.Element:
    return next(root.iter("svg"))


EVERY: list[Callable[[str], SafeString]] = [
    lambda text: charts.stacked([Part(text, 3, "1")], label=text, total=5, noun=text),
    lambda text: charts.meter(1, 2, label=text),
    lambda text: charts.bars(text, [(text, 3)], x=text, y=text, marker=(1, text)),
    lambda text: charts.line(text, [Series(text, [(0, 1), (1, 2)]), Series(text, [(0, 1)])], x=text, y=text),
    lambda text: charts.sparkline([1, 2], label=text),
    lambda text: charts.heat_map(text, [text, "b"], [[1, 0], [0.5, 0.5]], supports=[2, 3]),
    lambda text: charts.scatter(text, [Dot(1, 2, text, low=1, high=3)], x=text, y=text),
]


@pytest.mark.parametrize("chart", EVERY)
def test_every_chart_escapes_what_it_is_given(chart: Callable[[str], SafeString]) -> None:
    html = chart(EVIL)
    root = parse(html)
    assert isinstance(html, SafeString)
    assert list(root.iter("script")) == []
    assert EVIL in "".join(root.itertext())


@pytest.mark.parametrize("chart", EVERY)
def test_every_chart_is_a_named_picture_without_inline_style(chart: Callable[[str], SafeString]) -> None:
    root = parse(chart("Agreement"))
    pictures = [element for element in root.iter("svg") if element.get("role") == "img"]
    assert len(pictures) == 1
    assert pictures[0][0].tag == "title"
    assert "Agreement" in (pictures[0][0].text or "")
    for element in root.iter():
        assert not {"style", "onclick", "onload"} & set(element.attrib)


def test_stacked_draws_the_rest_and_says_every_number() -> None:
    root = parse(
        charts.stacked(
            [Part("settled", 182, "success"), Part("contested", 8, "warning")], total=240, label="Items", noun="items"
        )
    )
    rects = [(r.get("class"), r.get("x"), r.get("width")) for r in svg(root).iter("rect")]
    assert rects == [
        ("fill-rest", None, "100"),
        ("fill-success", "0", "75.83"),
        ("fill-warning", "75.83", "3.33"),
        ("fill-rest", "79.17", "20.83"),
    ]
    assert svg(root)[0].text == "Items: 182 settled, 8 contested, 50 to go of 240 items"
    assert ["".join(li.itertext()) for li in root.iter("li")] == ["182 settled", "8 contested", "50 to go"]


@pytest.mark.parametrize(
    ("done", "total", "widths"), [(0, 0, ["100"]), (0, 5, ["100"]), (1, 4, ["100", "25"]), (9, 4, ["100", "100"])]
)
def test_meter_stays_within_its_frame(done: float, total: float, widths: list[str]) -> None:
    assert [r.get("width") for r in svg(parse(charts.meter(done, total, label="x"))).iter("rect")] == widths


def test_bars_are_as_high_as_their_numbers_and_stand_in_the_table() -> None:
    root = parse(charts.bars("Agreement", [("low", 10), ("high", 40), ("none", 0)], x="agreement", y="items"))
    heights = [float(r.get("height", "0")) for r in svg(root).iter("rect")]
    assert heights == [45.0, 180.0, 0.0]
    assert twin(root) == [["agreement", "items"], ["low", "10"], ["high", "40"], ["none", "0"]]
    assert "Highest: high with 40." in (svg(root)[1].text or "")


def test_line_over_time_labels_hours_and_lists_every_point() -> None:
    points = [(NOON + timedelta(minutes=10 * i), float(i)) for i in range(3)]
    root = parse(charts.line("Answers", [Series("all", points)], x="time", y="answers"))
    way = next(svg(root).iter("polyline")).get("points")
    assert way == "52,208 259,118 466,28"
    texts = [text.text for text in svg(root).iter("text")]
    assert {"12:00", "12:10", "12:20"} <= set(texts)
    assert twin(root)[1:] == [
        ["all", "2026-03-01 12:00:00", "0"],
        ["all", "2026-03-01 12:10:00", "1"],
        ["all", "2026-03-01 12:20:00", "2"],
    ]


def test_line_names_its_series_in_a_legend_from_two_on() -> None:
    two = [Series("alice", [(0, 1), (1, 1)]), Series("bob", [(0, 2), (1, 2)])]
    assert [li.find("svg") is not None for li in parse(charts.line("t", two, x="x", y="y")).iter("li")] == [True, True]
    assert list(parse(charts.line("t", two[:1], x="x", y="y")).iter("li")) == []


def test_a_line_of_one_point_is_a_dot() -> None:
    root = parse(charts.line("t", [Series("a", [(3, 5)])], x="x", y="y"))
    assert list(svg(root).iter("polyline")) == []
    assert len(list(svg(root).iter("circle"))) == 1


def test_sparkline_says_first_last_least_and_most() -> None:
    assert svg(parse(charts.sparkline([3, 9, 1, 4], label="Speed")))[0].text == "Speed: from 3 to 4, least 1, most 9"
    assert "–" in charts.sparkline([], label="Speed")


def test_heat_map_has_true_classes_as_rows_and_answers_as_columns() -> None:
    root = parse(charts.heat_map("How alice answers", ["cat", "dog"], [[0.9, 0.1], [0.0, 1.0]], supports=[120, 40.26]))
    cells = list(svg(root).iter("g"))
    assert [g[0].text for g in cells] == [
        "cat answered as cat: 90\u202f%",
        "cat answered as dog: 10\u202f%",
        "dog answered as cat: 0\u202f%",
        "dog answered as dog: 100\u202f%",
    ]
    assert [g[1].get("class") for g in cells] == [
        "heat-cell heat-8",
        "heat-cell heat-1",
        "heat-cell heat-0",
        "heat-cell heat-8",
    ]
    left = [(float(g[1].get("x", "")), float(g[1].get("y", ""))) for g in cells]
    assert left[0][1] == left[1][1] < left[2][1]
    assert left[0][0] == left[2][0] < left[1][0]
    assert twin(root) == [
        ["True class", "Answers", "answered cat", "answered dog"],
        ["cat", "120", "90\u202f%", "10\u202f%"],
        ["dog", "40.3", "0\u202f%", "100\u202f%"],
    ]


def test_heat_map_text_is_strong_on_strong_cells_only() -> None:
    root = parse(charts.heat_map("t", ["a", "b"], [[0.5, 0.5], [0.49, 0.51]]))
    assert [g.findall("text")[0].get("class") for g in svg(root).iter("g")] == ["heat-text"] * 3 + ["heat-text-strong"]


def test_heat_map_of_many_classes_keeps_numbers_out_of_tiny_cells() -> None:
    labels = [f"class {number}" for number in range(30)]
    rows = [[1.0 if i == j else 0.0 for j in range(30)] for i in range(30)]
    root = parse(charts.heat_map("t", labels, rows))
    assert [text for g in svg(root).iter("g") for text in g.iter("text")] == []
    assert len(twin(root)) == 31


def test_a_class_never_seen_has_no_share() -> None:
    root = parse(charts.heat_map("t", ["a", "b"], [[1, 0], [0, 0]]))
    assert twin(root)[2] == ["b", "–", "–"]
    assert "On average 100\u202f%" in (svg(root)[1].text or "")


def test_scatter_puts_intervals_around_points_and_keeps_them_inside() -> None:
    root = parse(
        charts.scatter(
            "t", [Dot(5, 0.5, "w", 4, low=-1, high=2)], x="seconds", y="accuracy", form=charts.as_percent, high=1
        )
    )
    whisker = next(line for line in svg(root).iter("line") if "whisker" in (line.get("class") or ""))
    assert (whisker.get("y1"), whisker.get("y2")) == ("208", "28")
    assert twin(root)[1] == ["w", "5", "50\u202f%", "-100\u202f% to 200\u202f%", "4"]


@pytest.mark.parametrize(
    "html",
    [
        charts.bars("t", [], x="x", y="y"),
        charts.line("t", [], x="x", y="y"),
        charts.scatter("t", [], x="x", y="y"),
        charts.heat_map("t", [], []),
    ],
)
def test_nothing_to_show_is_said(html: SafeString) -> None:
    assert "Nothing to show yet." in (svg(parse(html))[1].text or "") or "0 points" in html


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (0, 80, [0, 20, 40, 60, 80]),
        (3, 3, [3]),
        (0.9, 1, [0.9, 0.925, 0.95, 0.975, 1]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


@pytest.mark.parametrize(("values", "top"), [([], 1), ([0], 1), ([80], 80), ([81], 100), ([0.3], 0.3), ([7], 8)])
def test_the_top_of_an_axis_is_round_and_not_below_the_data(values: list[float], top: float) -> None:
    assert round_top(values) == pytest.approx(top)
