"""The result of `evaluate`: frozen, and readable when it is printed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.support import Support
from models.evaluation.policy_table import HEADLINE
from models.results import HealthCheck, PolicyEstimate, Uplift


def headline_rows(estimates: Iterable[PolicyEstimate]) -> dict[tuple[str, str], PolicyEstimate]:
    """(policy, outcome) -> its headline estimate."""
    return {(row.policy, row.outcome): row for row in estimates if row.estimator == HEADLINE}


@dataclass(frozen=True)
class OffPolicyEvaluation:
    """What the log says about the target policies; all values are means per journey. `print` shows it."""

    estimates: tuple[PolicyEstimate, ...]
    """Every policy (`logged` too) x outcome x estimator; one without support is None, with the reason."""
    uplifts: dict[str, dict[str, Uplift | str]]
    """Policy -> outcome -> target minus logged policy with its interval, or why it is not known."""
    support: dict[str, Support]
    """Policy -> effective sample size, largest weight, tail shape of the headline's weights, step by step."""
    journey_support: dict[str, Support]
    """The same of weights over whole journeys, which the witnesses rest on."""
    checks: tuple[HealthCheck, ...]
    """Placebos (the logged policy, effects on the past) and headline against witness, per outcome."""
    logged_means: dict[str, float]
    """Outcome -> its plain (discounted) mean in the log."""
    behaviour: NDArray[np.float64] = field(repr=False)  # (n, A) used, rows as the caller gave them
    calibration_error: tuple[tuple[str, float, float], ...]
    """Estimated behaviour: (action, mean |predicted - observed|, the same from noise alone); else empty."""
    n_journeys: int
    n_clusters: int

    def headline(self, policy: str, outcome: str) -> PolicyEstimate:
        """The estimate to trust. KeyError for a policy or outcome that was not given."""
        return headline_rows(self.estimates)[policy, outcome]

    def __str__(self) -> str:
        return self.table()

    def table(self) -> str:
        """Headline estimates and uplifts, one line per policy and outcome; then reasons, support, doubts."""
        lines = _aligned(
            [
                ("policy", "outcome", "logged", "estimate", "low", "high", "uplift", "low", "high"),
                *self._lines(),
            ]
        )
        lines.append(f"Means per journey, {self.n_journeys:,} journeys in {self.n_clusters:,} clusters.")
        for policy, support in self.support.items():
            lines.append(
                f"{policy}: effective sample size {_plain(support.min_effective_sample_size)} "
                f"({_plain(self.journey_support[policy].min_effective_sample_size)} over whole journeys), "
                f"largest weight {_plain(support.max_weight)}, tail shape {_plain(support.tail_shape)}."
            )
            lines += self._reasons(policy)
        lines += [f"{check.status}: {check.text}" for check in self.checks if check.status != "ok"]
        return "\n".join(lines)

    def _lines(self) -> list[tuple[str, ...]]:
        headline = headline_rows(self.estimates)
        lines = []
        for policy, gains in self.uplifts.items():
            for outcome, gain in gains.items():
                row = headline[policy, outcome]
                figures: list[float | None] = [self.logged_means[outcome], row.estimate, row.low, row.high]
                known = None if isinstance(gain, str) else gain
                figures += [known.estimate, known.low, known.high] if known else [None] * 3
                lines.append((policy, outcome, *map(_plain, figures)))
        return lines

    def _reasons(self, policy: str) -> list[str]:
        """Why something is missing, each reason once."""
        headline = headline_rows(self.estimates)
        reasons: dict[str, list[str]] = {}
        for outcome, gain in self.uplifts[policy].items():
            row = headline[policy, outcome]
            for reason in ("" if row.credible else row.reason, gain if isinstance(gain, str) else ""):
                if reason and outcome not in reasons.setdefault(reason, []):
                    reasons[reason].append(outcome)
        return [f"{policy}, {', '.join(outcomes)}: {reason}." for reason, outcomes in reasons.items()]


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
    return "-" if value is None or np.isnan(value) else f"{value:,.4g}"
