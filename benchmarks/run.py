"""Run all benchmarks, or those named, and write docs/benchmarks.md.

    python benchmarks/run.py [serving handout import aggregation photos footprint]

Each benchmark prints markdown; it replaces its own part of the page and leaves the others as they were measured.
"""

import argparse
import datetime as dt
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"

# Name → title, script with its arguments, what the figures are held against.
BENCHES = {
    "serving": (
        "What an answer costs (next + submit)",
        ["bench_serving.py"],
        (
            "Goal: at most 12 SQL statements, 8 ms of web CPU and 3 ms of database CPU an answer, at most × 1.3 from 200 "
            "to 100,000 open tasks."
        ),
    ),
    "handout": ("Hand-out under contention", ["bench_handout.py"], "Goal: no task over-assigned at 32 workers."),
    "import": ("Importing rows", ["bench_import.py"], "Goal: at least 5 times as fast as saving row by row."),
    "aggregation": (
        "Aggregation on real crowds",
        ["bench_aggregation_basics.py"],
        "Needs the sample data beside the checkout.",
    ),
    "photos": ("Real photos, simulated people", ["trial_real_photos.py"], "Needs the sample data beside the checkout."),
    "footprint": ("Footprint", ["bench_footprint.py"], ""),
}
HEAD = """# Benchmarks

`make bench` measures all of this anew and writes this page; `make bench ARGS="serving"` one part. Figures are CPU time, ratios
within one run, and counts: the machines these run on are shared, so wall time says little. Each part names its command.
"""


def run(name: str) -> str:
    """The part of the page for one benchmark. Raises CalledProcessError if it fails: a page never keeps half a result."""
    title, command, goal = BENCHES[name]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / command[0]), *command[1:]],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    today = dt.datetime.now(tz=dt.UTC).date()
    parts = [f"## {title}", f"`python benchmarks/{' '.join(command)}` · {today} · Python {platform.python_version()}"]
    return "\n\n".join([*parts, *([goal] if goal else []), done.stdout.strip()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which; all if none is named")
    names = parser.parse_args().names or list(BENCHES)
    old = PAGE.read_text() if PAGE.exists() else ""
    kept = {
        part.splitlines()[0].removeprefix("## "): part.strip()
        for part in re.findall(r"## .*?(?=\n## |\Z)", old, re.DOTALL)
    }
    for name in names:
        print(f"benchmark {name} …", flush=True)
        kept[BENCHES[name][0]] = run(name)
        ordered = [kept[title] for title, _, _ in BENCHES.values() if title in kept]
        PAGE.write_text("\n\n".join([HEAD.strip(), *ordered]) + "\n")
    print(f"Written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
