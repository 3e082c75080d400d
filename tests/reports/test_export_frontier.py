"""frontier.csv: of splits, and of personalised delivery below them."""

from dataclasses import replace
from pathlib import Path

import pytest
import samples
from night_files import rows_of, written


def test_frontier_has_a_column_of_spend_per_channel(tmp_path: Path) -> None:
    rows = rows_of(written(samples.move(), tmp_path)["frontier.csv"])
    assert list(rows[0]) == [
        "delivery",
        "price",
        "budget",
        "spend",
        "spend:search",
        "spend:social",
        "spend:video",
        "value",
        "low",
        "high",
        "spend_low",
        "spend_high",
        "corrected_low",
        "corrected_high",
    ]
    prices = [float(row["price"]) for row in rows if row["delivery"] == "split"]
    assert prices == sorted(prices)


def test_frontier_has_all_channels_however_few_the_page_has_room_for(tmp_path: Path) -> None:
    night = samples.many()
    rows = rows_of(written(night, tmp_path)["frontier.csv"])
    assert sum(column.startswith("spend:") for column in rows[0]) == len(night.split.rows) == 46
    for row in rows:
        parts = sum(float(spend) for column, spend in row.items() if column.startswith("spend:"))
        assert parts == pytest.approx(float(row["budget" if row["price"] else "spend"]), abs=1)


def test_frontier_has_personalised_delivery_below_the_splits(tmp_path: Path) -> None:
    night = samples.move()
    assert night.personal is not None
    rows = rows_of(written(night, tmp_path)["frontier.csv"])
    found = [row for row in rows if row["delivery"] == "personalised"]
    assert rows[-len(found) :] == found
    assert [float(row["budget"]) for row in found] == [round(p.budget, 2) for p in night.personal.points]
    assert [float(row["spend_high"]) for row in found] == [
        round(p.spend_high, 2) for p in night.personal.points
    ]
    assert [float(row["corrected_low"]) for row in found] == [
        round(p.corrected_low or 0.0, 2) for p in night.personal.points
    ]
    assert {row["price"] for row in found} == {""}
    alone = rows_of(written(replace(night, frontier=()), tmp_path / "alone")["frontier.csv"])
    assert [row["value"] for row in alone] == [row["value"] for row in found]
