"""Peers behind one call: `PEERS[name](answers, seed)` → class probabilities [T, K], or labels [T] where there are none.

To be imported in the environment of environment.py alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import crowdkit.aggregation
import numpy as np
import pandas as pd

from aggregation.arrays import Floats, Ints
from aggregation.classes import Answers
from benchmarks.peers.ebcc import Ebcc

Result = tuple[Floats | None, Ints]
Peer = Callable[[Answers, int], Result]


def frame(answers: Answers) -> pd.DataFrame:
    """The table crowd-kit reads."""
    return pd.DataFrame({"task": answers.task, "worker": answers.worker, "label": answers.label})


def dictionary(answers: Answers) -> dict[int, dict[int, int]]:
    """What peerannot reads: {task: {worker: label}}; of a worker's two answers to a task the last remains."""
    found: dict[int, dict[int, int]] = {}
    for task, worker, label in zip(answers.task.tolist(), answers.worker.tolist(), answers.label.tolist(), strict=True):
        found.setdefault(task, {})[worker] = label
    return found


def crowd_kit(name: str, **options: Any) -> Peer:
    """A class of crowdkit.aggregation."""

    def run(answers: Answers, seed: int) -> Result:
        np.random.seed(seed)  # noqa: NPY002  crowd-kit draws its ties from the global generator
        model = getattr(crowdkit.aggregation, name)(**options)
        data = frame(answers)
        labels = model.fit_predict(data).reindex(range(answers.n_tasks)).fillna(0).to_numpy().astype(np.int64)
        table = getattr(model, "probas_", None)
        if table is None:
            return None, labels
        full = table.reindex(index=range(answers.n_tasks), columns=range(answers.n_classes)).fillna(0.0)
        return full.to_numpy(), labels

    return run


def peerannot(module: str, name: str, *, soft: bool = True, fit: bool = True, writes: bool = False) -> Peer:
    """A class of peerannot.models.aggregation. `soft`: it has probabilities; `fit`: it wants `run()` first; `writes`: it
    puts what it found into a folder.
    """

    def run(answers: Answers, seed: int) -> Result:
        np.random.seed(seed)  # noqa: NPY002  so does peerannot
        make = getattr(_peerannot(module), name)
        with tempfile.TemporaryDirectory() as place:
            options: dict[str, Any] = {"n_workers": answers.n_workers, "n_classes": answers.n_classes}
            if writes:
                options["dataset"] = Path(place)
            model = make(answers=dictionary(answers), **options)
            if fit:
                model.run()
        if not soft:
            return None, np.asarray(model.get_answers()).astype(np.int64)
        found = np.asarray(model.get_probas())
        return found, found.argmax(axis=1)

    return run


def _peerannot(module: str) -> types.ModuleType:
    """A module of peerannot's, past its `models/__init__`, which imports deep learning that none of these need."""
    spec = importlib.util.find_spec("peerannot")
    if spec is None or spec.origin is None:
        message = "peerannot is not installed"
        raise ImportError(message)
    room = types.ModuleType("peerannot.models")
    room.__path__ = [str(Path(spec.origin).parent / "models")]
    sys.modules.setdefault("peerannot.models", room)
    return importlib.import_module(f"peerannot.models.aggregation.{module}")


def variational(groups: int) -> Peer:
    """EBCC, or iBCC with one group."""

    def run(answers: Answers, seed: int) -> Result:
        del seed
        found = Ebcc(groups=groups).fit(answers)
        return found, found.argmax(axis=1)

    return run


PEERS: dict[str, Peer] = {
    "crowd-kit MajorityVote": crowd_kit("MajorityVote"),
    "crowd-kit Wawa": crowd_kit("Wawa"),
    "crowd-kit ZeroBasedSkill": crowd_kit("ZeroBasedSkill"),
    "crowd-kit OneCoinDawidSkene": crowd_kit("OneCoinDawidSkene"),
    "crowd-kit DawidSkene": crowd_kit("DawidSkene"),
    "crowd-kit GLAD": crowd_kit("GLAD"),
    "crowd-kit MACE": crowd_kit("MACE", random_state=0),
    "crowd-kit MMSR": crowd_kit("MMSR", random_state=0),
    "crowd-kit KOS": crowd_kit("KOS", random_state=0),
    "peerannot MajorityVoting": peerannot("majority_voting", "MajorityVoting", soft=False, fit=False),
    "peerannot NaiveSoft": peerannot("naive_soft", "NaiveSoft", fit=False),
    "peerannot Wawa": peerannot("wawa", "Wawa", soft=False),
    "peerannot IWMV": peerannot("iwmv", "IWMV", soft=False),
    "peerannot DawidSkene": peerannot("dawid_skene", "DawidSkene"),
    "peerannot GLAD": peerannot("glad", "GLAD", writes=True),
    "EBCC (rewritten)": variational(10),
    "iBCC (rewritten)": variational(1),
}
warnings.simplefilter("ignore")  # theirs, in their environment: pandas and tqdm deprecations
