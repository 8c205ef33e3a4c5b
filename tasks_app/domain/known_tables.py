"""Known answers out of a table, and out of what the crowd has settled already."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import IO

from django.db import transaction

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain.adding_tasks import NewTask, add_tasks, fingerprint
from tasks_app.domain.import_tables import Record, read_table
from tasks_app.domain.known_answers import Known, RightAnswer, make_known
from tasks_app.enums import ResultState, TaskKind
from tasks_app.errors import InvalidInput
from tasks_app.models import Pool, Task
from tasks_app.tools.fields import Json, Problems

MAX_ROWS = 2000
ITEM_COLUMNS = ("item", "text", "id", "name", "file", "image", "task")
ANSWER_COLUMNS = ("answer", "class", "label", "boxes")
# A settled item is proposed only from this confidence on.
SURE = 0.95


def bring_known(*, pool: Pool, actor: User, name: str, file: IO[bytes], kind: TaskKind = TaskKind.GOLD) -> int:
    """Known answers from a CSV, TSV or JSONL file: all of its rows, or none. Returns how many items are known by it.

    Columns: the item (item, text, id, name, file or image: the text itself, the name or the id of an item that is there),
    the answer (answer, class, label or boxes: a class's name or key, or the answer as JSON), and optionally weight and
    explanation. Rows of the same item are several right answers. A text that is not there yet becomes an item.
    Raises InvalidInput naming "line 7", and what `make_known` raises.
    """
    table = read_table(name, file)
    if table is None:
        raise InvalidInput(fields={"file": "Bring a CSV, TSV or JSONL file."})
    item, answer = (_column(table.columns, wanted) for wanted in (ITEM_COLUMNS, ANSWER_COLUMNS))
    if not item or not answer:
        raise InvalidInput(fields={"file": "The table needs a column “item” (or text, name, id) and one “answer”."})
    records = []
    for record in table.records:
        records.append(record)
        if len(records) > MAX_ROWS:
            raise InvalidInput(fields={"file": f"At most {MAX_ROWS:,} rows at a time."})
    with transaction.atomic():
        entries = _entries(pool, actor, records, item, answer)
        return make_known(pool=pool, actor=actor, entries=entries, kind=kind)


def promote(*, pool: Pool, actor: User, count: int) -> int:
    """Make up to `count` settled items known: the surest, as evenly over the classes as they come. Returns how many."""
    tool = tools.get(pool.project.kind)
    settled = Task.objects.filter(
        pool=pool, kind=TaskKind.MAIN, state=ResultState.SETTLED, result__confidence__gte=SURE
    ).select_related("result")
    by_class: dict[str, list[Task]] = defaultdict(list)
    for task in settled.order_by("-result__confidence", "-result__answers", "pk")[:MAX_ROWS]:
        by_class[",".join(sorted(tool.classes_in(task.result.value)))].append(task)
    chosen: list[Task] = []
    while len(chosen) < count and any(by_class.values()):
        chosen += [tasks.pop(0) for tasks in by_class.values() if tasks]
    entries = [Known(task, [RightAnswer(task.result.value)]) for task in chosen[: max(count, 0)]]
    return make_known(pool=pool, actor=actor, entries=entries)


def _column(columns: Iterable[str], wanted: Iterable[str]) -> str:
    there = {name.strip().casefold(): name for name in columns}
    return next((there[name] for name in wanted if name in there), "")


def _entries(pool: Pool, actor: User, records: list[Record], item: str, answer: str) -> list[Known]:
    """One entry an item. Raises InvalidInput naming each bad line."""
    tool = tools.get(pool.project.kind)
    problems = Problems()
    tasks = _find(pool, actor, [record.cells.get(item, "").strip() for record in records if not record.problem])
    grouped: dict[int, tuple[Task, list[RightAnswer], str]] = {}
    for record in records:
        field = f"line {record.line}"
        task = tasks.get(record.cells.get(item, "").strip())
        if record.problem or task is None:
            problems.add(field, record.problem or "There is no such item, or several are called so.")
            continue
        try:
            value = tool.clean_answer(
                pool.project.question, task.data, tool.read_known(pool.project.question, record.cells.get(answer, ""))
            )
            weight = float(record.cells.get("weight", "").strip() or 1)
        except (ValueError, RecursionError):
            problems.add(field, f"“{record.cells.get(answer, '')[:40]}” is no answer.")
            continue
        except InvalidInput as error:
            name, texts = next(iter(error.fields.items()))
            problems.add(field, f"{name}: {texts[0]}")
            continue
        known = grouped.setdefault(task.pk, (task, [], record.cells.get("explanation", "")))
        known[1].append(RightAnswer(value, weight))
    problems.check()
    return [Known(task, answers, explanation) for task, answers, explanation in grouped.values()]


def _find(pool: Pool, actor: User, names: list[str]) -> dict[str, Task]:
    """What each of these names or texts means: by id, by name where only one has it, by content. New texts are added."""
    asked = {name for name in names if name and "\x00" not in name}
    tool = tools.get(pool.project.kind)
    # A text that comes alone can become an item; one that needs more beside it cannot.
    text = tool.media == "text" and not any(column.required for column in tool.columns)
    marks = {fingerprint(_item(pool, name)): name for name in asked} if text else {}
    found = _matches(pool, asked, marks)
    missing = [name for name in asked if name not in found] if text else []
    known_names = Counter(Task.objects.filter(pool=pool, name__in=missing).values_list("name", flat=True))
    fresh = [NewTask(_item(pool, name), "") for name in missing if name not in known_names]
    if fresh:
        add_tasks(pool=Pool.objects.select_for_update(of=("self",)).get(pk=pool.pk), items=fresh, actor=actor)
        found |= _matches(pool, set(missing), marks)
    return found


def _item(pool: Pool, text: str) -> Json:
    return tools.get(pool.project.kind).clean_item({"text": text})


def _matches(pool: Pool, asked: set[str], marks: dict[str, str]) -> dict[str, Task]:
    """Three queries."""
    rows = Task.objects.filter(pool=pool).order_by("pk")
    found: dict[str, Task] = {}
    named = list(rows.filter(name__in=asked))
    often = Counter(task.name for task in named)
    found |= {task.name: task for task in named if often[task.name] == 1}
    found |= {task.public_id: task for task in rows.filter(public_id__in=asked)}
    found |= {marks[task.fingerprint]: task for task in rows.filter(fingerprint__in=marks)}
    return found
