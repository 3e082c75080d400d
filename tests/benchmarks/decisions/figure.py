"""A figure that a proof of `make bench-decisions` asks for, beside what was measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of `tests/benchmarks/decisions.md`."""

    asked: str
    """What should hold, in words: `at least 19 of the 21 clicks of the best linear bid in hindsight`."""
    measured: str
    """What came out, with its unit and how many draws it rests on."""
    holds: bool
