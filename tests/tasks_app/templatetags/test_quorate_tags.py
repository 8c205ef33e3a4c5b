from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from pytest_django import Settings

from tasks_app.templatetags import quorate as tags
from tasks_app.web import icons

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def render(source: str, request: HttpRequest | None = None, **context: object) -> str:
    return Template("{% load quorate %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (50_000, "$0.05"),
        (1_500, "$0.0015"),
        (0, "$0.00"),
        (12_480_500_000, "$12,480.50"),
        (-50_000, "\u2212$0.05"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_money_is_written_as_people_write_it(micro: int | None, text: str) -> None:
    assert tags.money(micro) == text


def test_money_of_a_currency_without_sign_names_it(settings: Settings) -> None:
    settings.CURRENCY = "CHF"
    assert tags.money(50_000) == "0.05\u00a0CHF"


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.874, 0, "87\u202f%"),
        (1, 0, "100\u202f%"),
        (0, 0, "0\u202f%"),
        (0.9996, 0, ">\u202f99\u202f%"),
        (0.9996, 1, ">\u202f99.9\u202f%"),
        (0.001, 0, "<\u202f1\u202f%"),
        (None, 0, "–"),
    ],
)
def test_percent_never_rounds_to_certainty(share: float | None, digits: int, text: str) -> None:
    assert tags.percent(share, digits) == text


@pytest.mark.parametrize(("value", "text"), [(12_480, "12,480"), (3.0, "3"), (3.456, "3.46"), (0, "0"), (None, "–")])
def test_number_parts_thousands(value: float | None, text: str) -> None:
    assert tags.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0\u202fs"),
        (3.24, "3.2\u202fs"),
        (9.97, "10\u202fs"),
        (59.7, "1\u202fmin"),
        (200, "3\u202fmin 20\u202fs"),
        (3600, "1\u202fh"),
        (9000, "2\u202fh 30\u202fmin"),
        (200_000, "2\u202fd 7\u202fh"),
        (None, "–"),
    ],
)
def test_duration_has_at_most_two_units(seconds: float | None, text: str) -> None:
    assert tags.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (44, "just now"),
        (50, "1 min ago"),
        (3599, "59 min ago"),
        (7300, "2 h ago"),
        (-7300, "in 2 h"),
        (90_000, "1 d ago"),
        (-3, "in a moment"),
        (40 * 86_400, "2026-01-20"),
    ],
)
def test_distance_in_time_is_one_unit_rounded_down(seconds: int, text: str) -> None:
    assert tags.spoken_distance(NOW - timedelta(seconds=seconds), NOW) == text


def test_ago_carries_the_exact_moment_for_machines() -> None:
    html = render("{% ago then %}{% moment then %}", then=datetime(2020, 1, 1, 1, 2, 3, tzinfo=UTC))
    assert html == (
        '<time datetime="2020-01-01T01:02:03+00:00" title="2020-01-01 01:02:03 UTC" data-relative>2020-01-01</time>'
        '<time datetime="2020-01-01T01:02:03+00:00" data-local>2020-01-01 01:02 UTC</time>'
    )
    assert render("{% ago then %}{% moment then %}", then=None) == "––"


def test_every_state_has_words_and_a_shape_of_its_tone() -> None:
    for tone, shape, words in tags.STATES.values():
        assert tone in {"neutral", "success", "warning", "danger", "info", "accent"}
        assert shape in icons.SHAPES
        assert words


def test_a_pool_that_is_open_is_live_and_a_task_that_is_open_is_open() -> None:
    assert "Live" in tags.badge("open", kind="pool")
    assert "Open" in tags.badge("open")


def test_badge_escapes_an_unknown_state_and_its_label() -> None:
    assert "<b>" not in tags.badge("<b>")
    assert "<b>" not in tags.badge("open", "<b>")


@pytest.mark.parametrize("name", sorted(icons.PATHS))
def test_an_icon_is_hidden_or_labelled(name: str) -> None:
    assert 'aria-hidden="true"' in tags.icon(name)
    assert 'role="img" aria-label="A &quot;b&quot;"' in tags.icon(name, label='A "b"')


def test_an_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        tags.icon("no such icon")


@pytest.mark.parametrize(
    ("color", "fill"), [("#E69F00", "#E69F00"), ("red", "#999999"), ('"/><script>', "#999999"), ("#E69F00;", "#999999")]
)
def test_swatch_shows_colours_and_nothing_else(color: str, fill: str) -> None:
    assert f'fill="{fill}"/></svg>' in tags.swatch(color)


@pytest.mark.parametrize(
    ("name", "text"),
    [("Alice", "A"), ("Ada Byron Lovelace", "AL"), ("bob@example.org", "BO"), ("", "?"), ("<b> x", "<X")],
)
def test_initials(name: str, text: str) -> None:
    assert tags.initials(name) == text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/projects/new/", "requester"),
        ("/p/abc/", "requester"),
        ("/work/", "work"),
        ("/control/workers/", "control"),
        ("/me/", ""),
        ("/privacy/", ""),
    ],
)
def test_section_is_known_by_the_address(rf: RequestFactory, path: str, name: str) -> None:
    assert render("{% section as s %}{{ s }}", rf.get(path)) == name


def test_query_changes_one_parameter_and_keeps_the_others(rf: RequestFactory) -> None:
    request = rf.get("/x/", {"state": "a&b", "page": "3"})
    assert render("{% query page=4 %}", request) == "?state=a%26b&amp;page=4"
    assert render("{% query page=None state='' %}", request) == "?"


@pytest.mark.parametrize(
    ("given", "state", "link"),
    [
        ("", "none", "?sort=accuracy"),
        ("accuracy", "ascending", "?sort=-accuracy"),
        ("-accuracy", "descending", "?sort=accuracy"),
    ],
)
def test_a_sortable_heading_says_its_state_and_turns_it(rf: RequestFactory, given: str, state: str, link: str) -> None:
    request = rf.get("/x/", {"sort": given, "page": "7"} if given else {"page": "7"})
    html = render('{% sort_th "accuracy" "Accuracy" "num" %}', request)
    assert html == f'<th scope="col" class="num" aria-sort="{state}"><a class="sort" href="{link}">Accuracy</a></th>'


@pytest.mark.parametrize(
    ("parts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_sentence(parts: list[str], text: str) -> None:
    assert tags.sentence(parts) == text
