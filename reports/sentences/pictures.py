"""Frequency caps and experiments in words: one sentence per kind."""

from models.results import FrequencyCap, NextExperiment, Vocabulary
from reports.sentences.amounts import each_period, money, per_unit, ratio


def cap_text(cap: FrequencyCap, currency: str) -> str:
    """Why a cap is suggested, or none."""
    beyond = cap.beyond
    if beyond is None:
        return "Counting all that were looked at, no exposure costs more than it brings beyond doubt."
    which = "Even the first" if beyond.n == 1 else f"Exposure {beyond.n}"
    return (
        f"{which} in seven days brings {beyond.brings:.3f} (at most {beyond.at_most:.3f}) and costs "
        f"{beyond.cost:.3f} {currency}."
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
    return f"{said} Knowing is worth about {money(e.gain_per_period, currency)} {each_period(period_days)}."
