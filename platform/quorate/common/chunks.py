"""Work in portions (itertools.batched comes with Python 3.12)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunked(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` things, in order."""
    iterator = iter(things)
    while part := list(islice(iterator, size)):
        yield part
