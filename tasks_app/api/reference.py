"""The OpenAPI document as a page's rows: groups of operations with their parameters, fields and a curl command each."""

import functools
import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Json = Any
Node = Mapping[str, Any]

TITLES = {
    "me": "Who you are",
    "projects": "Projects",
    "pools": "Pools",
    "tasks": "Tasks and images",
    "results": "Results and exports",
    "quality": "Known answers, rules, training",
    "skills": "Skills",
    "review": "Reviewing assignments",
    "work": "Working",
}
"""The groups in their order: a tag and its heading."""
JSON_TYPE = "application/json"
BASE = "/api/v1/"
DEEPEST = 4
"""Levels of nested fields that are shown; the document has them all."""
SAMPLES: dict[str, Json] = {
    "question": {"prompt": "Which animal?", "classes": [{"key": "cat", "name": "Cat"}, {"key": "dog", "name": "Dog"}]},
    "items": [{"text": "It purrs."}, {"text": "It barks.", "name": "second"}],
    "answer": {"class": "cat"},
    "task": "TASK",
    "name": "Animals",
    "kind": "text_classification",
    "reward": "0.05",
    "overlap_min": 3,
    "overlap_max": 7,
    "reason": "Two cells have no box.",
}
"""Values for the examples, by the field's name: those whose form the document leaves open, and those a reader recognises."""
WORTH_SHOWING = {"question", "reward", "overlap_min", "overlap_max"}
"""Fields that an example has though they may be left out."""


@dataclass(frozen=True)
class Field:
    """One row of a table of fields or parameters."""

    name: str
    """Dotted below the top: `money.held`, `answers[].task`."""
    kind: str
    """Its type in words: `text`, `whole number, 1 to 100`, `open, settled or contested`."""
    needed: bool
    place: str
    """`path`, `query` or `header` for a parameter; empty for a field of a body."""
    text: str

    @property
    def optional(self) -> bool:
        return not self.needed


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    text: str
    parameters: tuple[Field, ...]
    takes: tuple[Field, ...]
    status: str
    returns: tuple[Field, ...]
    listed: bool
    """Whether the answer is a page of a list whose rows `returns` describes."""
    curl: str

    @property
    def route(self) -> str:
        """The address below the version's, for where there is little room."""
        return self.path.removeprefix(BASE)


@dataclass(frozen=True)
class Group:
    """What belongs together, under a heading."""

    tag: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Reference:
    """The page: a first command, groups in order, and the errors that any operation may answer with."""

    first: str
    groups: tuple[Group, ...]
    errors: tuple[tuple[str, str], ...]


@functools.cache
def document() -> Node:
    """The OpenAPI document of this version. Made once a process: it follows from the code alone."""
    made: Node = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def reference(origin: str) -> Reference:
    """The document for reading, with commands that call `origin`, such as `https://quorate.example`."""
    return Reader(document(), origin).reference()


