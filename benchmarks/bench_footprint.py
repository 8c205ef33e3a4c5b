"""From nothing to the first page, the wheel's size, and the memory of the running set.

python benchmarks/bench_footprint.py
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.services import free_port  # noqa: E402 - the tree is not a package
from tests.running import Watched, clean_environment, quorate  # noqa: E402

MEGABYTE = 1024 * 1024


def cold_run() -> float:
    """Seconds from `make run` in a fresh clone to the first page, the environment's installation included."""
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place) / "quorate"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        port = free_port()
        environment = clean_environment(clone / "data", QUORATE_PORT=str(port))
        environment.pop("VIRTUAL_ENV", None)
        began = time.perf_counter()
        running = Watched([shutil.which("make") or "make", "run"], environment, cwd=clone)
        try:
            running.wait_for(rf"http://127\.0\.0\.1:{port}", timeout=600)
            return time.perf_counter() - began
        finally:
            running.close()


def wheel_kilobytes() -> float:
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "build", "--wheel", "--outdir", place]
        if shutil.which("uv"):
            command = ["uv", "build", "--wheel", "--out-dir", place, "-q"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return next(Path(place).glob("*.whl")).stat().st_size / 1024


def memory() -> dict[str, float]:
    """Megabytes of proportional memory (shared pages counted once) of each role, after its first requests."""
    with tempfile.TemporaryDirectory() as place, quorate(clean_environment(Path(place))) as running:
        for _ in range(20):
            running.get("/")
        time.sleep(5)
        roles = {role: running.find(role) for role in ("web", "worker", "relay")}
        roles["supervisor"] = [psutil.Process(running.process.pid)]
        return {role: sum(one.memory_full_info().pss for one in found) / MEGABYTE for role, found in roles.items()}


def main() -> None:
    seconds = cold_run()
    used = memory()
    print("| what | figure |\n|---|---:|")
    print(f"| fresh clone, `make run` to first page (installation and demo content included) | {seconds:.0f} s |")
    print(f"| wheel | {wheel_kilobytes():,.0f} KB |")
    print(f"| memory of the running set (embedded) | {sum(used.values()):.0f} MB |")
    for role, megabytes in used.items():
        print(f"| – {role} | {megabytes:.0f} MB |")
    print(f"\n{os.cpu_count()} cores; memory as proportional set size.")


if __name__ == "__main__":
    main()
