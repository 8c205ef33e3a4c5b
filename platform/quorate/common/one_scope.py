"""The modules of a whole page in one scope, so that what one takes from another need not be handed over.

Handing over costs bytes: the names of what is handed, and a minifier that may not shorten them. So a module stands *open*, its
own names in the file's scope, unless one of its names there would meet another of the same spelling; then it stands *shut*,
in a function of its own, as everywhere else.
"""

import re
from collections.abc import Iterable

from quorate.common.modules import EXPORT, Module, called, variable_of

# Names of ours at the head of a line. Sources are formatted: what stands there is at the top of its module. (A line within a
# text may look like it: then a name too many is known, which at worst leaves a module shut.)
OWN = re.compile(r"^(?:async\s+)?(?:function\*?|class|const|let)\s+(?P<names>\w+|\{[^}]*\}|\[[^\]]*\])", re.MULTILINE)
# What our modules call something of theirs, and every window has too: open, it would be taken from a module that means the
# window's. tests/e2e/test_module_names.py asks a browser whether one is missing here.
OF_THE_WINDOW = frozenset({"escape", "find", "open", "valueOf"})

Origin = tuple[str, str]
"""A module's name, and what of it: an exported or own name, or `*` for all of them."""


def own_names(module: Module) -> set[str]:
    return {name for match in OWN.finditer(EXPORT.sub("", module.body)) for name in re.findall(r"\w+", match["names"])}


def imported(module: Module) -> dict[str, Origin]:
    """What it calls each thing that it imports, and where that comes from."""
    found = {}
    for what, source in module.imports:
        if what.startswith("*"):
            found[what.split()[-1]] = (source, "*")
        else:
            for part in filter(None, (part.strip() for part in what.strip("{}").split(","))):
                found[part.split()[-1]] = (source, part.split()[0])
    return found


def open_modules(members: Iterable[Module]) -> set[str]:
    """The modules that may stand open together; the earlier one given has the names that two would have."""
    scope: dict[str, Origin] = {}
    found = set()
    for module in members:
        claims = {**{name: (module.name, name) for name in own_names(module)}, **imported(module)}
        if OF_THE_WINDOW.isdisjoint(claims) and all(scope.get(name, claim) == claim for name, claim in claims.items()):
            scope |= claims
            found.add(module.name)
    return found


def in_one_scope(members: list[Module], file: str) -> list[str]:
    """The modules' texts, as they stand in `file`: `members` come each after those that it imports from.

    What is imported from none of them is held by a constant called as that module's `variable`.
    """
    own = {module.name: module for module in members}
    is_open = open_modules(members[::-1])
    scope: dict[str, Origin] = {}
    texts = []
    for module in members:
        meant = {name: meaning(origin, own, is_open) for name, origin in imported(module).items()}
        if module.name not in is_open:
            texts.append(shut(module, meant, file))
            continue
        new = {name: text for name, text in meant.items() if name != text and name not in scope}
        scope |= imported(module)
        texts += [*(f"const {name} = {text};" for name, text in new.items()), module.body_in(file)]
    return texts


def meaning(origin: Origin, own: dict[str, Module], is_open: set[str]) -> str:
    """What is imported, as it is called in the file's scope."""
    source, what = origin
    if source in is_open:
        return f"{{ {', '.join(own[source].exports)} }}" if what == "*" else what
    return variable_of(source) if what == "*" else f"{variable_of(source)}.{what}"


def shut(module: Module, meant: dict[str, str], file: str) -> str:
    """A constant that holds what the module exports, made by a function in which its other names are its own.

    What it imports comes in as arguments: within, one of its names may hide what another means.
    """
    return f"const {module.variable} = {called([module.body_in(file)], module.exports, meant)};"
