"""One ES module, read so that it can stand in a file with others."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

IMPORT = re.compile(
    r'^import\s+(?:(?P<what>\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+)?"(?P<path>\.[^"]+)";[ \t]*$', re.MULTILINE
)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function\*?|class|const)\s+(?P<name>\w+))", re.MULTILINE)
LATER = re.compile(r'\bimport\("(?P<path>\.[^"]+)"\)')
UNKNOWN = re.compile(r"^(?:import\b(?!\()|export\b).*$", re.MULTILINE)


class JoinError(ValueError):
    """A source that cannot be joined: names the file and what is in the way."""


@dataclass(frozen=True)
class Module:
    """One source. `body` is the text without its imports; its exports still stand there."""

    name: str
    body: str
    imports: tuple[tuple[str, str], ...]
    """What is imported (`{a, b as c}`, `* as x` or "") and the name of the module it comes from, in order."""
    exports: tuple[str, ...]

    @property
    def later(self) -> list[str]:
        """The modules that it loads only when it needs them, with `import("./x.js")`."""
        return [resolved(match["path"], self.name) for match in LATER.finditer(self.body)]

    def body_in(self, file: str) -> str:
        """Its text as it stands in a file: nothing exported, what it loads later named from there."""
        body = LATER.sub(lambda match: f'import("{relative(resolved(match["path"], self.name), file)}")', self.body)
        return EXPORT.sub("", body)

    @property
    def variable(self) -> str:
        """What a joined file calls it. Word characters alone: Django finds no import of others to write the hash into."""
        return "of_" + re.sub(r"\W", "_", self.name.removesuffix(".js"))

    @property
    def bindings(self) -> str:
        """Its imports as constants, taken from the modules it names."""
        lines = []
        for what, source in self.imports:
            if what.startswith("*"):
                lines.append(f"const {what.split()[-1]} = {variable_of(source)};")
            elif what:
                lines.append(f"const {what.replace(' as ', ': ')} = {variable_of(source)};")
        return "\n".join(lines)

    def wrapped_in(self, file: str) -> str:
        """A constant holding its exports, its own names out of everybody's way."""
        return f"const {self.variable} = {called([self.bindings, self.body_in(file)], self.exports)};"


def called(lines: Iterable[str], returned: Iterable[str], given: Mapping[str, str] | None = None) -> str:
    """An expression: the lines within a function, where the minifier may shorten every name, and what of them is wanted.

    `given`: what comes in from outside, by the name it has within.
    """
    names, values = ", ".join(given or ()), ", ".join((given or {}).values())
    return "\n".join([f"(({names}) => {{", *lines, f"return {{ {', '.join(returned)} }};", f"}})({values})"])


def resolved(path: str, start: str) -> str:
    """The name of what a module or sheet calls by a path from where it stands."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(start), path))


def variable_of(name: str) -> str:
    return Module(name, "", (), ()).variable


def read_module(name: str, source: str) -> Module:
    """Raises JoinError for imports and exports in any other form than ours: a name bound once can be handed on by value.

    Nor may a module wait (`await`) outside its functions: it is put into one that does not.
    """
    imports = tuple((match["what"] or "", resolved(match["path"], name)) for match in IMPORT.finditer(source))
    body = IMPORT.sub("", source)
    exports = tuple(match["name"] for match in EXPORT.finditer(body))
    unknown = UNKNOWN.search(EXPORT.sub("", body))
    if unknown:
        raise JoinError(f"{name}: cannot join {unknown[0]!r}")
    return Module(name, body, imports, exports)


def relative(target: str, start: str) -> str:
    path = posixpath.relpath(target, posixpath.dirname(start))
    return path if path.startswith(".") else f"./{path}"
