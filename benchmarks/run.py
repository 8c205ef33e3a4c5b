"""Run all benchmarks, or those named, and write docs/benchmarks.md.

    python benchmarks/run.py [serving handout import aggregation-accuracy …]

A name that ends in a dash means all that begin so. Each benchmark prints markdown; it replaces its own part of the page and leaves the others as they were measured.
"""

import argparse
import datetime as dt
import platform
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.peers import environment  # noqa: E402  found by the line above

PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Bench:
    """One part of the page. `command`: script and arguments. `goal`: what the figures are held against. `peers`: it runs
    in the environment of benchmarks/peers, on one thread.
    """

    title: str
    command: list[str]
    goal: str = ""
    peers: bool = False


NEEDS_DATA = "Needs the sample data beside the checkout."
BENCHES = {
    "serving": Bench(
        "What an answer costs (next + submit)",
        ["bench_serving.py", "--tasks", "200,100000", "--answers", "200"],
        "Goal: at most 12 SQL statements, 8 ms of web CPU and 3 ms of database CPU an answer, at most × 1.3 from 200 "
        "to 100,000 open tasks.",
    ),
    "handout": Bench("Hand-out under contention", ["bench_handout.py"], "Goal: no task over-assigned at 32 workers."),
    "import": Bench("Importing rows", ["bench_import.py"], "Goal: at least 5 times as fast as saving row by row."),
    "aggregation-accuracy": Bench(
        "Aggregation against its peers: accuracy and calibration",
        ["bench_aggregation_accuracy.py", "--limit", "15"],
        f"Goal: the default's mean accuracy ≥ .880; its Brier and ECE below majority vote's and every peer's. A peer's fit may take 15 s of CPU. {NEEDS_DATA}",
        peers=True,
    ),
    "aggregation-cold": Bench(
        "Aggregation with few answers",
        ["bench_aggregation_cold.py", "--limit", "10"],
        f"Goal: at 10 % never worse than majority vote by more than .01 on any set. {NEEDS_DATA}",
        peers=True,
    ),
    "aggregation-tables": Bench(
        "The published tables",
        ["bench_aggregation_tables.py", "--limit", "5"],
        f"Goal: at least what was published. {NEEDS_DATA}",
        peers=True,
    ),
    "aggregation-speed": Bench(
        "Aggregation: speed, memory, one answer at a time",
        ["bench_aggregation_speed.py"],
        "Goal: at least as many times as fast as crowd-kit as the tables say; 1,000 times peerannot at 100,000 answers; peak "
        f"memory at most a quarter of crowd-kit's; one answer at most 40 µs, not growing with the tasks. {NEEDS_DATA}",
        peers=True,
    ),
    "aggregation-shards": Bench(
        "Aggregation beyond memory",
        ["bench_aggregation_speed.py", "--only", "shards", "--shards", "100000000"],
        "Goal: 10⁹ answers demonstrated or extrapolated from a measured 10⁸, with memory stated. Needs 2 GB of disk.",
        peers=True,
    ),
    "aggregation-validation": Bench(
        "Aggregation: leave one set out",
        ["bench_aggregation_validation.py"],
        f"Goal: the default's mean is not the luck of a choice made on the sets it is judged by. {NEEDS_DATA}",
        peers=True,
    ),
    "aggregation-shapes": Bench(
        "Boxes, text, pairs, numbers",
        ["bench_aggregation_shapes.py"],
        "Goals: boxes of 3 workers F1 ≥ .925, mIoU ≥ .825, of 7 F1 ≥ .938, mIoU ≥ .850, AP50 ≥ .905; text ≤ .110; pairs ≥ .90; "
        f"scribbles ≤ 2 s. {NEEDS_DATA}",
        peers=True,
    ),
    "overlap": Bench(
        "Overlap: what the same accuracy costs",
        ["bench_overlap.py"],
        "Goals: without known answers at least 50 % saved against majority and against Dawid-Skene, 35 % against Toloka's rule, no set more "
        "than 2 % dearer than majority; with an exam of 10 and poor workers turned away (at most 1 % of good ones) 65 % against majority "
        "and 20 % against Toloka's rule with both. Settled at .95: right at least .93 on the mean of the sets, .90 on each of 300 tasks or "
        f"more; ECE at most .05; spammers get at most a third of what they would get at random. {NEEDS_DATA}",
        peers=True,
    ),
    "overlap-http": Bench(
        "Overlap: over HTTP as in replays",
        ["trial_overlap.py"],
        "Goal: the same policy through the real interface costs and finds what its replay does, within the replay's own spread.",
    ),
    "tools": Bench(
        "The worker's page",
        ["bench_tools.py"],
        "Goals: a pointer move at most 1.2 times a bare canvas over 500 boxes, 1.5 times over 2,000; key to next picture at most 100 ms "
        f"(95th percentile); one key a class, one drag a box; the stage at least 60 % of the window. {NEEDS_DATA}",
    ),
    "photos": Bench("Real photos, simulated people", ["trial_real_photos.py"], NEEDS_DATA),
    "quality": Bench(
        "Quality control: the same crowd with and without it",
        ["trial_quality.py"],
        "Goals: who guesses or errs on purpose is stopped within 30 answers; at most 1 % of good workers are stopped.",
    ),
    "footprint": Bench("Footprint", ["bench_footprint.py"]),
}
HEAD = """# Benchmarks

`make bench` measures all of this anew and writes this page; `make bench ARGS="serving"` one part. Figures are CPU time, ratios
within one run, and counts: the machines these run on are shared, so wall time says little. Each part names its command.
"""


def run(name: str, options: list[str]) -> str:
    """The part of the page for one benchmark, its script given `options` as well. Raises CalledProcessError if it fails: a page never keeps half a result."""
    bench = BENCHES[name]
    python = environment.prepare() if bench.peers else sys.executable
    done = subprocess.run(
        [str(python), str(ROOT / "benchmarks" / bench.command[0]), *bench.command[1:], *options],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment.one_thread() if bench.peers else None,
    )
    today = dt.datetime.now(tz=dt.UTC).date()
    added = f' --options="{" ".join(options)}"' if options else ""
    called = f"run.py {name}{added}" if bench.peers else " ".join([*bench.command, *options])
    parts = [f"## {bench.title}", f"`python benchmarks/{called}` · {today} · Python {platform.python_version()}"]
    return "\n\n".join([*parts, *([bench.goal] if bench.goal else []), done.stdout.strip()])


def chosen(parser: argparse.ArgumentParser, wanted: list[str]) -> list[str]:
    """The benchmarks named on the command line, in the order of the page."""
    found = {
        name: [known for known in BENCHES if known == name or (known.startswith(name) and name[-1] == "-")]
        for name in wanted
    }
    unknown = [name for name, known in found.items() if not known]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    return [name for name in BENCHES if not wanted or any(name in known for known in found.values())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(BENCHES)}; all if none is named")
    parser.add_argument("--options", default="", help="options for the benchmarks' own scripts, in one word")
    arguments = parser.parse_args()
    names = chosen(parser, arguments.names)
    old = PAGE.read_text() if PAGE.exists() else ""
    kept = {
        part.splitlines()[0].removeprefix("## "): part.strip()
        for part in re.findall(r"## .*?(?=\n## |\Z)", old, re.DOTALL)
    }
    for name in names:
        print(f"benchmark {name} …", flush=True)
        kept[BENCHES[name].title] = run(name, shlex.split(arguments.options))
        ordered = [kept[bench.title] for bench in BENCHES.values() if bench.title in kept]
        PAGE.write_text("\n\n".join([HEAD.strip(), *ordered]) + "\n")
    print(f"Written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
