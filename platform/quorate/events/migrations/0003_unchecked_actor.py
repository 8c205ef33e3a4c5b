import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from quorate.common.unchecked import LiftConstraint


class Migration(migrations.Migration):
    dependencies = [("events", "0002_append_only"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        LiftConstraint(
            model_name="event",
            name="actor",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        )
    ]
