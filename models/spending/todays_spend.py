"""What today's delivery will spend in the next period, and how wrong the same forecast was before.

    S = sum_i x_i' b_k + N_k,   b_k = argmin sum_w sum_i (c_ik - x_i' b_k)^2 + ridge

x_i is an entity's state at a period's start, c_ik what was spent on it in that period, the sum over the last
`WEEKS` periods; N_k is what the newest period spent on those who came later than its first day. Where budgets
were typed in, c_ik and N_k are also taken per unit of them, times the budget of the period to come, today's:
no state holds a budget, and a channel that its budget limits spends in proportion to it. Of the two each
channel has the one that was nearer to its periods so far. Rolling
origins (Tashman 2000): each period but the first few is forecast from the periods before it alone, and

    e = what came / what was forecast - 1

holds all that makes one week differ from the next: demand, budgets, prices, the users' luck, a level that
moves.
Assumption: the next week differs from its forecast as the last ones did from theirs. Wrong where it is of
another kind, such as a first promotion, and where no budgets are typed in and today's is another than those
of the periods learnt from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import MICROS, DailyMoney, Transitions
from models.numerics import gram, one_blas_thread, products
from models.spending.newest_weeks import Calendar, Starts, starts_in

Floats = NDArray[np.float64]
WEEKS = 4
"""Periods that a forecast learns from: older ones know a delivery of the past."""
LEARNT_FROM = 3
"""Periods before an origin, where the log has them: a log begins with histories that are empty."""
ORIGINS = 8
"""The newest of them count."""
RIDGE = 10.0
"""Entities of average spend and state that are added to a regression."""


@dataclass(frozen=True)
class TodaysSpend:
    """Currency units per period. K channels, R origins, D days."""

    by_channel: Floats  # (K,)
    weekly: Floats  # (R, 1 + K) relative errors of earlier forecasts: of all spend, then by channel
    daily: Floats  # (D,) relative errors of forecasts of one epoch from the evening before, all spend
    luck: Floats  # (1 + K,) standard deviation by the users' luck alone: of all spend, then by channel


def todays_spend(
    transitions: Transitions, calendar: Calendar, planned: DailyMoney | None = None
) -> TodaysSpend:
    """The forecast and its errors. planned: budgets that were typed in."""
    costs = [k for k, outcome in enumerate(transitions.outcome_spec) if outcome.is_cost]
    spend = transitions.outcomes[:, costs]  # (n, K)
    windows, later = calendar.windows, calendar.epoch_days
    weeks: list[_Week] = []
    with one_blas_thread():
        for start, end in zip(windows.start.tolist(), windows.end.tolist(), strict=True):
            shifted = (transitions.day >= start + later) & (transitions.day < end + later)
            came = spend[shifted].sum(axis=0) * MICROS
            starts = starts_in(transitions, spend, start, end)
            budgets = [_budgets(planned, start + by, end + by, len(costs)) for by in (0, later)]
            weeks.append(_Week.of(starts, transitions, came, budgets))
        n_weeks = len(weeks)
        least = min(LEARNT_FROM, max(n_weeks - 2, 1))
        origins = range(max(least, n_weeks - ORIGINS), n_weeks)
        follows = _follow_budgets(weeks, origins)
        errors = [
            _relative(weeks[w].came, _forecast(weeks[:w], weeks[w].states, weeks[w].ahead(follows)))
            for w in origins
        ]
        newest = starts_in(transitions, spend, calendar.newest, calendar.newest + calendar.epoch_days)
        states = newest.design(transitions).sum(axis=0, dtype=np.float64)
        today = weeks[-1].ahead(follows)  # of the newest whole period, which ends with the newest decisions
        found = np.maximum(_forecast(weeks, states, today), 0.0)
        last = starts_in(transitions, spend, int(windows.start[-1]), int(windows.end[-1]))
        luck = _luck(last, transitions, _coefficients(weeks, today))
    rows = np.array(errors).reshape(len(errors), 1 + len(costs))
    scale = transitions.stands_for
    return TodaysSpend(
        scale * found, rows, daily_errors(transitions, spend.sum(axis=1), calendar), scale * luck
    )


@dataclass(frozen=True)
class _Week:
    """Sums over one period's entities; p = 1 + d."""

    gram: Floats  # (p, p)
    cross: Floats  # (p, K)
    states: Floats  # (p,)
    late: Floats  # (K,) spent on those who came later than the first day
    came: Floats  # (K,) spent in the period that a night would have called the coming one: an epoch later
    budget: Floats  # (K,) typed in for the period, NaN where that is not known of every day,
    budget_ahead: Floats  # (K,) and for the one an epoch later

    def ahead(self, follows: NDArray[np.bool_]) -> Floats:
        """(K,) what is typed in for the coming period; NaN for channels that do not follow their budgets."""
        return np.where(follows, self.budget_ahead, np.nan)

    @staticmethod
    def of(starts: Starts, transitions: Transitions, came: Floats, budgets: list[Floats]) -> "_Week":
        x = starts.design(transitions)
        states = x.sum(axis=0, dtype=np.float64)
        late = starts.spend[~starts.whole].sum(axis=0)
        return _Week(gram(x), products(x, starts.spend[starts.whole]), states, late, came, *budgets)


