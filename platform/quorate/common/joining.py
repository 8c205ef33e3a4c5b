"""Few files for a page out of many for those who write them: ES modules and stylesheets joined, then minified.

What is served unjoined works too (in development it is): joining changes how many files there are and nothing else.

Modules. A *root* is loaded by a page or by `import()`: every module directly in the top folder and every module no other
imports. A *part* is imported. A part that one root alone reaches goes into that root's file. Parts that several roots reach go
into one file for each folder, named after the folder: `annotate/dom.js` and its like into `annotate.js`. So none of them is
ever in two files, and what a module keeps (a set of listeners, a counter) exists once in a page whatever the page loads.

Whole pages. A module in the folder `pages/` is all that a page loads, save modules of the top folder: its file holds a copy of
every part and root that it reaches and of nothing else. It is for pages that must be light on their first visit. So is what an
`import("./x.js")` names, which is loaded later: as a part of its own it could be in a circle with the file that loads it.

Sheets. A root is a sheet no other imports; what it imports is put in its place, each sheet once.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

IMPORT = re.compile(
    r'^import\s+(?:(?P<what>\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+)?"(?P<path>\.[^"]+)";[ \t]*$', re.MULTILINE
)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function\*?|class|const)\s+(?P<name>\w+))", re.MULTILINE)
LATER = re.compile(r'\bimport\("(?P<path>\.[^"]+)"\)')
UNKNOWN = re.compile(r"^(?:import\b(?!\()|export\b).*$", re.MULTILINE)
PAGES = "pages/"
SHEET_IMPORT = re.compile(r'^@import "(?P<path>[^"]+)";[ \t]*\n', re.MULTILINE)


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


def called(lines: Iterable[str], returned: Iterable[str]) -> str:
    """An expression: the lines within a function, where the minifier may shorten every name, and what of them is wanted."""
    return "\n".join(["(() => {", *lines, f"return {{ {', '.join(returned)} }};", "})()"])


def resolved(path: str, start: str) -> str:
    """The name of what a module or sheet calls by a path from where it stands."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(start), path))


def variable_of(name: str) -> str:
    return Module(name, "", (), ()).variable


@dataclass(frozen=True)
class Joined:
    """The files to serve in place of the sources, by name, and for each root the files that it imports, transitively."""

    files: dict[str, str]
    needs: dict[str, tuple[str, ...]]


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


def join_modules(sources: Mapping[str, str], *, top: str) -> Joined:
    """The modules by name, all of them below the folder `top` (`js/`). Raises JoinError."""
    every = {name: read_module(name, source) for name, source in sources.items()}
    whole = in_order({name: sources_of(module) for name, module in every.items()})
    for name, module in every.items():
        for source in module.later:
            if source not in every:
                raise JoinError(f"{name}: imports {source}, which is not there")
    later = {source for module in every.values() for source in module.later}
    modules = {name: module for name, module in every.items() if not name.startswith(top + PAGES) and name not in later}
    order = in_order({name: sources_of(module) for name, module in modules.items()})
    home = homes(modules, order, top)
    members: dict[str, list[Module]] = {}
    for name in order:
        members.setdefault(home[name], []).append(modules[name])
    needs = {
        file: {home[source] for module in parts for source in sources_of(module)} - {file}
        for file, parts in members.items()
    }
    by_file = in_order(needs)
    reached: dict[str, tuple[str, ...]] = {}
    for file in by_file:
        reached[file] = tuple(sorted(needs[file].union(*(reached[needed] for needed in needs[file]))))
    files = {file: file_of(file, members[file], home) for file in by_file}
    for page in sorted(every.keys() - modules.keys()):
        inside, outside = page_parts(page, every, top)
        parts = [every[name] for name in whole if name in inside]
        files[page] = file_of(page, parts, {**home, **dict.fromkeys(inside, page)})
        reached[page] = tuple(sorted(outside.union(*(reached[name] for name in outside))))
    return Joined(files, {file: needed for file, needed in reached.items() if file in every})


