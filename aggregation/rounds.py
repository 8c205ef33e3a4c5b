"""One step of a fit over shards by processes that share nothing but a folder: models go in, partial counts come out.

A file appears whole or not at all, and the same shard under the same models gives the same file. So a shard may be worked
twice, at once, late or after a kill, and the sum stays what it is.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np

from aggregation.classes.matrices import Models, Smoothing
from aggregation.shards import Expect, Partial
from aggregation.storage import pack, unpack

FORMAT, PARTIAL = "quorate round 1", "quorate partial 1"
MODELS = "models.npz"
_MODELS = tuple(field.name for field in fields(Models))
_PARTIAL = tuple(field.name for field in fields(Partial))


@dataclass(frozen=True)
class Round:
    """A step under way in the folder `place`; it is over when the folder is gone."""

    place: Path

    @classmethod
    def begin(cls, place: Path, expect: Expect) -> Self:
        """Write what the workers of this step need to know. The shards are named by their folder's name alone, which may
        lie elsewhere on another machine.
        """
        place.mkdir(parents=True)
        models, smoothing = expect.models, expect.smoothing
        arrays = {} if models is None else {name: np.array(getattr(models, name)) for name in _MODELS}
        arrays["shards"] = np.array(expect.folder.name)
        arrays["smoothing"] = np.array([smoothing.cell, smoothing.diagonal])
        arrays["first"] = np.array(models is None)
        made = cls(place)
        made._write(MODELS, pack(FORMAT, arrays))
        return made

    def work(self, shard: int, folder: Path) -> bool:
        """Write what a shard adds; the shards lie in a folder of `folder`. False if that is done, or the step is over."""
        if self._file(shard).exists():
            return False
        try:
            expect = self._expect(folder)
            added = expect(shard)
            self._write(
                self._file(shard).name, pack(PARTIAL, {name: np.array(getattr(added, name)) for name in _PARTIAL})
            )
        except FileNotFoundError:
            if self.place.exists():
                raise
            return False
        return True

    def found(self, shard: int) -> Partial | None:
        """What a shard adds, once a worker has written it."""
        try:
            arrays = unpack(PARTIAL, self._file(shard).read_bytes(), _PARTIAL)
        except FileNotFoundError:
            return None
        return Partial(arrays["counts"], arrays["share"], int(arrays["tasks"]), float(arrays["likelihood"]))

    def end(self) -> None:
        """Remove all of it; workers who come late find nothing to do."""
        shutil.rmtree(self.place, ignore_errors=True)

    def _expect(self, folder: Path) -> Expect:
        data = (self.place / MODELS).read_bytes()
        about = unpack(FORMAT, data, ["shards", "smoothing", "first"])
        models = None
        if not about["first"]:
            arrays = unpack(FORMAT, data, _MODELS)
            models = Models(arrays["counts"], arrays["log_theta"], arrays["prior"], float(arrays["penalty"]))
        return Expect(folder / str(about["shards"]), models, Smoothing(*about["smoothing"].tolist()))

    def _file(self, shard: int) -> Path:
        return self.place / f"{shard:05d}.npz"

    def _write(self, name: str, data: bytes) -> None:
        """Under another name first: who reads meanwhile finds the whole file or none."""
        begun = self.place / f"{uuid.uuid4().hex}.begun"
        begun.write_bytes(data)
        begun.replace(self.place / name)
