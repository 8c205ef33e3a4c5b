"""What every shape carries besides its form: class, flags, attributes; and what its question asks for that."""

from collections.abc import Collection
from typing import Any

from tasks_app.tools.asking import ExtraField, ItemColumn
from tasks_app.tools.fields import OF_RESULTS, Json, Problems, join, read_choice, read_object, read_text

FLAG_NAMES = ("occluded", "uncertain")
EXTRAS = (*FLAG_NAMES, "attributes")
MAX_ATTRIBUTES = 20
YES = "yes"

MIN_SIZE = ExtraField(
    name="min_size",
    label="Smallest side",
    help="Shapes whose sides are all below this many pixels of the picture are not accepted; boxes need it on both sides.",
    minimum=1,
    maximum=500,
    default=4,
)
FLAGS = ExtraField(
    name="flags",
    label="Let people mark a shape as occluded or unsure",
    help="One key each. The result says so where most who drew the shape do.",
    default=False,
    kind="flag",
)
ATTRIBUTES = ExtraField(
    name="attributes",
    label="Attributes of a shape",
    help="One a line: “pose: left, right, front” for a choice, “truncated” for yes or no. Leave empty for none.",
    default="",
    maximum=2000,
    kind="text",
)
PREDICTION = ItemColumn(
    name="prediction",
    help='Shapes to be corrected instead of drawn anew, as JSON in the form of an answer, such as {"boxes": […]}.',
    kind="json",
)


def attributes_of(question: Json) -> dict[str, list[str]]:
    """Attribute → its choices; yes alone where it has none to choose from. In the order of the question."""
    found: dict[str, list[str]] = {}
    for line in question.get("attributes", "").splitlines():
        name, _, choices = line.partition(":")
        if name.strip():
            found[name.strip()] = [one.strip() for one in choices.split(",") if one.strip()] or [YES]
    return found


def check_attributes(question: Json, problems: Problems) -> None:
    """Notes attributes that are too many, too long, or there twice."""
    names = [line.partition(":")[0].strip() for line in (question.get("attributes") or "").splitlines() if line.strip()]
    if len(names) > MAX_ATTRIBUTES:
        problems.add("attributes", f"At most {MAX_ATTRIBUTES} attributes.")
    for name in names:
        if not name or len(name) > 40:
            problems.add("attributes", "Each line begins with a name of 1 to 40 characters.")
        if names.count(name) > 1:
            problems.add("attributes", f"“{name}” is there twice.")


def read_entry(raw: Any, field: str, problems: Problems, names: Collection[str]) -> Json:
    """The object of one shape with the fields that a shape may have."""
    return read_object(raw, field, problems, known=("class", *names, *EXTRAS, *OF_RESULTS))


def read_extras(entry: Json, field: str, problems: Problems, question: Json) -> Json:
    """Flags that are set and attributes that are given, canonical; only those the question asks for."""
    found: Json = {}
    for name in FLAG_NAMES:
        value = entry.get(name)
        if value not in (None, True, False):
            problems.add(join(field, name), "Must be true or false.")
        if value is True:
            if question.get("flags"):
                found[name] = True
            else:
                problems.add(join(field, name), "The question does not ask for this.")
    raw = entry.get("attributes")
    if raw is not None:
        found |= _read_attributes(raw, join(field, "attributes"), problems, attributes_of(question))
    return found


def _read_attributes(raw: Any, field: str, problems: Problems, known: dict[str, list[str]]) -> Json:
    given = read_object(raw, field, problems, known=known)
    told = {
        name: read_choice(value, join(field, name), problems, choices=known[name])
        for name, value in given.items()
        if read_text(value, join(field, name), problems, maximum=200, required=False)
    }
    return {"attributes": told} if told else {}
