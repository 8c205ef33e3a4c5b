"""Rules to begin with: what has proved right for a question with so many classes."""

from dataclasses import dataclass

from aggregation.stopping import LEAST_SKILL
from tasks_app import tools
from tasks_app.models import Project
from tasks_app.tools.fields import Json

DAYS = 30
WINDOW = 40


@dataclass(frozen=True)
class Preset:
    """A rule that can be taken as it is; `why` says whom it stops."""

    key: str
    why: str
    body: Json


def presets(project: Project) -> list[Preset]:
    """The rules proposed for a project.

    Whoever guesses is right by chance: one of K classes. The limit lies halfway between that and always being right, and
    it is compared with what the worker's accuracy is *at most*, so that a careful worker's bad day does not reach it.
    """
    stop: list[Json] = [{"do": "exclude", "from": "project", "days": DAYS}, {"do": "ask_again"}]
    limit = halfway(project)
    return [
        Preset("known", "Stops who is careless with known answers.", _rule("known_at_most", "below", limit, 5, stop)),
        Preset("results", "Stops who guesses, by the results.", _rule("agreement_at_most", "below", limit, 10, stop)),
        Preset(
            "estimate",
            "Asks nobody further whose answers are surely next to worthless, by all answers so far; needs no known answers.",
            _rule("skill_at_most", "below", LEAST_SKILL, 10, stop[:1]),
        ),
        Preset(
            "rushed",
            "Pauses who takes a quarter of the others’ time and is often wrong.",
            {
                "when": [
                    {"measure": "pace", "is": "below", "value": 0.25, "least": 10},
                    {"measure": "agreement", "is": "below", "value": (1 + limit) / 2, "least": 10},
                ],
                "window": WINDOW,
                "then": [{"do": "exclude", "from": "project", "days": 1}],
            },
        ),
        Preset("skips", "Tells who skips a lot.", _rule("skips", "above", 15, 1, [{"do": "warn"}])),
        *_of_kind(project),
    ]


def _of_kind(project: Project) -> list[Preset]:
    """What besides has proved right for the kind of task: drawing, choosing a class, or writing."""
    tool = tools.get(project.kind)
    if tool.draws:
        return [
            Preset(
                "drawn",
                "Has others look at what somebody drew whose shapes seldom lie on the result’s.",
                _rule("agreement", "below", 0.5, 8, [{"do": "add_overlap", "count": 1}, {"do": "warn"}]),
            )
        ]
    if tool.counts_votes:
        return [
            Preset(
                "hurried",
                "Gives who takes a third of the others’ time a page every 20 seconds for a day.",
                _rule("pace", "below", 0.33, 15, [{"do": "slow", "from": "project", "seconds": 20, "days": 1}]),
            )
        ]
    return [
        Preset(
            "written",
            "Has a person look at what somebody hands in who takes a third of the others’ time.",
            _rule("pace", "below", 0.33, 5, [{"do": "review", "from": "project", "days": 7}]),
        )
    ]


def halfway(project: Project) -> float:
    """The accuracy halfway between guessing and always being right; .5 where there are no classes to guess among."""
    drawn = tools.get(project.kind).min_classes < 2
    classes = len(project.question.get("classes", []))
    chance = 0.0 if drawn or classes < 2 else 1 / classes
    return round((1 + chance) / 2, 2)


def _rule(measure: str, way: str, value: float, least: int, then: list[Json]) -> Json:
    return {
        "when": [{"measure": measure, "is": way, "value": value, "least": least}],
        "window": WINDOW,
        "then": then,
    }
