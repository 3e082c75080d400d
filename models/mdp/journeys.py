"""Journeys: the stretches of an entity's decisions over which a policy is put in force and judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.mdp.feature_rows import FeatureRows, Features
from models.mdp.newest_volume import newest_volume
from models.mdp.outcomes import derived_names, derived_outcomes, goal_name
from models.mdp.sites import ALONE, Sites
from models.mdp.tails import tails_after
from models.mdp.transition_table import MICRO_UNITS, Transitions
from models.mdp.windows import Windows, cut_windows
from sql.errors import LogError

Floats = NDArray[np.float64]
MICROS = 1e-6


@dataclass(frozen=True)
class Journeys:
    """Decisions of n rows in J journeys, one horizon each; sorted by (entity, journey, t).

    The estimand: a policy is in force for the horizon, then today's delivery returns; outcomes are
    counted over the horizon and a tail after it. The tail stands in further rows, one for each stretch of
    days that begins at `TAIL_BEGINS`: the state the entity is in by then, nothing left to decide (`decided`
    is False, action 0 alone is eligible), the outcomes of the whole stretch. An estimator thus weighs a tail
    by how often a policy leaves an entity in such a state, which soon differs little from today's, and not
    by what was done on the horizon's last day.
    So that a level reads "per horizon" and not "per horizon and tail", the tail as it was logged is
    taken off again (`tail`): level = (horizon + tail under the policy) - (tail under today's delivery).
    Differences between policies do not change by that.
    """

    rows: NDArray[np.int64]  # (n,) row of the transition table
    journey: NDArray[np.int64]  # (n,) 0..J-1, ascending
    t: NDArray[np.int32]  # (n,) 0.. within the journey
    cluster: NDArray[np.int64]  # (n,) 0..C-1: the entity, the unit of resampling
    action: NDArray[np.int16]  # (n,)
    eligible: NDArray[np.bool_]  # (n, A)
    features: Features  # (n, d) standardised, without intercept
    outcomes: NDArray[np.float64]  # (n, o) currency units or counts, times `stands_for`
    n_clusters: int
    n_journeys: int
    cluster_key: NDArray[np.int64]  # (C,) the entity of each cluster
    scale: float
    """Total over all entities per budget period = scale x (sum over clusters of their journeys' values)."""
    outcome_names: tuple[str, ...]
    outcome_units: tuple[str, ...]
    actions: tuple[str, ...]
    tail: Floats | None = None  # (C, o) logged outcomes of the tails, a part of `outcomes`; None is no tail
    days_left: NDArray[np.int32] | None = None  # (n,) days to the end of the window; None: use t
    decided: NDArray[np.bool_] | None = None  # (n,) False in the tail; None: every row is a decision
    goal_weights: tuple[float, ...] | None = None
    """(b,) currency units that each logged outcome adds to the goal; None: margin alone, at 1."""
    stands_for: Floats | None = None
    """(n,) how many journeys a row's outcomes stand for: its own, and its share of those for which the days
    after have not come yet. 0: its outcomes are not known. None: every row's stand for its own."""
    means: bool = False
    """Values are means per journey: then how many journeys a cluster has is chance's too."""
    sites: Sites = ALONE
    """Where the other journeys of the same log are."""

    @property
    def goal(self) -> str:
        """The outcome that profit is made of before costs: margin, or the weighted `goal`."""
        return goal_name(self.outcome_names)

    def by_cluster(self, values: Floats) -> Floats:
        """Sums (C, o) of row values (n, o), tails taken off."""
        starts = np.searchsorted(self.cluster, np.arange(self.n_clusters))
        return self.without_tail(np.add.reduceat(values, starts, axis=0))

    @property
    def is_decision(self) -> NDArray[np.bool_]:
        """(n,) rows where something is decided: not those of a tail."""
        return np.ones(len(self.rows), bool) if self.decided is None else self.decided

    def as_logged(self, columns: Sequence[int] | slice) -> Floats:
        """(n, b) some outcomes as they were logged; 0 where they are not known."""
        found = self.outcomes[:, columns]
        if self.stands_for is None:
            return found
        each = self.stands_for[:, None]
        return np.divide(found, each, out=np.zeros_like(found), where=each > 0)

    def standing_for(self, values: Floats, part: slice) -> Floats:
        """(m, o) values of a stretch of rows, in place: times the journeys they stand for."""
        if self.stands_for is not None:
            values *= self.stands_for[part, None]
        return values

    def delivery(self, probabilities: Floats) -> Floats:
        """(n, A) today's delivery in these rows, from (rows of the table, A); in a tail all is decided."""
        found: Floats = probabilities[self.rows]
        if self.decided is not None:
            found[~self.decided] = np.eye(1, found.shape[1])
        return found

    def without_tail(self, contributions: Floats) -> Floats:
        """Contributions (C, o) that count horizon and tail, as levels per horizon."""
        return contributions if self.tail is None else contributions - self.tail

    def of_mean(self, contributions: Floats) -> Floats:
        """Contributions (C, o) of a mean per journey as those of a ratio, sum x_c / sum n_c: with the same
        sum, x_c - (n_c - mean n) sum x / sum n, whose variance knows that n_c differs. Totals stay."""
        if not self.means:
            return contributions
        first = np.searchsorted(self.journey, np.arange(self.n_journeys))
        each = np.bincount(self.cluster[first], minlength=self.n_clusters).astype(np.float64)  # (C,) n_c
        rate = contributions.sum(axis=0) / each.sum()
        return contributions - (each - each.mean())[:, None] * rate


@dataclass(frozen=True)
class JourneyTerms:
    """What a journey is asked for: how long a policy is in force, and in which totals its outcomes count."""

    horizon_days: int
    tail_days: int
    """Outcomes are counted this much longer."""
    single_step: bool
    """One decision per entity, without a tail."""
    period_days: int
    """Length of a budget period."""
    per: Literal["period", "entity"] = "period"
    """Totals of all entities per budget period, or means per entity."""


def complete_windows(
    transitions: Transitions, horizon_days: int, tail_days: int, *, single_step: bool
) -> Windows:
    """The calendar windows journeys are cut by, the same for all entities. Raises LogError when none fits."""
    days, epoch = day_grid(transitions.day)
    immature = np.unique(transitions.day[~transitions.mature])
    return cut_windows(days, epoch, immature, horizon_days, tail_days, single_step=single_step)


def cut_journeys(
    transitions: Transitions,
    keep_rows: NDArray[np.bool_],
    terms: JourneyTerms,
    *,
    total_entities: float,
    windows: Windows | None = None,
    sites: Sites = ALONE,
) -> Journeys:
    """Journeys of the kept rows (n,), by calendar windows that are the same for all entities.

    Windows of `horizon_days` are cut backwards from the last day whose tail is complete and mature, and
    behind it on to the newest mature day. An entity's rows inside a window form one journey; it may enter
    late or leave early, and every row stays. A window with an immature day in it, or in its tail unless it is
    one of the newest, is dropped for everybody: never user by user, which would select on the outcome.
    Single-step logs: every row of a mature day is a journey without a tail.

    Of the newest windows a stretch of the tail may not be known as yet. Those of the others stand for it
    (`stands_for`, all journeys / journeys of windows in which it is known): what is missing depends on the
    calendar alone, so that sums of outcomes have the mean they would have (Horvitz & Thompson 1952). Its row
    is there for the state that was reached, which is known. In the demo the decisions of the newest fortnight
    take 8 % off the standard error of an uplift.

    scale, per "period": total over `total_entities` and `period_days`, that is
    (total_entities / entities kept) x (period_days / horizon_days) / windows x the newest period's entities
    per one of the windows' (`newest_volume`). Single-step logs: logged days take the place of horizon x
    windows, a log shorter than the period counts as one period, and nobody of it will be asked again.
    per "entity": the same per entity, which for single-step logs is 1 / C whatever the period.

    Features are standardised by the moments of the whole table, which the choosing and the reporting
    entities share; unknown values become the mean. Derived outcomes (`goal`, `cost`,
    `profit`) are appended. Raises LogError when no window fits or no row is left.
    windows: others than those, of outcomes that need not mature. sites: where other journeys of the same
    windows are.
    """
    tail_days, single_step = terms.tail_days, terms.single_step
    windows = windows or complete_windows(transitions, terms.horizon_days, tail_days, single_step=single_step)
    window = windows.index_of(transitions.day)
    rows = np.flatnonzero(keep_rows & (window >= 0))
    if not len(rows):
        raise LogError(
            "No decision is left to evaluate: the entities at hand have none inside the complete windows "
            f"of {terms.horizon_days} days. Log longer, or give this part a larger share of the entities."
        )
    entity, window = transitions.entity[rows], window[rows]
    new_cluster = np.r_[True, entity[1:] != entity[:-1]]
    new_journey = np.ones(len(rows), bool) if single_step else new_cluster | np.r_[True, np.diff(window) != 0]
    cluster, journey = np.cumsum(new_cluster) - 1, np.cumsum(new_journey) - 1
    first = np.flatnonzero(new_journey)
    last = np.r_[first[1:], len(rows)] - 1

    spec = transitions.outcome_spec
    unit = np.where([o.unit in MICRO_UNITS for o in spec], MICROS, 1.0)
    outcomes = transitions.outcomes[rows].astype(np.float64) * unit
    tail: Floats | None = None
    decided: NDArray[np.bool_] | None = None
    stands_for: Floats | None = None
    days_left = windows.end[window] - transitions.day[rows]
    action, eligible = transitions.action[rows], transitions.eligible[rows]
    if tail_days and not single_step:
        after = tails_after(transitions, rows[last], window[last], windows, tail_days, sites)
        booked = after.outcomes * unit * after.stands_for[:, None]
        tail = np.zeros((cluster[-1] + 1, outcomes.shape[1]))
        np.add.at(tail, cluster[last[after.journey]], booked)
        # a stable sort by journey puts the tail's rows behind the horizon's
        place = np.argsort(np.concatenate([journey, after.journey]), kind="stable")
        decided = place < len(rows)
        stands_for = np.concatenate([np.ones(len(rows)), after.stands_for])[place]
        cluster = np.concatenate([cluster, cluster[last[after.journey]]])[place]
        journey = np.concatenate([journey, after.journey])[place]
        rows = np.concatenate([rows, after.row])[place]
        outcomes = np.concatenate([outcomes, booked])[place]
        days_left = np.concatenate([days_left, -after.begins])[place]
        action = np.where(decided, transitions.action[rows], np.int16(0))
        eligible = transitions.eligible[rows]
        eligible[~decided] = np.arange(eligible.shape[1]) == 0
        first = np.searchsorted(journey, np.arange(len(first)))
    logged, weights = tuple(o.name for o in spec), tuple(o.goal_weight for o in spec)
    names, combine = derived_names(logged, weights), derived_outcomes(logged, weights)
    units = tuple("currency" if o.unit == "micros" else "count" for o in spec)

    present = transitions.entity[keep_rows]
    kept = 1 + int(np.count_nonzero(present[1:] != present[:-1]))
    scale = windows.periods_per_journey(terms.period_days) * total_entities / kept
    if not single_step:
        scale *= newest_volume(transitions.entity, transitions.day, windows, terms.period_days)
    if terms.per == "entity":
        scale = 1.0 / (cluster[-1] + 1) if single_step else scale / total_entities
    return Journeys(
        rows=rows,
        journey=journey,
        t=(np.arange(len(rows)) - first[journey]).astype(np.int32),
        cluster=cluster,
        action=action,
        eligible=eligible,
        features=FeatureRows(transitions.features, rows, transitions.feature_moments),
        outcomes=_combined(outcomes, combine),
        n_clusters=int(cluster[-1]) + 1,
        n_journeys=int(journey[-1]) + 1,
        cluster_key=entity[new_cluster],
        scale=scale,
        outcome_names=names,
        outcome_units=units + ("currency",) * (len(names) - len(units)),
        actions=transitions.actions,
        tail=None if tail is None else _combined(tail, combine),
        days_left=None if single_step else days_left.astype(np.int32),
        decided=decided,
        goal_weights=weights,
        stands_for=None if windows.known is None or windows.known.all() else stands_for,
    )


def _combined(values: Floats, combine: Floats) -> Floats:
    """values @ combine on one thread in a fixed order: the same bits everywhere."""
    return np.einsum("nb,bo->no", values, combine, optimize=False)


def elapsed_discounts(journeys: Journeys, discount_per_day: float) -> Floats:
    """gamma^(days since the journey began) per row (n,); without a calendar, a step counts as a day."""
    if journeys.days_left is None:
        return discount_per_day ** journeys.t.astype(np.float64)
    first = journeys.days_left[journeys.t == 0]
    return discount_per_day ** (first[journeys.journey] - journeys.days_left).astype(np.float64)


def day_grid(day: NDArray[np.int32]) -> tuple[NDArray[np.int64], int]:
    """The distinct decision days, ascending, and the epoch length they lie on."""
    if not len(day):
        raise LogError("The transition table has no row: no decision was logged that could be evaluated.")
    counts = np.bincount(day - day.min())
    days = np.flatnonzero(counts) + int(day.min())
    return days, int(np.gcd.reduce(np.diff(days))) if len(days) > 1 else 1
