"""Health of a night: data and model checks, each a figure, a limit, a verdict and what to do.

`stop` is kept for what forbids advice; everything else that deserves a look is `warn`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.behaviour import Behaviour
from models.health import delivery_checks, log_checks
from models.health.log_history import DatedCheck, checks_of
from models.mdp import Transitions, drawn_like, idle_cost_name
from models.results import HealthCheck
from sql.events import Events


@dataclass(frozen=True)
class LogFacts:
    """What is known of the log itself."""

    events: Events
    as_of: date
    single_step: bool
    staged_cost_micros: int
    """Of the days the panel covers (`staged_cost` computes it)."""
    purchases: int
    """Good rows."""
    look_back_days: int
    """As far as the state's counts reach."""
    history: Sequence[DatedCheck] = ()
    """What the log's own past says (`examine_history`)."""


@dataclass(frozen=True)
class HealthLimits:
    """From where on a figure is worth a warning."""

    min_effective_sample_size: float = 50.0
    min_none_overlap: float = 0.05
    max_quarantined_share: float = 0.05


def check_health(
    log: LogFacts,
    transitions: Transitions,
    behaviour: Behaviour,
    effective_sample_sizes: Mapping[str, float],
    limits: HealthLimits,
) -> tuple[HealthCheck, ...]:
    """Every check of the night, in the order a reader should see them. effective_sample_sizes: per policy
    that matters."""
    t, events, single_step = transitions, log.events, log.single_step
    checks = [
        log_checks.rows_reconcile(events.counts),
        log_checks.quarantined_share(events.counts, limits.max_quarantined_share),
        *log_checks.found_in_staging(events.findings),
        log_checks.money_reconciles(log.staged_cost_micros, paid_micros(t)),
        log_checks.log_freshness(events.last_day, log.as_of, single_step=single_step),
        log_checks.reporting_delay(events.delay_days, immature_share(t)),
        log_checks.enough_purchases(log.purchases),
        *checks_of(log.history),
    ]
    if not single_step:
        checks += [
            log_checks.entry_by_ad(entry_by_ad_share(events)),
            log_checks.feature_drift(t.features, t.day, tuple(f.name for f in t.feature_spec)),
            log_checks.action_drift(t.action, t.day, t.actions),
            delivery_checks.told_while_filling(
                delivery_checks.logging_regime(
                    behaviour.probabilities, t.eligible, t.action, t.day, t.actions, behaviour.regimes.starts
                ),
                events.first_day,
                log.look_back_days,
            ),
        ]
    checks += [
        delivery_checks.logged_propensities(behaviour.sample_ratio),
        delivery_checks.calibration(behaviour.calibration_error),
        delivery_checks.calibration_within(behaviour.calibration_within),
        *delivery_checks.calibration_within_situations(behaviour.calibration_within_situations),
        delivery_checks.smallest_probability(
            behaviour.smallest_logged_probability, behaviour.rows_below_small
        ),
        *delivery_checks.comparisons(
            [o for o in behaviour.overlap if o.action != t.actions[0]] if t.eligible[:, 0].any() else [],
            events.tier,
            limits.min_none_overlap,
        ),
        *(
            delivery_checks.enough_support(name, ess, limits.min_effective_sample_size)
            for name, ess in effective_sample_sizes.items()
        ),
    ]
    return tuple(checks)


def paid_micros(t: Transitions) -> int:
    """What all decisions cost, those to do nothing included."""
    idle = idle_cost_name(t.actions)
    more = int(t.outcome(idle).sum()) if any(o.name == idle for o in t.outcome_spec) else 0
    return int(t.cost_micros().sum()) + more


def staged_cost(
    events: Events, *, first_day: int, last_day: int, sample: NDArray[np.int64] | None = None
) -> int:
    """Staged cost in micros over the days from `first_day` to `last_day`, both included; of a sample, whose
    entities in the table are `sample`, that of everybody who was drawn into it."""
    exposures = pl.scan_parquet(events.folder / "exposures.parquet")
    cost = (
        exposures.filter(pl.col("day").is_between(first_day, last_day))
        .group_by("entity_key")
        .agg(pl.col("cost_micros").sum())
        .collect()
    )
    micros = cost["cost_micros"].to_numpy()
    if sample is not None:
        micros = micros[drawn_like(cost["entity_key"].to_numpy().astype(np.int64), sample)]
    return int(micros.sum())


def entry_by_ad_share(events: Events) -> float:
    """Share of entities whose first sign of life is an ad."""
    share = pl.scan_parquet(events.folder / "entities.parquet").select(pl.col("entry_by_ad").mean()).collect()
    return float(share.item() or 0.0)


def immature_share(t: Transitions) -> float:
    """Share of decisions left out: purchases not fully reported yet, or days taken out."""
    return float(1.0 - t.mature.mean()) if t.n_rows else 0.0


def stops_of_the_log(
    events: Events, history: Sequence[DatedCheck], as_of: date, *, single_step: bool
) -> tuple[HealthCheck, ...]:
    """The checks that forbid advice before anything is learnt from the log, the gravest first."""
    fresh = log_checks.log_freshness(events.last_day, as_of, single_step=single_step)
    return tuple(check for check in (*checks_of(history), fresh) if check.status == "stop")


def check_totals(
    events: Events, history: Sequence[DatedCheck], as_of: date, max_quarantined_share: float
) -> tuple[HealthCheck, ...]:
    """The checks of a log of daily totals: there are no decisions to check."""
    return (
        *checks_of(history),
        log_checks.rows_reconcile(events.counts),
        log_checks.quarantined_share(events.counts, max_quarantined_share),
        *log_checks.found_in_staging(events.findings),
        log_checks.log_freshness(events.last_day, as_of, single_step=False),
    )


def check_table_of_a_test(events: Events, max_quarantined_share: float) -> tuple[HealthCheck, ...]:
    """The checks of counts per arm, or of outcomes per region: nothing else is logged, and a test does not
    age."""
    return (
        log_checks.rows_reconcile(events.counts),
        log_checks.quarantined_share(events.counts, max_quarantined_share),
        *log_checks.found_in_staging(events.findings),
    )
