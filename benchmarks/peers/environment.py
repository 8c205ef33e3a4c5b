"""The environment the peers are measured in: made where it is missing or its list has changed, never the product's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".venv-peers"
LIST = Path(__file__).with_name("requirements.txt")


def prepare() -> Path:
    """Python of an environment that holds exactly LIST. Raises CalledProcessError where pip fails."""
    python, stamp = PLACE / "bin" / "python", PLACE / "installed"
    wish = f"{LIST.read_text()}{sys.version}"
    if not stamp.exists() or stamp.read_text() != wish:
        print(f"Preparing the peers' environment in {PLACE.name} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*install, "-r", str(LIST)], check=True, stdout=sys.stderr)
        stamp.write_text(wish)
    return python


def one_thread() -> dict[str, str]:
    """Environment variables for a measured run: our packages importable, every numeric library on one thread."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    quiet = {"TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}
    return {**os.environ, **dict.fromkeys(threads, "1"), **quiet, "PYTHONPATH": str(ROOT)}
