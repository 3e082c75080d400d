"""A year of totals in, evidence per channel out."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits
from totals_worlds import TotalsWorld

from models.results import FewMoves, MovesWithOthers, SalesSwing, SpendHardlyMoves
from models.totals.daily import DailyTotals
from models.totals.model import fit_totals
from models.totals.results import TotalsEvidence
from models.totals.settings import TotalsSettings
from sql.errors import LogError, StudyError

QUICK = TotalsSettings(sweeps=60)
WORLD = TotalsWorld(
    spend=(300.0, 500.0, 200.0),
    iroas=(2.0, 0.3, -3.0),
    rate=(0.5, 0.0, 0.3),
    half=(np.inf, 1.0, 4.0),
    noise=150.0,
)


def fit(daily: DailyTotals, settings: TotalsSettings = QUICK, **more: object) -> TotalsEvidence:
    return fit_totals(daily, settings, period_days=7, level=0.95, seed=1, **more)  # type: ignore[arg-type]


def test_budgets_by_lot_tell_what_each_channel_earns() -> None:
    """Also that one destroys value: a true return of -3 is seen as a loss."""
    found = fit(WORLD.log(1), QUICK.model_copy(update={"randomised": WORLD.channels}))
    assert found.may_split
    for channel, truth in zip(found.channels, WORLD.iroas, strict=True):
        assert channel.diagnosis.identified and channel.diagnosis.follows_sales_p is None
        assert channel.marginal_iroas is not None
        assert channel.marginal_iroas.low < truth < channel.marginal_iroas.high
        assert channel.marginal_iroas.high - channel.marginal_iroas.low < 5.0
    assert found.channels[2].marginal_iroas.high < 0  # type: ignore[union-attr]


def test_without_a_lot_the_evidence_moves_no_money() -> None:
    found = fit(WORLD.log(1))
    assert not found.may_split
    assert len(found.summary.by_lot) < 2


def test_response_curves_are_against_today_and_say_where_the_log_ends() -> None:
    channel = fit(WORLD.log(1)).channels[0]
    curve = channel.curve
    assert curve is not None and channel.marginal_iroas is not None
    today = curve.budgets.index(pytest.approx(channel.spend))
    assert (curve.low[today], curve.margin[today], curve.high[today]) == pytest.approx((0.0, 0.0, 0.0))
    assert all(low <= m <= high for low, m, high in zip(curve.low, curve.margin, curve.high, strict=True))
    assert list(curve.margin) == sorted(curve.margin)
    assert curve.budgets[0] < curve.logged_low < channel.spend < curve.logged_high
    steps = np.array([curve.margin[today + 1] - curve.margin[today - 1]])
    slope = float(steps[0]) / (curve.budgets[today + 1] - curve.budgets[today - 1])
    assert slope == pytest.approx(channel.marginal_iroas.estimate, rel=0.02)


def test_pacing_knows_the_weekdays() -> None:
    x = WORLD.budgets(np.random.default_rng(5))
    daily = WORLD.log(1, x)
    x[(daily.day + 3) % 7 == 6] *= 2.0
    found = fit(daily).channels[0].pacing
    assert [day.label for day in found][0::6] == ["Monday", "Sunday"]
    assert found[6].spend > 1.4 * found[0].spend and found[6].stands_out
    assert all(0 <= day.low < day.spend < day.high for day in found)


def test_weeks_are_whole_and_add_up() -> None:
    daily = WORLD.log(1)
    found = fit(daily).weeks
    first = int(np.flatnonzero((daily.day + 3) % 7 == 0)[0])
    assert found[0].spend == pytest.approx(float(daily.spend[first : first + 7].sum()))
    assert len(found) == (len(daily.day) - first) // 7


@pytest.mark.parametrize(
    ("channel", "spend", "why"),
    [
        (0, lambda x: np.full(len(x), 300.0), SpendHardlyMoves),
        (0, lambda x: 300.0 * (1 + 0.3 * np.sin(2 * np.pi * np.arange(len(x)) / 365)), SpendHardlyMoves),
        (0, lambda x: x[:, 1] * 0.6, MovesWithOthers),
        (0, lambda x: np.where(np.arange(len(x)) < 180, 200.0, 400.0), FewMoves),
    ],
)
def test_spend_that_did_not_move_on_its_own_is_not_identified(channel: int, spend, why: type) -> None:  # type: ignore[no-untyped-def]
    x = WORLD.budgets(np.random.default_rng(5))
    x[:, channel] = spend(x)
    found = fit(WORLD.log(1, x)).channels[channel]
    assert not found.diagnosis.identified
    assert isinstance(found.diagnosis.reason, why)
    assert (found.marginal_iroas, found.curve, found.carry_over_days) == (None, None, None)


def test_sales_that_swing_too_much_leave_the_return_open() -> None:
    found = fit(replace(WORLD, noise=30_000.0).log(1))
    assert any(c.diagnosis.reason == SalesSwing() for c in found.channels)


def test_a_marked_promotion_is_not_credited_to_the_channel_that_ran_with_it() -> None:
    rng = np.random.default_rng(5)
    daily = WORLD.log(1, WORLD.budgets(rng))
    promotion = tuple(range(int(daily.day[100]), int(daily.day[107])))
    margin = daily.margin + 20_000.0 * np.isin(daily.day, promotion)
    shaken = replace(daily, margin=margin)
    plain, marked = fit(daily), fit(shaken, marked=(promotion,))
    for before, after in zip(plain.channels, marked.channels, strict=True):
        assert before.marginal_iroas is not None and after.marginal_iroas is not None
        width = before.marginal_iroas.high - before.marginal_iroas.low
        assert abs(after.marginal_iroas.estimate - before.marginal_iroas.estimate) < width / 2


def test_the_same_bits_on_any_number_of_threads() -> None:
    daily = WORLD.log(1)
    with threadpool_limits(1):
        one = fit(daily)
    with threadpool_limits(2):
        two = fit(daily)
    assert one == two


def test_too_few_days_are_refused_with_the_number_that_is_needed() -> None:
    daily = WORLD.log(1)
    young = DailyTotals(daily.channels, daily.day[:60], daily.spend[:60], daily.margin[:60], daily.known[:60])
    with pytest.raises(LogError, match="60 days with known sales; 3 channels need 71"):
        fit(young)


def test_a_channel_changed_by_lot_must_exist() -> None:
    with pytest.raises(StudyError, match="names 'tv', which the daily totals do not hold"):
        fit(WORLD.log(1), QUICK.model_copy(update={"randomised": ("tv",)}))
