from django.conf import settings
from django.db import migrations
from django.db.models import ForeignKey
from django.db.models.deletion import CASCADE, PROTECT

from quorate.common.unchecked import LiftConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("tasks_app", "0009_overlap_modes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftConstraint(
            "answer",
            "project",
            ForeignKey(
                "tasks_app.project", on_delete=CASCADE, related_name="answers", db_index=False, db_constraint=False
            ),
        ),
        LiftConstraint(
            "answer",
            "worker",
            ForeignKey(
                settings.AUTH_USER_MODEL,
                on_delete=PROTECT,
                related_name="answers",
                db_index=False,
                db_constraint=False,
            ),
        ),
        LiftConstraint(
            "answer",
            "task",
            ForeignKey("tasks_app.task", on_delete=CASCADE, related_name="answers", db_constraint=False),
        ),
        LiftConstraint(
            "answer",
            "assignment",
            ForeignKey("tasks_app.assignment", on_delete=CASCADE, related_name="answers", db_constraint=False),
        ),
        LiftConstraint(
            "slot",
            "task",
            ForeignKey(
                "tasks_app.task", on_delete=CASCADE, related_name="slots", db_index=False, db_constraint=False
            ),
        ),
        LiftConstraint(
            "slot",
            "assignment",
            ForeignKey("tasks_app.assignment", on_delete=CASCADE, related_name="slots", db_constraint=False),
        ),
        LiftConstraint(
            "assignment",
            "pool",
            ForeignKey(
                "tasks_app.pool", on_delete=CASCADE, related_name="assignments", db_index=False, db_constraint=False
            ),
        ),
        LiftConstraint(
            "assignment",
            "worker",
            ForeignKey(
                settings.AUTH_USER_MODEL,
                on_delete=PROTECT,
                related_name="assignments",
                db_index=False,
                db_constraint=False,
            ),
        ),
        LiftConstraint(
            "slot",
            "worker",
            ForeignKey(
                settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+", db_index=False, db_constraint=False
            ),
        ),
    ]
