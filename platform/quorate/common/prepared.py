"""Queries that are built once and planned once, for the serving path.

Django builds a queryset's SQL anew each time it runs, and PostgreSQL plans a statement anew each time it is sent; for a
short query either costs several times what running it does. A `Prepared` is an ordinary queryset whose values are named: it
is compiled at its first use, and on PostgreSQL sent with PREPARE once a connection. Use it where a query runs for every
answer, not elsewhere.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?s|%%")


class Statement:
    """SQL that PostgreSQL plans once a connection; elsewhere it is sent as it is.

    Placeholders are %s, or %(name)s all through. `parameters`, where given, has a (name, value) for each %s: those without a
    name are the same in every run, and PostgreSQL plans for their values, as a partial index needs.
    """

    # Which statements a connection has been told; a connection that is gone takes its entry along.
    told: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()

    def __init__(self, sql: str, parameters: "Sequence[tuple[str | None, Any]] | None" = None) -> None:
        self.sql = sql
        self.parameters = parameters
        self.names: list[str] = []
        self.count = 0
        self.numbered = PLACEHOLDER.sub(self._number, sql)
        self.label = "q_" + hashlib.sha256(repr((sql, parameters)).encode()).hexdigest()[:20]

    def _number(self, found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%%"
        name = found.group(1)
        if name is None:
            self.count += 1
            if self.parameters is None:
                return f"${self.count}"
            name = self.parameters[self.count - 1][0]
            if name is None:
                return "%s"
        if name not in self.names:
            self.names.append(name)
        return f"${self.names.index(name) + 1}"

    def bind(self, values: Sequence[Any] | dict[str, Any]) -> tuple[str, Any]:
        """What to pass to cursor.execute for these values."""
        # The connection itself, here and below: Django's proxy looks it up again for every attribute.
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor != "postgresql":
            if self.parameters is not None and isinstance(values, dict):
                return self.sql, [value if name is None else values[name] for name, value in self.parameters]
            return self.sql, values
        self._tell(connection)
        ordered = [values[name] for name in self.names] if isinstance(values, dict) else list(values)
        arguments = ", ".join(["%s"] * len(ordered))
        return f"EXECUTE {self.label} ({arguments})" if ordered else f"EXECUTE {self.label}", ordered

    def _tell(self, connection: Any) -> None:
        """PREPARE it unless this connection knows it. Not undone by a rollback, so it is told once."""
        if connection.connection is None:
            connection.ensure_connection()
        known = self.told.setdefault(connection.connection, set())
        if self.label not in known:
            with connection.cursor() as cursor:
                constant = [value for name, value in self.parameters or () if name is None]
                cursor.execute(f"PREPARE {self.label} AS {self.numbered}", constant)
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


class Compiled(Generic[M]):
    """What one database is sent for a queryset, and how its rows become instances: what Django's ModelIterable finds out
    anew for each run.
    """

    def __init__(self, queryset: "QuerySet[M]", markers: dict[Any, str]) -> None:
        compiler: Any = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        self.names_given = {name for value in parameters if (name := markers.get(value))}
        self.statement = Statement(sql, [(markers.get(value), value) for value in parameters])
        select, info = compiler.select, compiler.klass_info
        self.model: type[M] = info["model"]
        self.first, self.last = info["select_fields"][0], info["select_fields"][-1] + 1
        self.names = [column.target.attname for column, _, _ in select[self.first : self.last]]
        self.related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of a later Django
        self.annotations = list(compiler.annotation_col_map.items())
        columns = [column for column, _, _ in select[: compiler.col_count]]
        self.converters = [
            (place, converter, expression)
            for place, (several, expression) in compiler.get_converters(columns).items()
            for converter in several
        ]

    def instance(self, row: Sequence[Any], connection: Any) -> M:
        """The model instance of a row, with its relations and annotations."""
        values = list(row)
        for place, converter, expression in self.converters:
            values[place] = converter(values[place], expression, connection)
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values[self.first : self.last])
        for populator in self.related:
            populator.populate(values, made)
        for name, place in self.annotations:
            setattr(made, name, values[place])
        return made


class Prepared(Generic[M]):
    """A queryset of model instances (select_related, annotations, locks), compiled once.

    `build` gets Names and returns the queryset. Raises KeyError for a name that is not given.
    """

    def __init__(self, build: Callable[[Names], "QuerySet[M]"]) -> None:
        self.build = build
        self.compiled: dict[str, Compiled[M]] = {}

    def rows(self, **values: Any) -> list[M]:
        """Run it. One query."""
        connection = connections[DEFAULT_DB_ALIAS]
        compiled = self.compiled.get(connection.vendor) or self._compile(connection.vendor)
        bound = compiled.statement.bind(values)
        with connection.cursor() as cursor:
            cursor.execute(*bound)
            return [compiled.instance(row, connection) for row in cursor.fetchall()]

    def first(self, **values: Any) -> M | None:
        """The first row; the queryset should be limited to one."""
        return next(iter(self.rows(**values)), None)

    def _compile(self, vendor: str) -> Compiled[M]:
        names = Names()
        compiled = Compiled(self.build(names), names.markers)
        missing = set(names.markers.values()) - compiled.names_given
        if missing:
            message = f"not found among the compiled parameters: {sorted(missing)}"
            raise ValueError(message)
        self.compiled[vendor] = compiled
        return compiled