def _budgets(planned: DailyMoney | None, start: int, end: int, channels: int) -> Floats:
    """(K,) typed in for the days start..end - 1; NaN where nothing is, or not for all of them."""
    if planned is None:
        return np.full(channels, np.nan)
    micros, whole = planned.total(start, end)
    return np.where(whole & (micros > 0), micros * MICROS, np.nan)


def _follow_budgets(weeks: list[_Week], origins: range) -> NDArray[np.bool_]:
    """(K,) channels whose earlier periods were nearer to their forecasts per unit of budget."""
    missed, nothing = list[Floats](), np.zeros(len(weeks[0].came))
    for follows in (False, True):
        every = np.full(len(weeks[0].came), follows)
        found = [_forecast(weeks[:w], weeks[w].states, weeks[w].ahead(every)) for w in origins]
        missed.append(sum(((weeks[w].came - f) ** 2 for w, f in zip(origins, found, strict=True)), nothing))
    return np.asarray(missed[1] < missed[0])


def _per_budget(week: _Week, ahead: Floats) -> Floats:
    """(K,) a coming period's budget per one of this period's; 1 where either is not known."""
    ratio = ahead / week.budget
    return np.where(np.isfinite(ratio), ratio, 1.0)


def _coefficients(weeks: list[_Week], ahead: Floats) -> Floats:
    """(p, K) of the newest periods, for a coming one with the budgets ahead (K,)."""
    learnt = weeks[-WEEKS:]
    total = sum((week.gram for week in learnt), np.zeros_like(learnt[0].gram))
    cross = sum((week.cross * _per_budget(week, ahead) for week in learnt), np.zeros_like(learnt[0].cross))
    penalty = np.full(len(total), RIDGE)
    penalty[0] = 1e-9 * max(float(total[0, 0]), 1.0)  # the level itself is not shrunk
    return np.asarray(np.linalg.solve(total + np.diag(penalty), cross), np.float64)


def _forecast(weeks: list[_Week], states: Floats, ahead: Floats) -> Floats:
    """(K,) of the period after `weeks` that starts from states summing up to (p,) and has budgets ahead."""
    late = weeks[-1].late * _per_budget(weeks[-1], ahead)
    found: Floats = states @ _coefficients(weeks, ahead) + late
    return found


def _relative(came: Floats, forecast: Floats) -> Floats:
    """(1 + K,) of all spend, then by channel. Where nothing was forecast, all or nothing."""
    pairs = np.r_[came.sum(), came], np.maximum(np.r_[forecast.sum(), forecast], 0.0)
    known = pairs[1] > 0
    ratio = np.divide(pairs[0], pairs[1], out=np.where(pairs[0] > 0, 2.0, 1.0), where=known)
    found: Floats = ratio - 1.0
    return found


def _luck(starts: Starts, transitions: Transitions, coefficients: Floats) -> Floats:
    """(1 + K,) sqrt of the sum over entities of (spend - forecast)^2; of late comers nothing is forecast."""
    missed = np.concatenate(
        [
            starts.spend[starts.whole] - starts.design(transitions) @ coefficients,
            starts.spend[~starts.whole],
        ]
    )
    found: Floats = np.sqrt((np.column_stack([missed.sum(axis=1), missed]) ** 2).sum(axis=0))
    return found


def daily_errors(transitions: Transitions, spend: NDArray[np.int64], calendar: Calendar) -> Floats:
    """(D,) relative errors of one epoch's spend as the evening before would have it: the same weekday's in
    the last `WEEKS` weeks, times by how much the days since were above theirs. spend (n,) by row.

    Over the newest WEEKS weeks; none where an excluded day is in the way."""
    epoch = calendar.epoch_days
    step = max(7 // epoch, 1)
    first = int(transitions.day.min())
    number = (transitions.day - first) // epoch
    epochs = (calendar.newest - first) // epoch + 1
    money = np.bincount(number, spend, epochs)
    usable = np.zeros(epochs, bool)
    for start, end in zip(calendar.windows.start, calendar.windows.end, strict=True):
        usable[(start - first) // epoch : (end - first) // epoch] = True
    found = []
    for d in range(max(epochs - WEEKS * step, (WEEKS + 1) * step), epochs):
        ahead = d - np.arange(1, max(step, 2))  # the days since
        weeks = step * np.arange(1, WEEKS + 1)
        used = np.r_[d - weeks, (ahead[:, None] - weeks).ravel(), ahead]
        before = money[ahead[:, None] - weeks].sum()
        forecast = money[d - weeks].sum() * money[ahead].sum() / before if before > 0 else 0.0
        if forecast > 0 and usable[used].all():
            found.append(money[d] / forecast - 1.0)
    return np.array(found)
