"""Settings of ordered levels that contradict each other: the key, and what would be right."""

from typing import Any

import pytest

from flows.study_levels import level_contradictions
from models.settings import DecisionSettings, SplitSettings


def keys(total: float | None = None, **decision: Any) -> list[str]:
    settings = DecisionSettings(**{"single_step": True, **decision})
    return [key for key, _ in level_contradictions(settings, SplitSettings(total=total))]


@pytest.mark.parametrize(
    ("decision", "wrong"),
    [
        ({}, []),
        ({"levels": [0, 5, 10, 20], "level_unit": "%", "demand": "units"}, []),
        ({"levels": [104, 108, 112], "stock": ["sold", "left"]}, []),
        ({"levels": [0, 5]}, ["decision.levels"]),
        ({"levels": [0, 5, 10], "single_step": False}, ["decision.levels"]),
        ({"levels": [0, 5, 10], "total": 500.0}, ["split.total"]),
        ({"total": 500.0}, []),
        ({"levels": [5, 0, 10]}, ["decision.levels"]),
        ({"level_unit": "%"}, ["decision.level_unit"]),
        ({"levels": [0, 50, 100], "level_unit": "%", "demand": "units"}, ["decision.demand"]),
        ({"levels": [1, 2, 3], "level_unit": "EUR", "demand": "units"}, ["decision.demand"]),
        ({"levels": [1, 2, 3], "stock": ["sold", "left"], "second_price": True}, ["decision.stock"]),
    ],
)
def test_levels_that_contradict_each_other(decision: dict[str, Any], wrong: list[str]) -> None:
    assert keys(**decision) == wrong
