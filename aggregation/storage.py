"""Fitted models as bytes: a NumPy archive with a format name, never a pickle."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray


def pack(format_name: str, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Archive of `arrays`. The same arrays give the same bytes: a NumPy archive carries no time of day."""
    buffer = io.BytesIO()
    named: dict[str, Any] = {"format": np.array(format_name), **arrays}
    np.savez_compressed(buffer, **named)
    return buffer.getvalue()


def unpack(format_name: str, data: bytes, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Arrays `names` of an archive made by `pack` under the same name; ValueError for anything else."""
    try:
        with NpzFile(io.BytesIO(data), own_fid=True, allow_pickle=False) as archive:
            found = str(archive["format"]) if "format" in archive else "no format name"
            arrays = {name: archive[name] for name in names if name in archive}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        message = f"not an archive of a fitted model: {error}"
        raise ValueError(message) from error
    if found != format_name:
        message = f"the archive holds {found!r}, not {format_name!r}"
        raise ValueError(message)
    missing = [name for name in names if name not in arrays]
    if missing:
        message = f"the archive lacks {', '.join(missing)}"
        raise ValueError(message)
    return arrays
