from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def leave_room(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Let PostgreSQL keep a seventh of each page of tasks free.

    A task's places change several times with each of its answers. The new version of the row stays in the page and out of
    the six indexes (a HOT update) only if there is room for it.
    """
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE tasks_app_task SET (fillfactor = 85)")


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE tasks_app_task RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("tasks_app", "0002_media_kept_until")]

    operations = [migrations.RunPython(leave_room, fill)]
