"""Work that asks networks, in threads which count torch's own threads as the caller does."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import torch

from models.numerics import side_by_side

Item = TypeVar("Item")
Result = TypeVar("Result")


def networks_side_by_side(
    work: Callable[[Item], Result], items: Iterable[Item], *, workers: int | None = None
) -> list[Result]:
    """As `side_by_side`. A new thread would have torch's default number, and sums split otherwise."""
    begin = partial(torch.set_num_threads, torch.get_num_threads())
    return side_by_side(work, items, workers=workers, begin=begin)
