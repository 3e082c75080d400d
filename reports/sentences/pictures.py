"""Frequency caps and experiments in words: one sentence per kind."""

from models.results import FrequencyCap, NextExperiment, Vocabulary
from reports.numbers import grouped
from reports.sentences.amounts import money, per_unit, ratio
from reports.words import capital, period


def cap_text(cap: FrequencyCap, word: Vocabulary, currency: str) -> str:
    """Why a cap is suggested, or none."""
    beyond, ad = cap.beyond, word.treatment
    if beyond is None:
        return f"Counting all that were looked at, no {ad} costs more than it brings beyond doubt."
    first = beyond.n == 1
    which = "Even the first" if first else f"{capital(ad)} {beyond.n}"
    brings, at_most, costs = (grouped(v, 3) for v in (beyond.brings, beyond.at_most, beyond.cost))
    said = f"{which} in seven days brings {brings} (at most {at_most}) and costs {costs} {currency}."
    return f"{said} What its budget should be is for the split to say." if first else said


def beside_budgets(word: Vocabulary, days: int) -> str:
    """Why what the n-th exposure earns and an action's budget need not say the same."""
    span = f" in {days} days" if days else ""
    return (
        f"Budgets follow the split, not this: it asks what all {word.treatments} earn that a change of "
        f"budget brings or takes, this what a single one earns{span} where today's delivery might as well "
        f"have chosen {word.nothing}, so the two need not agree."
    )


def experiment_text(e: NextExperiment, word: Vocabulary, currency: str, period_days: int) -> str:
    """What to do, and what it would tell."""
    unit = per_unit(currency)
    said = (
        f"Hold {100 * e.share:.0f} % of the {word.entities} ({e.entities:,}, drawn at random) back from "
        f"{e.channel} for {e.days} days: with a chance of 80 % that tells whether it earns more than it "
        f"costs, if what it really earns {unit} is {ratio(1 + e.difference)} or more, or "
        f"{ratio(1 - e.difference)} or less."
    )
    if e.gain_per_period is None:
        return said
    return f"{said} Knowing is worth about {money(e.gain_per_period, currency)} {period(period_days)}."
