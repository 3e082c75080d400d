"""The decisions of a single-step log: what was shown, and what was decided without being shown.

An impression is a decision. So is an opportunity at which nothing was shown, and being put into an arm: the
controls of a test leave no impression, and a test without its controls says nothing. What cannot be read as
one decision between the log's actions is refused, never dropped.
"""

import numpy as np
import polars as pl

from sql.errors import LogError
from sql.events import Events

KEY = ("entity_key", "day")
SAME_PROBABILITY = 1e-6
"""Relative difference of probabilities that are one probability."""


def read_decisions(events: Events) -> pl.DataFrame:
    """Rows as the mart of exposures has them, sorted by (entity_key, day, ordinal).

    - an impression, `none` included;
    - an entity's opportunities of a day without an impression: `none`, with the probability left by theirs;
    - an arm of an entity that has neither: `holdout` is `none`, where the entity has neither while it lasts;
      `treated` and `random` are the only treatment there is, as was meant, whether or not it was delivered.
      Its cost is what was spent: nothing.

    Raises LogError for arms that are no decision between the log's actions.
    """
    shown = pl.read_parquet(events.folder / "exposures.parquet")
    passed = _passed_over(events, shown)
    decided = pl.concat([shown, passed], how="diagonal_relaxed")
    decided = pl.concat([decided, _put_into_arms(events, decided)], how="diagonal_relaxed")
    return decided.with_columns(pl.col("cost_micros", "clicks").fill_null(0)).sort(*KEY, "ordinal")


def _passed_over(events: Events, shown: pl.DataFrame) -> pl.DataFrame:
    """A `none` for every entity and day with opportunities and no impression."""
    chances = pl.read_parquet(events.folder / "opportunities.parquet").sort(
        *KEY, "action"
    )  # a sum has an order
    rest = 1.0 - pl.col("propensity").sum()
    known = pl.col("propensity").is_not_null().all() & (pl.col("n").max() == 1) & (rest > 0)
    return (
        chances.join(shown, on=KEY, how="anti")
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.lit(0, pl.Int32).alias("ordinal"),
            pl.lit(0, pl.Int16).alias("action"),
            pl.when(known).then(rest).alias("propensity"),
        )
    )


def _put_into_arms(events: Events, decided: pl.DataFrame) -> pl.DataFrame:
    """The decision of every entity that was put into an arm and of which nothing else is logged; of a
    holdout, nothing while it lasted."""
    path = events.folder / "arms.parquet"
    if not path.exists():
        return decided.clear()
    arms = pl.read_parquet(path)
    treatments = events.actions[1:]
    holdouts = arms.filter(pl.col("arm") == "holdout")
    meanwhile = _meanwhile(holdouts, decided)
    contradicting = meanwhile.filter(pl.col("action") > 0).select(KEY).unique()
    if len(contradicting):
        raise LogError(
            f"arms: {len(contradicting):,} rows of the arm `holdout` belong to entities with an impression "
            "between `since` and `until`: which of the two was decided? Correct the arm or its `until`, or "
            "leave out impressions that no decision of the test led to."
        )
    others = arms.filter(pl.col("arm") != "holdout").join(decided, on="entity_key", how="anti")
    alone = pl.concat([others, holdouts.join(meanwhile, on=KEY, how="anti")])
    alone = alone.sort(*KEY).unique("entity_key", keep="first", maintain_order=True)
    usual = alone.filter(pl.col("arm") == "usual")
    if len(usual):
        raise LogError(
            f"arms: {len(usual):,} entities of the arm `usual` have no impression and no opportunity, so "
            "that nothing says what was decided. Log one impression each, of the channel or of `none`."
        )
    meant = alone.filter(pl.col("arm") != "holdout")
    if len(meant) and len(treatments) != 1:
        raise LogError(
            f"arms: {len(meant):,} entities of the arms `treated` and `random` have no impression, and of "
            f"{len(treatments)} channels ({', '.join(treatments) or 'none'}) nothing says which was meant. "
            "Log the one meant as an impression each, with a cost of 0 where it was not delivered."
        )
    return alone.select(
        *KEY,
        pl.lit(0, pl.Int32).alias("ordinal"),
        pl.when(pl.col("arm") == "holdout").then(0).otherwise(1).cast(pl.Int16).alias("action"),
    )


def _meanwhile(arms: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """(entity_key, day of the arm, action) of every decision while its entity was in the arm."""
    rows = decided.select("entity_key", "action", decided_on="day")
    lasting = pl.col("last_day").is_null() | (pl.col("decided_on") <= pl.col("last_day"))
    return (
        arms.join(rows, on="entity_key")
        .filter((pl.col("decided_on") >= pl.col("day")) & lasting)
        .select(*KEY, "action")
    )


def refuse_partly_told(action: np.ndarray, propensity: np.ndarray, actions: tuple[str, ...]) -> None:
    """Raises LogError where some decisions tell no probability and those told differ within an action: the
    draw was then none of fixed shares, and what the others' probabilities were is not known.

    action, propensity (n,), NaN where none is told; actions: their names.
    """
    told = ~np.isnan(propensity)
    for k in np.unique(action[told]) if not told.all() else ():
        some = propensity[told & (action == k)]
        if np.ptp(some) > SAME_PROBABILITY * some.max():
            raise LogError(
                f"impressions.propensity: {int((~told).sum()):,} of {len(told):,} decisions tell none, and "
                f"of {actions[k]} those told differ (from {some.min():g} to {some.max():g}), so that the "
                f"draw cannot be weighed. Log the probability of every decision, also of {actions[0]}, or of "
                "no decision where the shares were fixed."
            )


def fill_propensities(action: np.ndarray, propensity: np.ndarray) -> np.ndarray:
    """(n,) the log's propensities; of `none` rows without one what is left by those of the other actions,
    where each has one of its own."""
    missing = np.isnan(propensity)
    if not missing.any() or (missing & (action > 0)).any() or (missing != (action == 0)).any():
        return propensity
    told = [np.unique(propensity[action == k]) for k in np.unique(action[action > 0])]
    rest = 1.0 - sum(float(p[0]) for p in told)
    if any(len(p) != 1 for p in told) or not rest > 0:
        return propensity
    return np.where(missing, rest, propensity)
