"""The demo: three people and a launched project of each kind, with a known truth for the simulated crowd."""

import csv
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from quorate.accounts.models import User
from quorate.accounts.people import Roles, create_user, new_password
from quorate.common.money import MICRO
from quorate.events.log import record
from quorate.events.models import Event
from quorate.ledger import book
from tasks_app.domain import demo_blood, demo_cells, demo_texts, pricing
from tasks_app.domain.bringing_items import bring_items
from tasks_app.domain.projects import create_project, describe
from tasks_app.domain.publishing import launch
from tasks_app.domain.storing_images import store_image
from tasks_app.models import Pool, Project
from tasks_app.tools.fields import Json

DEPOSIT = 500 * MICRO
PEOPLE = (
    ("admin@quorate.example", "Ada Admin", Roles(requester=False, worker=False, admin=True)),
    ("requester@quorate.example", "Rita Requester", Roles(requester=True, worker=False, admin=False)),
    ("worker@quorate.example", "Wim Worker", Roles(requester=False, worker=True, admin=False)),
)
TRUTH_FOLDER = "demo-truth"
PASSWORDS = "first-passwords.txt"


@dataclass(frozen=True)
class Made:
    """What a run has made; empty where all was there before."""

    people: tuple[str, ...]
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """One demo project. `items` stores what it needs and returns the items and the lines of the truth file."""

    key: str
    kind: str
    name: str
    question: Json
    instructions: str
    description: str
    price: dict[str, Any]
    items: Callable[[Project], tuple[list[Json], list[tuple[Any, ...]]]]


def make_demo(*, data: Path) -> Made:
    """People, money, projects: each is made once, whatever happened to the run before. Under ten seconds."""
    people, users = _people(data)
    requester = users[1]
    book.deposit(requester=requester, amount=DEPOSIT, actor=users[0], ref="demo", memo="Play money of the demo")
    projects = []
    for recipe in RECIPES:
        if not Event.objects.filter(verb="demo.made", object_type="demo", object_id=recipe.key).exists():
            _project(recipe, requester, data)
            projects.append(recipe.name)
    return Made(tuple(people), tuple(projects))


def _people(data: Path) -> tuple[list[str], list[User]]:
    """The addresses made now, and the three users. Their passwords are on disk before the accounts are committed."""
    made: dict[str, str] = {}
    users = []
    with transaction.atomic():
        for email, name, roles in PEOPLE:
            user = User.objects.filter(email=email).first()
            if user is None:
                made[email] = new_password()
                user = create_user(email=email, name=name, password=made[email], roles=roles)
            users.append(user)
        if made:
            lines = [f"{email}  {password}" for email, password in made.items()]
            _write(data / PASSWORDS, "\n".join(lines) + "\n")
    return list(made), users


def _project(recipe: Recipe, requester: User, data: Path) -> None:
    """One transaction: a run that was killed leaves nothing that the next one would meet."""
    with transaction.atomic():
        project = create_project(
            owner=requester,
            kind=recipe.kind,
            name=recipe.name,
            question=recipe.question,
            instructions=recipe.instructions,
        )
        pool = project.pools.select_related("project").get()
        words = ", ".join(recipe.key.split("-"))
        describe(
            pool=pool,
            actor=requester,
            name=recipe.name,
            title=recipe.name,
            description=recipe.description,
            keywords=f"demo, {words}",
        )
        pool = pricing.set_price(
            pool=Pool.objects.select_related("project").get(pk=pool.pk), actor=requester, **recipe.price
        )
        items, truth = recipe.items(project)
        bring_items(pool=pool, actor=requester, items=items)
        launch(pool=pool, actor=requester)
        record(
            actor=requester,
            verb="demo.made",
            object_type="demo",
            object_id=recipe.key,
            scope=project.public_id,
        )
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(truth)
        _write(data / TRUTH_FOLDER / f"{project.public_id}.csv", out.getvalue())


