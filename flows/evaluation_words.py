"""What `allot evaluate` prints: figures beside today's, a verdict in words, and why figures are missing."""

from rich.table import Table

from flows.tables import escape
from models.evaluation import HEADLINE, Support
from models.results import HealthCheck, PolicyEstimate, Refusal, Uplift, Vocabulary
from reports.sentences import refusals
from reports.sentences.health import check_text

LOGGED = "logged"
"""Today's delivery among the estimates."""
CLAIMED = ("A", "A+")
"""Tiers of evidence that allow a verdict."""


def estimate_table(policy: str, estimates: tuple[PolicyEstimate, ...]) -> Table:
    """Headline estimates of the policy and of today's delivery, one row per outcome."""
    headline = _headline(estimates)
    table = Table(box=None, pad_edge=False)
    for name in ("outcome", "unit"):
        table.add_column(name)
    for name in ("today", escape(policy), "low", "high"):
        table.add_column(name, justify="right")
    for (name, outcome), row in headline.items():
        if name == policy:
            figures = (headline[LOGGED, outcome].estimate, row.estimate, row.low, row.high)
            shown = ("-" if figure is None else f"{figure:,.2f}" for figure in figures)
            table.add_row(escape(outcome), escape(row.unit), *shown)
    return table


def uplift_sentence(gain: Uplift | Refusal, unit: str, entity: str) -> str:
    """Policy minus today's delivery, with its interval, or why it is not known."""
    if not isinstance(gain, Uplift):
        return f"Against today's delivery: {plain(refusals.recorded(gain, entity))}."
    return (
        f"Against today's delivery: {gain.outcome} {gain.estimate:+,.2f} {plain(unit)} "
        f"({gain.low:+,.2f} to {gain.high:+,.2f} at {gain.level:.0%}), "
        f"better with probability {gain.probability_better:.3f}."
    )


def support_sentence(support: Support, journeys: int, whole: Support) -> str:
    """How much of the log went the policy's way. support: of the headline's weights; whole: of journeys."""
    return (
        f"Effective sample size: {_count(support)} of {journeys:,} journeys at the thinnest step, "
        f"{_count(whole)} that went this way from end to end; largest weight {support.max_weight:,.1f}."
    )


def verdict(gain: Uplift | Refusal, tier: str, tier_reason: str, witness: HealthCheck | None) -> str:
    """What the figures allow to be said, in words."""
    if not isinstance(gain, Uplift):
        return "Verdict: these logs cannot tell what this policy would do. A policy nearer to today's may do."
    if tier not in CLAIMED:
        return f"Verdict: none, whatever the figures; these logs are of tier {tier}: {plain(tier_reason)}"
    if witness is not None and witness.status != "ok":
        return f"Verdict: unclear, two estimators disagree. {plain(check_text(witness, Vocabulary(), ''))}"
    if gain.low > 0:
        return f"Verdict: better than today's delivery; the whole interval of the {gain.outcome} is above it."
    if gain.high < 0:
        return f"Verdict: worse than today's delivery; the whole interval of the {gain.outcome} is below it."
    return "Verdict: no difference that these logs can tell from chance; the interval holds 0."


def refusal_sentences(policy: str, estimates: tuple[PolicyEstimate, ...], entity: str) -> list[str]:
    """Why a figure is missing, one sentence per reason."""
    reasons: dict[str, list[str]] = {}
    for (name, outcome), row in _headline(estimates).items():
        if name == policy and not row.credible:
            reasons.setdefault(refusals.recorded(row.reason, entity), []).append(outcome)
    return [f"No figure for {plain(', '.join(them))}: {plain(why)}." for why, them in reasons.items()]


def plain(text: str) -> str:
    """A log's own words on one line, without control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))


def _headline(estimates: tuple[PolicyEstimate, ...]) -> dict[tuple[str, str], PolicyEstimate]:
    return {(row.policy, row.outcome): row for row in estimates if row.estimator == HEADLINE}


def _count(support: Support) -> str:
    size = support.min_effective_sample_size
    return f"{size:,.0f}" if size == size else "none"  # NaN: no journey at all went this way
