"""Few files for a page out of many for those who write them: ES modules and stylesheets joined, then minified.

What is served unjoined works too (in development it is): joining changes how many files there are and nothing else.

Modules. A *root* is loaded by a page or by `import()`: every module directly in the top folder and every module no other
imports. A *part* is imported. A part that one root alone reaches goes into that root's file. Parts that several roots reach go
into one file for each folder, named after the folder: `annotate/dom.js` and its like into `annotate.js`. So none of them is
ever in two files, and what a module keeps (a set of listeners, a counter) exists once in a page whatever the page loads.

Whole pages. A module in the folder `pages/` is all that a page loads, save modules of the top folder: its file holds a copy of
every part and root that it reaches and of nothing else, in one scope as far as their names allow (`one_scope.py`). It is for pages that must be light on their first visit. So is what an
`import("./x.js")` names, which is loaded later: as a part of its own it could be in a circle with the file that loads it.

Sheets. A root is a sheet no other imports; what it imports is put in its place, each sheet once.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from quorate.common.modules import JoinError, Module, called, read_module, relative, resolved, variable_of
from quorate.common.one_scope import in_one_scope, open_modules

PAGES = "pages/"
SHEET_IMPORT = re.compile(r'^@import "(?P<path>[^"]+)";[ \t]*\n', re.MULTILINE)


@dataclass(frozen=True)
class Joined:
    """The files to serve in place of the sources, by name, and for each root the files that it imports, transitively."""

    files: dict[str, str]
    needs: dict[str, tuple[str, ...]]


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
        files[page] = page_file(page, parts, {**home, **dict.fromkeys(inside, page)})
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
    inner = [module.wrapped_in(file) for module in members if module.name != file]
    exports: Iterable[str] = [module.variable for module in members]
    if file in own:
        root = next(module for module in members if module.name == file)
        inner += [root.bindings, root.body_in(file)]
        exports = root.exports
    return whole_file(imports_of(file, members, home), inner, exports)


def page_file(file: str, members: list[Module], home: Mapping[str, str]) -> str:
    """The same for a whole page: `members` in order, its root the last, of which alone others import."""
    if file not in open_modules(members[::-1]):
        return file_of(file, members, home)
    return whole_file(imports_of(file, members, home), in_one_scope(members, file), members[-1].exports)


def imports_of(file: str, members: list[Module], home: Mapping[str, str]) -> list[str]:
    """The lines that bring what the modules need of other files."""
    own = {module.name for module in members}
    lines = []
    for source in dict.fromkeys(source for module in members for _, source in module.imports if source not in own):
        whole = home[source] == source
        what = f"* as {variable_of(source)}" if whole else f"{{ {variable_of(source)} }}"
        lines.append(f'import {what} from "{relative(home[source], file)}";')
    return lines


def whole_file(imports: list[str], inner: list[str], exports: Iterable[str]) -> str:
    result = called(inner, exports)
    return "\n".join([*imports, f"export const {{ {', '.join(exports)} }} = {result};" if exports else f"{result};"])


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
