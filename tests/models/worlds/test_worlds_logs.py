"""Logs of a world: the tables of each tier, and the demo's, which may never change."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from models.worlds import open_world, simulate

SMALL = {"entities": 300, "days": 25}
EVENTS = {"impressions", "clicks", "purchases", "visits", "users"}
DEMO = {
    "clicks": "d9343a81316aee54",
    "impressions": "07c02e52de67df73",
    "opportunities": "3b423ea4e1880e4b",
    "purchases": "7434e14e54e3f8c0",
    "users": "5f4b8a276cf8136b",
    "visits": "6e9ca76bc56c9555",
}
"""First digits of the sha256 of each table as CSV, from before there were other worlds."""


def test_the_demos_logs_are_what_they_always_were(tmp_path: Path) -> None:
    simulate("demo", out=tmp_path, seed=3, entities=500, days=40)
    found = {p.stem: pl.read_parquet(p).write_csv().encode() for p in tmp_path.iterdir()}
    assert {name: hashlib.sha256(text).hexdigest()[:16] for name, text in found.items()} == DEMO


@pytest.mark.parametrize(
    ("tier", "tables"),
    [
        ("A+", EVENTS | {"opportunities"}),
        ("A", EVENTS | {"opportunities"}),
        ("B", EVENTS),
        ("C", {"totals", "purchases"}),
    ],
)
def test_each_tier_has_its_tables_and_no_other(tmp_path: Path, tier: str, tables: set[str]) -> None:
    for before in ("totals", "opportunities"):  # of an earlier simulation of another tier
        (tmp_path / f"{before}.parquet").touch()
    simulate("shocks", out=tmp_path, tier=tier, **SMALL)
    assert {p.stem for p in tmp_path.iterdir()} == tables


@pytest.mark.parametrize("tier", ["A+", "A", "B"])
def test_only_a_plus_logs_propensities(tmp_path: Path, tier: str) -> None:
    simulate("hidden-targeting", out=tmp_path, tier=tier, **SMALL)
    impressions = pl.read_parquet(tmp_path / "impressions.parquet")
    assert ("propensity" in impressions.columns) == (tier == "A+")
    assert ("opportunity_id" in impressions.columns) == (tier != "B")
    if tier == "A+":
        chances = pl.read_parquet(tmp_path / "opportunities.parquet")
        assert chances["propensity"].is_between(0, 1, closed="right").all()
        both = impressions.join(chances, on="opportunity_id", suffix="_chance")
        assert len(both) == len(impressions) and (both["propensity"] == both["propensity_chance"]).all()
        # what is left of a person's day is the probability of showing nothing
        by_day = chances.group_by("user_id", pl.col("ts").dt.date()).agg(pl.col("propensity").sum())
        assert (by_day["propensity"] < 1).all()


def test_totals_add_up_to_the_log_they_replace(tmp_path: Path) -> None:
    simulate("shocks", out=tmp_path / "a", tier="A", **SMALL)
    simulate("shocks", out=tmp_path / "c", tier="C", **SMALL)
    totals = pl.read_parquet(tmp_path / "c" / "totals.parquet")
    assert totals.columns == ["date", "channel", "spend", "impressions", "clicks", "revenue"]
    assert len(totals) == 25 * 6 and not totals.select("date", "channel").is_duplicated().any()
    log = pl.read_parquet(tmp_path / "a" / "impressions.parquet").unique("impression_id")
    counted = log.group_by(pl.col("ts").dt.date().alias("date"), "channel").len()
    both = totals.join(counted, on=["date", "channel"], how="left").with_columns(pl.col("len").fill_null(0))
    assert (both["len"] == both["impressions"]).all()
    assert totals["clicks"].sum() == len(pl.read_parquet(tmp_path / "a" / "clicks.parquet"))
    purchases = pl.read_parquet(tmp_path / "c" / "purchases.parquet")
    assert purchases.equals(pl.read_parquet(tmp_path / "a" / "purchases.parquet"))
    unclaimed = totals.filter(pl.col("channel") == "none")
    assert len(unclaimed) == 25 and (unclaimed["spend"] == 0).all() and (unclaimed["impressions"] == 0).all()
    bought = purchases.group_by(pl.col("ts").dt.date().alias("date")).agg(pl.col("revenue").sum())
    claimed = totals.group_by("date").agg(pl.col("revenue").sum().alias("claimed"))
    days = claimed.join(bought, on="date", how="left").with_columns(pl.col("revenue").fill_null(0))
    assert len(days) == 25 and ((days["claimed"] - days["revenue"]).abs() < 1e-6).all()


def test_the_logged_probabilities_are_those_that_hidden_targeting_used() -> None:
    """A+ in the hidden world: among those with an opportunity, intent raises the logged probability."""
    world = open_world("hidden-targeting", **SMALL)
    world.step()
    hot = world.hot.copy()  # decides tomorrow's delivery
    day = world.step()
    able = day.opportunities.any(axis=1)
    shown = 1 - day.behaviour[:, 0]
    assert shown[able & hot].mean() > shown[able & ~hot].mean() + 0.1
