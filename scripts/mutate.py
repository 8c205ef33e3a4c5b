"""Break the core of EM on purpose, one small change at a time, and see whether the tests notice.

    make mutate [ARGS="--sample 40 --seed 1 --module em"]

A mutant is one operator, comparison, number or condition changed in a module of CORE. It is killed when a test of TESTS fails, or
when they take far longer than they should; it survives when all pass. Survivors are printed with their line: each is a missing test
or a change that changes nothing. Not part of `make test`: a mutant costs seconds.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import os
import random
import resource
import sys
import time
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = (
    "em",
    "dawid_skene",
    "matrices",
    "hierarchical",
    "one_coin",
    "shrinkage",
    "crowd",
    "overlap",
    "pairs",
    "layout",
    "rows",
)
# Those that compare with a slow reference first: they notice most, and soon.
TESTS = ("test_em", "test_class_answers", "test_hierarchical_reference", "test_classic_dawid_skene", "test_hierarchical",
         "test_gold", "test_known_answers", "test_model_storage", "test_class_layout")  # fmt: skip
PYTEST = ("-x", "-q", "--no-header", "-c", os.devnull, f"--rootdir={ROOT}", "--import-mode=importlib", "--noconftest",
          "-p", "tests.aggregation.conftest", "-p", "no:cacheprovider", "-p", "no:django", "-p", "no:xdist", "-p", "no:randomly")  # fmt: skip
# A mutant that takes so many times the CPU time that the tests take without it runs for ever.
LIMIT_TIMES, LIMIT_LEAST = 4, 20
KILLED, SURVIVED = "killed", "survived"

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.MatMult: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NAMES = {
    "min": "max",
    "max": "min",
    "maximum": "minimum",
    "minimum": "maximum",
    "zeros": "ones",
    "log": "log1p",
    "argmax": "argmin",
}


@dataclass(frozen=True)
class Mutant:
    """One change: `number`-th change that can be made in `module`."""

    module: str
    number: int
    line: int
    what: str


class Mutator(ast.NodeTransformer):
    """Makes the change with the number `wanted`, and lists all that could be made. Messages and docstrings stay."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.found: list[tuple[int, str]] = []

    def _takes(self, node: ast.expr | ast.stmt, what: str) -> bool:
        self.found.append((node.lineno, what))
        return len(self.found) - 1 == self.wanted

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        other = OPERATORS.get(type(node.op))
        if other and self._takes(node, f"{type(node.op).__name__} → {other.__name__}"):
            node.op = other()
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        other = OPERATORS.get(type(node.op))
        if other and self._takes(node, f"{type(node.op).__name__}= → {other.__name__}="):
            node.op = other()
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        other = COMPARISONS.get(type(node.ops[0]))
        if other and self._takes(node, f"{type(node.ops[0]).__name__} → {other.__name__}"):
            node.ops[0] = other()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.USub | ast.Not | ast.Invert) and self._takes(node, f"{type(node.op).__name__} gone"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and self._takes(node, f"{value} → {value + 1}")
        ):
            return ast.copy_location(ast.Constant(value + 1), node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in NAMES and self._takes(node, f"{node.id} → {NAMES[node.id]}"):
            node.id = NAMES[node.id]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in NAMES and self._takes(node, f"{node.attr} → {NAMES[node.attr]}"):
            node.attr = NAMES[node.attr]
        return node


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutated code where the module is imported."""

    def __init__(self, name: str, tree: ast.Module, path: Path) -> None:
        self.name, self.tree, self.path = name, tree, path

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self.name else None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.tree, self.path, "exec"), module.__dict__)  # noqa: S102  our own module, changed by us


def path_of(module: str) -> Path:
    return ROOT / "aggregation" / "classes" / f"{module}.py"


def mutants(module: str) -> Iterator[Mutant]:
    """All changes that can be made in a module."""
    mutator = Mutator()
    mutator.visit(ast.parse(path_of(module).read_text()))
    for number, (line, what) in enumerate(mutator.found):
        yield Mutant(module, number, line, what)


def tried(mutant: Mutant | None, tests: list[str], limit: int) -> str:
    """Run the tests on a mutant (None: the code as it is) in a process of its own, `limit` seconds of CPU at most."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return SURVIVED if status == 0 else KILLED
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  the descriptor is what counts
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        if mutant is not None:
            path = path_of(mutant.module)
            tree = Mutator(mutant.number).visit(copy.deepcopy(ast.parse(path.read_text())))
            sys.meta_path.insert(
                0, Loader(f"aggregation.classes.{mutant.module}", ast.fix_missing_locations(tree), path)
            )
        import hypothesis
        import pytest

        # The same examples for every mutant, and none made smaller: that it fails is all we ask.
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutate", derandomize=True, database=None, phases=phases)
        hypothesis.settings.load_profile("mutate")
        code = int(pytest.main([*PYTEST, *tests]))
    finally:
        os._exit(code)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=0, help="so many mutants, drawn by --seed; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--module", choices=CORE, action="append", help="only this module; may be repeated")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    import hypothesis  # noqa: F401  loaded once, before the forks
    import numpy as np  # noqa: F401
    import pytest  # noqa: F401

    tests = [str(path) for name in TESTS if (path := ROOT / "tests" / "aggregation" / f"{name}.py").exists()]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    if tried(None, tests, 3600) != SURVIVED:
        print("the tests fail without any change: mend them first")
        return 2
    usual = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    limit = max(LIMIT_LEAST, int(LIMIT_TIMES * usual))
    everything = [mutant for module in options.module or CORE for mutant in mutants(module)]
    chosen = random.Random(options.seed).sample(everything, min(options.sample or len(everything), len(everything)))  # noqa: S311
    survivors = []
    began = time.monotonic()
    for done, mutant in enumerate(chosen, start=1):
        if tried(mutant, tests, limit) == SURVIVED:
            survivors.append(mutant)
            print(f"survived: {path_of(mutant.module).relative_to(ROOT)}:{mutant.line}: {mutant.what}", flush=True)
        if done % 20 == 0:
            print(f"… {done} of {len(chosen)}, {time.monotonic() - began:.0f} s", flush=True)
    killed = len(chosen) - len(survivors)
    print(
        f"{killed} of {len(chosen)} mutants killed ({killed / max(len(chosen), 1):.0%}); {len(everything)} can be made"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
