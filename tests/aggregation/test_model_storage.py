import io

import numpy as np
import pytest

from aggregation.storage import pack, unpack


def test_pack_gives_back_its_arrays_and_the_same_bytes() -> None:
    arrays = {"a": np.arange(3), "b": np.ones((2, 2))}
    data = pack("thing 1", arrays)

    assert data == pack("thing 1", arrays)
    assert unpack("thing 1", data, ["b"])["b"].tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_unpack_refuses_another_format_and_missing_arrays() -> None:
    data = pack("thing 1", {"a": np.arange(3)})

    with pytest.raises(ValueError, match="the archive holds 'thing 1', not 'thing 2'"):
        unpack("thing 2", data, ["a"])
    with pytest.raises(ValueError, match="the archive lacks b, c"):
        unpack("thing 1", data, ["a", "b", "c"])


def pickled() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, format=np.array("thing 1"), a=np.array([{}], dtype=object))
    return buffer.getvalue()


@pytest.mark.parametrize("data", [b"", b"nonsense", pickled(), pack("thing 1", {"a": np.arange(99)})[:60]])
def test_unpack_refuses_what_is_no_archive_and_never_unpickles(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an archive of a fitted model"):
        unpack("thing 1", data, ["a"])


def test_unpack_refuses_a_single_array() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(3))
    with pytest.raises(ValueError, match="not an archive of a fitted model"):
        unpack("thing 1", buffer.getvalue(), ["a"])
