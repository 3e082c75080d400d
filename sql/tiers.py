"""The evidence tier: what the logs can identify (DESIGN section 1)."""

from dataclasses import dataclass

RANDOMISED = "A+"
"""The tier of logs whose decisions were random, at least in part, with known probabilities or known arms."""
BY_OPPORTUNITY = "Every impression and every opportunity carries its propensity."
"""The reason of a tier that rests on the propensities of opportunities."""


@dataclass(frozen=True)
class Evidence:
    """What the staged log holds, counted."""

    exposures: int
    exposures_without_propensity: int
    none_exposures: int
    opportunities: int
    opportunities_without_propensity: int
    randomised_rows: int
    """Arms `random` or `holdout`, and opportunities held out."""
    totals: int
    counts: int = 0
    regions: int = 0


def evidence_tier(found: Evidence, *, single_step: bool) -> tuple[str, str]:
    """(tier, reason in one sentence).

    Propensities raise the tier only where the decisions not to advertise are logged too: in a single-step
    log, and where something is always chosen, every row is a decision; else as `none` rows or as
    opportunities with propensities. Counts per arm, and outcomes per region, are those of a test: whoever
    writes such a table says so, and nothing in it could show otherwise.
    """
    if not found.exposures:
        if found.totals:
            return "C", "The logs hold daily totals and no impressions."
        if found.counts or found.regions:
            held = "counts per arm" if found.counts else "outcomes per region"
            return RANDOMISED, f"The logs hold {held} of a test, which is taken to have been drawn at random."
        return "B", "The logs hold no usable impression."
    if found.randomised_rows:
        return RANDOMISED, f"The logs hold a randomised arm or holdout ({found.randomised_rows} rows)."
    all_logged = not found.exposures_without_propensity
    if all_logged and (single_step or found.none_exposures > 0):
        return RANDOMISED, "Every logged decision carries its propensity."
    if all_logged and found.opportunities > 0 and not found.opportunities_without_propensity:
        return RANDOMISED, BY_OPPORTUNITY
    if found.opportunities:
        return "A", "Opportunities are logged: who could have been shown an ad and was not is visible."
    if all_logged:
        return "B", "Impressions carry propensities, but decisions not to advertise are not logged."
    return (
        "B",
        "The logs hold impressions only: who could have been shown an ad and was not is unknown.",
    )
