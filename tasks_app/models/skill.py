from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import SkillSource


class Skill(models.Model):
    """Something a requester counts workers' ability in, 0 to 100. Lists of one's own workers are skills as well."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skills_given")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True, help_text="Workers read it.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "name"], name="skill_name_once"),)

    def __str__(self) -> str:
        return self.name


class SkillGrant(models.Model):
    """A skill that a worker holds, with its value, until when, and from what."""

    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="grants")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skills")
    value = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=SkillSource)
    reason = models.CharField(max_length=300, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["skill", "worker"], name="skill_held_once"),
            models.CheckConstraint(condition=Q(value__range=(0, 100)), name="skill_value"),
        )

    def __str__(self) -> str:
        return f"{self.skill_id} {self.value} of {self.worker_id}"


class WorkerProfile(models.Model):
    """What a worker says of themselves, so that work for certain people finds them. Nothing of it is asked for."""

    worker = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="worker_profile"
    )
    languages = models.JSONField(default=list, help_text="Codes, such as de.")
    country = models.CharField(max_length=2, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"profile of {self.worker_id}"