class Reader:
    """Reads a document; every `$ref` is looked up in it."""

    def __init__(self, source: Node, origin: str) -> None:
        self.source = source
        self.origin = origin

    def reference(self) -> Reference:
        by_tag: dict[str, list[Operation]] = {}
        errors: dict[str, str] = {}
        for path, methods in self.source["paths"].items():
            for method, entry in methods.items():
                by_tag.setdefault(entry["tags"][0], []).append(self.operation(path, method, entry))
                errors |= {code: answer["description"] for code, answer in entry["responses"].items() if code >= "400"}
        order = [*TITLES, *sorted(by_tag.keys() - TITLES.keys())]
        groups = (Group(tag, TITLES.get(tag, tag.capitalize()), tuple(by_tag[tag])) for tag in order if tag in by_tag)
        first = f'export KEY=q_…\ncurl -sS {self.origin}{BASE}me/ -H "Authorization: Bearer $KEY"'
        return Reference(first, tuple(groups), tuple(sorted(errors.items())))

    def operation(self, path: str, method: str, entry: Node) -> Operation:
        status = next(code for code in entry["responses"] if code < "300")
        returned = self.json_shape(entry["responses"][status])
        rows = self.resolve(returned).get("properties", {})
        listed = {"next", "previous", "results"} == set(rows)
        if listed:
            returned = rows["results"]["items"]
        return Operation(
            id=entry["operationId"],
            method=method.upper(),
            path=path,
            text=entry.get("description", ""),
            parameters=tuple(self.parameter(one) for one in entry.get("parameters", [])),
            takes=tuple(self.fields(self.json_shape(entry.get("requestBody", {})))),
            status=status,
            returns=tuple(self.fields(returned)),
            listed=listed,
            curl=self.curl(path, method, entry),
        )

    def parameter(self, entry: Node) -> Field:
        shape = entry["schema"]
        return Field(entry["name"], self.kind(shape), entry.get("required", False), entry["in"], told(entry, shape))

    def fields(self, shape: Node, prefix: str = "", depth: int = 1) -> Iterator[Field]:
        """The fields of an object, what lies in them below, at most DEEPEST levels."""
        whole = self.resolve(shape)
        for name, entry in whole.get("properties", {}).items():
            inner = self.resolve(entry)
            row = f"{prefix}{name}"
            yield Field(row, self.kind(entry), name in whole.get("required", []), "", told(entry, inner))
            if depth < DEEPEST:
                below = inner.get("items", inner) if inner.get("type") == "array" else inner
                mark = "[]." if below is not inner else "."
                yield from self.fields(below, row + mark, depth + 1)

    def kind(self, entry: Node) -> str:
        shape = self.resolve(entry)
        words = self.plain_kind(shape)
        return f"{words}, or null" if entry.get("nullable") or shape.get("nullable") else words

    def plain_kind(self, shape: Node) -> str:
        if "enum" in shape:
            return either([str(value) for value in shape["enum"]])
        names = {
            "string": "text",
            "integer": "whole number",
            "number": "number",
            "boolean": "true or false",
            "object": "object",
        }
        match shape.get("type"):
            case "array":
                return f"list of {self.plain_kind(self.resolve(shape['items']))}{bounds(shape, 'Items')}"
            case "string" if "format" in shape:
                return {"date-time": "time, ISO 8601", "uri": "address", "binary": "bytes"}.get(shape["format"], "text")
            case "string":
                return f"text{bounds(shape, 'Length')}"
            case str(name):
                return names[name] + bounds(shape, "imum")
            case _:
                return "JSON"

    def json_shape(self, body: Node) -> Node:
        """The shape of a JSON body, empty where there is none."""
        shape: Node = body.get("content", {}).get(JSON_TYPE, {}).get("schema", {})
        return shape

    def resolve(self, shape: Node) -> Node:
        """The shape itself where `shape` only names it."""
        if len(shape.get("allOf", ())) == 1:
            shape = shape["allOf"][0]
        if "$ref" not in shape:
            return shape
        found: Node = self.source["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
        return found

    def curl(self, path: str, method: str, entry: Node) -> str:
        """A command for a shell: `$KEY` is the caller's, capitals in the address are to be filled in."""
        names = {one["name"]: one["name"].upper() for one in entry.get("parameters", []) if one["in"] == "path"}
        lines = ["curl -sS" if method in {"get", "post"} else f"curl -sS -X {method.upper()}"]
        lines.append(f"{self.origin}{path.format(**names)}")
        lines.append('-H "Authorization: Bearer $KEY"')
        if any(one["name"] == "Idempotency-Key" for one in entry.get("parameters", [])):
            lines.append('-H "Idempotency-Key: $(uuidgen)"')
        types = list(entry.get("requestBody", {}).get("content", {}))
        if JSON_TYPE in types:
            lines.append(f'-H "Content-Type: {JSON_TYPE}"')
            lines.append(
                "-d " + shlex.quote(json.dumps(self.sample(self.json_shape(entry["requestBody"])), ensure_ascii=False))
            )
        elif types:
            lines += [f'-H "Content-Type: {types[0]}"', "--data-binary @image.png"]
        elif method == "post":
            lines.append("-X POST")
        if set(self.json_shape_types(entry)) - {JSON_TYPE}:
            lines.append("-OJ")
        return " \\\n  ".join(lines)

    def json_shape_types(self, entry: Node) -> Iterator[str]:
        """The media types of the answer when all is well."""
        for code, answer in entry["responses"].items():
            if code < "300":
                yield from answer.get("content", {})

    def sample(self, entry: Node, name: str = "") -> Json:
        """A value that a body of this shape may have: what it must have, and what is worth showing."""
        if name in SAMPLES:
            return SAMPLES[name]
        shape = self.resolve(entry)
        if "enum" in shape:
            return shape["enum"][0]
        match shape.get("type"):
            case "object":
                rows: Mapping[str, Node] = shape.get("properties", {})
                shown = set(shape.get("required", [])) | (WORTH_SHOWING & set(rows))
                return {key: self.sample(row, key) for key, row in rows.items() if key in shown}
            case "array":
                return [self.sample(shape["items"])]
            case "integer":
                return shape.get("minimum", 1)
            case "number":
                return shape.get("minimum", 0)
            case "boolean":
                return True
            case _:
                return "…"


def told(entry: Node, shape: Node) -> str:
    """The description of a field. What a serializer or a list of choices says of itself is not about the field."""
    text = str(entry.get("description", ""))
    return "" if "enum" in shape and text.startswith("*") else text


def bounds(shape: Node, what: str) -> str:
    """`, 1 to 100` from the shape's minimum and maximum (`what`: Length, Items or imum), as far as there are any."""
    least, most = shape.get(f"min{what}"), shape.get(f"max{what}")
    unit = {"Length": " characters"}.get(what, "")
    if least is not None and most is not None:
        return f", {least} to {most}{unit}"
    if most is not None:
        return f", at most {most}{unit}"
    return "" if least is None else f", at least {least}{unit}"


def either(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
