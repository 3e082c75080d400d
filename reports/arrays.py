"""The result of `models.evaluation.evaluate` in words: a table, and why figures are missing."""

import math

from models.evaluation import OffPolicyEvaluation
from models.results import Uplift, Vocabulary
from reports.sentences import refusals
from reports.sentences.health import check_text


def evaluation_text(found: OffPolicyEvaluation) -> str:
    """Headline estimates and uplifts, one line per policy and outcome; then reasons, support, doubts."""
    lines = _aligned(
        [
            ("policy", "outcome", "logged", "estimate", "low", "high", "uplift", "low", "high"),
            *_lines(found),
        ]
    )
    lines.append(f"Means per journey, {found.n_journeys:,} journeys in {found.n_clusters:,} clusters.")
    for policy, support in found.support.items():
        lines.append(
            f"{policy}: effective sample size {_plain(support.min_effective_sample_size)} "
            f"({_plain(found.journey_support[policy].min_effective_sample_size)} over whole journeys), "
            f"largest weight {_plain(support.max_weight)}, tail shape {_plain(support.tail_shape)}."
        )
        lines += _reasons(found, policy)
    word = Vocabulary(entity=found.sampled)
    lines += [
        f"{check.status}: {check_text(check, word, '')}" for check in found.checks if check.status != "ok"
    ]
    return "\n".join(lines)


def _lines(found: OffPolicyEvaluation) -> list[tuple[str, ...]]:
    lines = []
    for policy, gains in found.uplifts.items():
        for outcome, gain in gains.items():
            row = found.headline(policy, outcome)
            figures: list[float | None] = [found.logged_means[outcome], row.estimate, row.low, row.high]
            known = gain if isinstance(gain, Uplift) else None
            figures += [known.estimate, known.low, known.high] if known else [None] * 3
            lines.append((policy, outcome, *map(_plain, figures)))
    return lines


def _reasons(found: OffPolicyEvaluation, policy: str) -> list[str]:
    """Why something is missing, each reason once."""
    reasons: dict[str, list[str]] = {}
    for outcome, gain in found.uplifts[policy].items():
        row = found.headline(policy, outcome)
        for reason in (None if row.credible else row.reason, None if isinstance(gain, Uplift) else gain):
            said = refusals.recorded(reason, found.sampled)
            if said and outcome not in reasons.setdefault(said, []):
                reasons[said].append(outcome)
    return [f"{policy}, {', '.join(outcomes)}: {said}." for said, outcomes in reasons.items()]


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns as wide as they need, the first two to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if k < 2 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _plain(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:,.4g}"
