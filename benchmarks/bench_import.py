"""What bringing items in costs: a table of 5,000 rows by the import's slices, against the same rows saved one by one.

    python benchmarks/bench_import.py [--rows 5000] [--rounds 3]

Both ways read the same uploaded CSV with the same validation, look for duplicates and keep a cursor that survives a kill; the
one writes a slice a transaction, the other a row a transaction. On SQLite (a file) unless DATABASE_URL and REDIS_URL are set;
the database is made for the run and removed after it. Wall-clock seconds, the best of the rounds.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
HOME = tempfile.TemporaryDirectory(prefix="quorate-bench-")
os.environ["QUORATE_DATA"] = HOME.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quorate.settings")

import django  # noqa: E402 - the environment comes first

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from quorate.accounts.models import User  # noqa: E402
from tasks_app.domain import adding_tasks, importing, uploading  # noqa: E402
from tasks_app.domain.import_rows import Rows, item_of  # noqa: E402
from tasks_app.domain.projects import create_project  # noqa: E402
from tasks_app.models import Import, Pool, Task  # noqa: E402
from tasks_app.queries.pools import current_pool  # noqa: E402

TARGET = 5.0


def table(rows: int) -> bytes:
    """A CSV such as people bring: a text, an id, two columns of their own."""
    lines = ["id,text,language,source"]
    lines += [
        f'{n},"Message {n}: the parcel came late, but nothing in it was broken.",en,shop {n % 7}' for n in range(rows)
    ]
    return "\n".join(lines).encode()


def uploaded(owner: User, data: bytes, name: str) -> Import:
    """A fresh project with the table uploaded and started."""
    pool = current_pool(create_project(owner=owner, kind="text_classification", name=name))
    batch = uploading.open_import(pool=pool, actor=owner, name=name)
    uploading.add_file(batch=batch, file=ContentFile(data), name="items.csv", upload_key="1")
    return uploading.start_import(batch=batch, actor=owner, column="text")


def in_slices(batch: Import) -> None:
    """The product's own way."""
    while not importing.run_import_slice(batch.pk):
        pass


def row_by_row(batch: Import) -> None:
    """The plain way: for each row a look for duplicates, a save and the cursor, in a transaction of its own."""
    batch = Import.objects.select_related("pool__project").get(pk=batch.pk)
    pool: Pool = batch.pool
    with Rows(batch) as rows:
        for number, row in enumerate(rows.read(0)):
            item = item_of(batch, row)
            mark = adding_tasks.fingerprint(item)
            with transaction.atomic():
                if not Task.objects.filter(pool=pool, fingerprint=mark).exists():
                    Task(
                        pool=pool,
                        name=row.name,
                        data=item,
                        source=batch,
                        source_row=number,
                        fingerprint=mark,
                        overlap_max=pool.overlap_max,
                        queue_key=number,
                    ).save()
                batch.done_rows = number + 1
                batch.save(update_fields=["done_rows"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    connection.settings_dict["TEST"]["NAME"] = (
        str(Path(HOME.name) / "bench.sqlite3") if connection.vendor == "sqlite" else f"quorate_bench_{os.getpid()}"
    )
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        owner = User.objects.create(email="bench@example.org", name="Bench", is_requester=True)
        data = table(options.rows)
        best = {"row by row": float("inf"), "in slices": float("inf")}
        for turn in range(options.rounds):
            for name, way in (("row by row", row_by_row), ("in slices", in_slices)):
                batch = uploaded(owner, data, f"{name} {turn}")
                started = time.perf_counter()
                way(batch)
                best[name] = min(best[name], time.perf_counter() - started)
                assert Task.objects.filter(source=batch).count() == options.rows  # noqa: S101 - a wrong result has no speed
    finally:
        connection.creation.destroy_test_db(str(before), verbosity=0)
    factor = best["row by row"] / best["in slices"]
    print(f"Import of {options.rows:,} rows of text, {connection.vendor}, best of {options.rounds}\n")
    print("| way | seconds | rows/s |\n|---|---:|---:|")
    for name, seconds in best.items():
        print(f"| {name} | {seconds:.2f} | {options.rows / seconds:,.0f} |")
    print(f"\nIn slices is {factor:.1f}× as fast (target: {TARGET:.0f}×).")
    return 0 if factor >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
