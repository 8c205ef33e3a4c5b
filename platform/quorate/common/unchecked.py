"""References the database is told not to check: taking the constraint away, and looking whether they hold."""

from typing import Any

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AlterField
from django.db.migrations.state import ProjectState
from django.db.models import Exists, ForeignKey, Model, OuterRef, QuerySet


class LiftConstraint(AlterField):
    """A foreign key that loses its constraint, on PostgreSQL.

    SQLite has one writer and checks for next to nothing. It would copy the whole table, and leave its triggers behind.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


def dangling() -> list[str]:
    """The rows that refer to what there is not, in words; empty where all is well. A query for each unchecked reference."""
    found = []
    for model in apps.get_models():
        facts = model._meta  # noqa: SLF001 - the documented name
        fields: list[Any] = [field for field in facts.get_fields() if isinstance(field, ForeignKey)]
        for field in fields:
            if field.db_constraint:
                continue
            there: QuerySet[Model] = QuerySet(field.related_model).filter(pk=OuterRef(field.attname))
            rows: QuerySet[Model] = QuerySet(model).exclude(**{field.attname: None}).filter(~Exists(there))
            if count := rows.count():
                found.append(f"{count:,} rows of {facts.db_table} have a {field.name} that does not exist")
    return found