def sources_of(module: Module) -> list[str]:
    return [source for _, source in module.imports]


def page_parts(page: str, modules: Mapping[str, Module], top: str) -> tuple[set[str], set[str]]:
    """What the file of a whole page holds, itself included, and the modules of the top folder that it imports."""
    inside, outside, left = {page}, set(), [page]
    while left:
        for source in sources_of(modules[left.pop()]):
            if posixpath.dirname(source) == top.rstrip("/"):
                outside.add(source)
            elif source not in inside:
                inside.add(source)
                left.append(source)
    return inside, outside


def homes(modules: Mapping[str, Module], order: Iterable[str], top: str) -> dict[str, str]:
    """Module → the file it goes into."""
    imported = {source for module in modules.values() for _, source in module.imports}
    roots = {name for name in modules if name not in imported or posixpath.dirname(name) == top.rstrip("/")}
    reached_from: dict[str, set[str]] = {name: {name} if name in roots else set() for name in modules}
    for name in reversed(list(order)):
        for _, source in modules[name].imports:
            if source not in roots:
                reached_from[source] |= reached_from[name]
    found = {}
    for name, reachers in reached_from.items():
        folder = posixpath.dirname(name) + ".js"
        found[name] = next(iter(reachers)) if len(reachers) == 1 else folder
        if len(reachers) > 1 and folder in modules:
            raise JoinError(f"{folder}: the name is wanted for what is shared in {posixpath.dirname(name)}/")
    return found


def file_of(file: str, members: list[Module], home: Mapping[str, str]) -> str:
    """The text of one file: imports from other files, the modules in order, and what others import of it."""
    own = {module.name for module in members}
    wanted = dict.fromkeys(source for module in members for _, source in module.imports if source not in own)
    lines = []
    for source in wanted:
        whole = home[source] == source
        what = f"* as {variable_of(source)}" if whole else f"{{ {variable_of(source)} }}"
        lines.append(f'import {what} from "{relative(home[source], file)}";')
    inner = [module.wrapped_in(file) for module in members if module.name != file]
    exports: Iterable[str] = [module.variable for module in members]
    if file in own:
        root = next(module for module in members if module.name == file)
        inner += [root.bindings, root.body_in(file)]
        exports = root.exports
    result = called(inner, exports)
    lines.append(f"export const {{ {', '.join(exports)} }} = {result};" if exports else f"{result};")
    return "\n".join(lines)


def relative(target: str, start: str) -> str:
    path = posixpath.relpath(target, posixpath.dirname(start))
    return path if path.startswith(".") else f"./{path}"


def in_order(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """The names, each after those it needs; the same for the same graph. Raises JoinError for a name unknown or a circle."""
    for name, needed in graph.items():
        for other in needed:
            if other not in graph:
                raise JoinError(f"{name}: imports {other}, which is not there")
    try:
        return list(TopologicalSorter({name: sorted(graph[name]) for name in sorted(graph)}).static_order())
    except CycleError as error:
        raise JoinError(f"imports in a circle: {' → '.join(error.args[1])}") from error


def join_sheets(sources: Mapping[str, str]) -> dict[str, str]:
    """The root sheets by name, with what they import in place. Raises JoinError."""
    imports = {
        name: [resolved(match["path"], name) for match in SHEET_IMPORT.finditer(source)]
        for name, source in sources.items()
    }
    in_order(imports)
    imported = {name for names in imports.values() for name in names}
    for name in imported:
        if "url(" in sources[name]:
            raise JoinError(f"{name}: url() in a sheet that others import would be looked for in their folder")
    return {name: "".join(sheet_parts(name, sources, imports, set())) for name in sources if name not in imported}


def sheet_parts(
    name: str, sources: Mapping[str, str], imports: Mapping[str, list[str]], seen: set[str]
) -> Iterable[str]:
    """The sheet's text after that of what it imports, without what was seen before."""
    seen.add(name)
    for other in imports[name]:
        if other not in seen:
            yield from sheet_parts(other, sources, imports, seen)
    yield SHEET_IMPORT.sub("", sources[name])
