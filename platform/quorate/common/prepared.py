"""Queries that are built once and planned once, for the serving path.

Django builds a queryset's SQL anew each time it runs, and PostgreSQL plans a statement anew each time it is sent; for a
short query either costs several times what running it does. A `Prepared` is an ordinary queryset whose values are named: it
is compiled at its first use, and on PostgreSQL sent with PREPARE once a connection. Use it where a query runs for every
answer, not elsewhere.
"""

import copy
import hashlib
import re
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?s|%%")


class Statement:
    """SQL that PostgreSQL plans once a connection; elsewhere it is sent as it is.

    Placeholders are %s, or %(name)s all through.
    """

    # Which statements a connection has been told; a connection that is gone takes its entry along.
    told: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.names: list[str] = []
        self.count = 0
        self.numbered = PLACEHOLDER.sub(self._number, sql)
        self.label = "q_" + hashlib.sha256(sql.encode()).hexdigest()[:20]

    def _number(self, found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%"
        name = found.group(1)
        if name is None:
            self.count += 1
            return f"${self.count}"
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    def bind(self, values: Sequence[Any] | dict[str, Any]) -> tuple[str, Any]:
        """What to pass to cursor.execute for these values."""
        if connection.vendor != "postgresql":
            return self.sql, values
        self._tell()
        ordered = [values[name] for name in self.names] if isinstance(values, dict) else list(values)
        arguments = ", ".join(["%s"] * len(ordered))
        return f"EXECUTE {self.label} ({arguments})" if ordered else f"EXECUTE {self.label}", ordered

    def _tell(self) -> None:
        """PREPARE it unless this connection knows it. Not undone by a rollback, so it is told once."""
        connection.ensure_connection()
        known = self.told.setdefault(connection.connection, set())
        if self.label not in known:
            with connection.cursor() as cursor:
                cursor.execute(f"PREPARE {self.label} AS {self.numbered}".replace("%", "%%"), [])
            known.add(self.label)


class Names:
    """Stands in for values while a queryset is built: markers that are found again among the compiled parameters."""

    def __init__(self) -> None:
        self.markers: dict[Any, str] = {}

    def text(self, name: str) -> str:
        """A text to be given later."""
        marker = f"\ue000{name}\ue000"
        self.markers[marker] = name
        return marker

    def number(self, name: str) -> int:
        """A whole number to be given later. No id and no amount is anywhere near its marker."""
        marker = -(2**62) - len(self.markers)
        self.markers[marker] = name
        return marker


class Prepared(Generic[M]):
    """A queryset of model instances (select_related, annotations, locks), compiled once.

    `build` gets Names and returns the queryset. Raises KeyError for a name that is not given.
    """

    def __init__(self, build: Callable[[Names], "QuerySet[M]"]) -> None:
        self.build = build
        self.compiled: dict[str, tuple[Any, Statement, list[tuple[str | None, Any]]]] = {}

    def rows(self, **values: Any) -> list[M]:
        """Run it. One query."""
        compiler, statement, parameters = self.compiled.get(connection.vendor) or self._compile()
        bound = statement.bind(tuple(value if name is None else values[name] for name, value in parameters))
        # The compiler knows how rows become instances; a copy gets this call's values and this thread's connection (itself,
        # not the proxy, which looks it up again for every attribute).
        running = copy.copy(compiler)
        running.connection = connections[connection.alias]
        running.as_sql = lambda: bound
        query = SimpleNamespace(get_compiler=lambda using: running)  # noqa: ARG005 - the name Django calls it by
        found = SimpleNamespace(db=connection.alias, query=query, _known_related_objects={})
        return list(ModelIterable(found))  # type: ignore[arg-type]  # all of a QuerySet that it reads

    def first(self, **values: Any) -> M | None:
        """The first row; the queryset should be limited to one."""
        return next(iter(self.rows(**values)), None)

    def _compile(self) -> tuple[Any, Statement, list[tuple[str | None, Any]]]:
        names = Names()
        compiler = self.build(names).query.get_compiler(using=connection.alias)
        sql, parameters = compiler.as_sql()
        # What turns columns into Python depends on the query alone, but Django asks every field again for every run.
        columns = [*(entry[0] for entry in compiler.select[: compiler.col_count])]
        converters = compiler.get_converters(columns)
        compiler.get_converters = lambda expressions: converters  # noqa: ARG005 - these are they
        made = (compiler, Statement(sql), [(names.markers.get(value), value) for value in parameters])
        missing = set(names.markers.values()) - {name for name, _ in made[2]}
        if missing:
            message = f"not found among the compiled parameters: {sorted(missing)}"
            raise ValueError(message)
        self.compiled[connection.vendor] = made
        return made