def _write(path: Path, text: str) -> None:
    """A file that only its owner reads, there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _solar(project: Project) -> tuple[list[Json], list[tuple[Any, ...]]]:
    items: list[Json] = []
    truth: list[tuple[Any, ...]] = [("file", "label")]
    for number in range(60):
        # Every third cell or so, by no rule that a worker could see.
        cracked = number * 7 % 20 < 8
        name = f"cell-{number:03}.png"
        media = store_image(project=project, data=io.BytesIO(demo_cells.solar_cell(number, cracked=cracked)), name=name)
        items.append({"image": media.sha256, "name": name})
        truth.append((name, "crack" if cracked else "whole"))
    return items, truth


def _blood(project: Project) -> tuple[list[Json], list[tuple[Any, ...]]]:
    items: list[Json] = []
    truth: list[tuple[Any, ...]] = [("file", "label", "xmin", "ymin", "xmax", "ymax")]
    for number in range(24):
        data, things = demo_blood.blood_smear(number)
        name = f"smear-{number:02}.jpg"
        media = store_image(project=project, data=io.BytesIO(data), name=name)
        items.append({"image": media.sha256, "name": name})
        truth += [(name, thing.label, *thing.box) for thing in things]
    return items, truth


def _texts(project: Project) -> tuple[list[Json], list[tuple[Any, ...]]]:
    rows = [(f"message-{number:03}", text, label) for number, (text, label) in enumerate(demo_texts.messages(60))]
    return [{"text": text, "name": name} for name, text, _ in rows], [
        ("file", "label"),
        *((name, label) for name, _, label in rows),
    ]


RECIPES = (
    Recipe(
        key="solar-cells",
        kind="image_classification",
        name="Cracks in solar cells",
        question={
            "prompt": "Is there a crack in this solar cell?",
            "classes": [
                {"key": "crack", "name": "Crack", "description": "A thin, dark, jagged line, however short."},
                {"key": "whole", "name": "No crack", "description": "Straight dark lines and soft stains are normal."},
            ],
        },
        instructions=(
            "You see one solar cell under current: it glows where it works.\n\n"
            "- **Crack**: a thin dark line that wanders, sometimes with a dark area beside it.\n"
            "- **No crack**: the straight wide lines are contacts, soft round stains are dirt. Both are normal.\n\n"
            "Look at the whole picture; cracks may be faint."
        ),
        description="Look at one glowing solar cell and say whether it is cracked. One key is one answer.",
        price={"reward": 20_000, "overlap_min": 3, "overlap_max": 7, "confidence": 0.95},
        items=_solar,
    ),
    Recipe(
        key="blood-cells",
        kind="bounding_box",
        name="Cells in a blood smear",
        question={
            "prompt": "Draw a box around every cell.",
            "classes": [
                {"key": "red", "name": "Red cell", "description": "Round and pink."},
                {"key": "white", "name": "White cell", "description": "Large, with a violet nucleus."},
                {"key": "platelet", "name": "Platelet", "description": "A small violet dot."},
            ],
        },
        instructions=(
            "Draw a tight box around **every** cell, also those that the edge cuts off.\n\n"
            "1. Choose the class by its key.\n2. Drag from one corner to the other.\n3. Check that none is missing."
        ),
        description="Draw boxes around the cells in one picture from the microscope.",
        price={"reward": 100_000, "overlap_min": 3, "overlap_max": 5, "confidence": 0.9, "assignment_seconds": 900},
        items=_blood,
    ),
    Recipe(
        key="messages",
        kind="text_classification",
        name="Messages to a repair shop",
        question={
            "prompt": "What does the sender want?",
            "classes": [
                {"key": "complaint", "name": "Complaint", "description": "Something went wrong."},
                {"key": "question", "name": "Question", "description": "Wants to know something."},
                {"key": "praise", "name": "Praise", "description": "Is happy and says so."},
            ],
        },
        instructions="Read the message and choose what fits **best**. A friendly complaint is still a complaint.",
        description="Read five short messages and sort each into one of three classes.",
        price={"reward": 50_000, "tasks_per_assignment": 5, "overlap_min": 2, "overlap_max": 5, "confidence": 0.9},
        items=_texts,
    ),
)
