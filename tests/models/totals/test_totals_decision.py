"""What a night on daily totals publishes."""

import numpy as np
from totals_worlds import TotalsWorld

from models.results import ChangeByLot, LogPersons, TotalsAlone, TotalsSay
from models.settings import EvaluationSettings, SplitSettings
from models.totals.decision import decide_on_totals
from models.totals.model import fit_totals
from models.totals.settings import TotalsSettings
from tests.models.split.deciding import choose
from tests.models.split.response_worlds import ResponseWorld
from tests.told import told

WORLD = TotalsWorld(
    spend=(300.0, 500.0, 200.0),
    iroas=(4.0, 1.0, -3.0),
    rate=(0.5, 0.0, 0.3),
    half=(np.inf, 1.0, 4.0),
    noise=150.0,
)

TODAY = dict(zip(WORLD.channels, (2300.0, 3400.0, 1500.0), strict=True))
"""What the last week spent."""


def evidence(randomised: tuple[str, ...] = (), spend: np.typing.NDArray[np.float64] | None = None):  # type: ignore[no-untyped-def]
    settings = TotalsSettings(sweeps=60, randomised=randomised)
    return fit_totals(WORLD.log(1, spend), settings, period_days=7, level=0.95, seed=1)


def test_the_split_stays_and_the_rows_carry_the_returns() -> None:
    found = evidence()
    decision = decide_on_totals(
        found, split=SplitSettings(), current=TODAY, attributed_roas={"channel_00": 9.0}
    )
    assert decision.verdict == "NO_EVIDENCE" and decision.why == found.summary
    more, _, less = decision.rows
    assert [row.recommended for row in decision.rows] == [row.current for row in decision.rows]
    assert [row.current for row in decision.rows] == list(TODAY.values())
    assert more.marginal_iroas == found.channels[0].marginal_iroas.estimate
    assert more.attributed_roas == 9.0
    assert more.expected_spend_low < more.expected_spend < more.expected_spend_high
    assert (more.reason, less.reason) == (TotalsSay("more", False), TotalsSay("less", False))
    assert decision.missing == (ChangeByLot(), LogPersons())
    assert told(decision).reasons[0] == (
        "kept: daily totals say that more would pay, and cannot rule out that its budget moved with demand"
    )


def test_budgets_changed_by_lot_leave_no_doubt_about_demand() -> None:
    decision = decide_on_totals(evidence(WORLD.channels), split=SplitSettings(), current=TODAY)
    assert told(decision).reasons[0] == "kept: daily totals say that more would pay"
    assert decision.missing == (LogPersons(),)
    assert "a split on daily totals is not computed" in told(decision).why


def test_a_channel_that_is_not_identified_says_why_and_shows_no_return() -> None:
    spend = WORLD.budgets(np.random.default_rng(5))
    spend[:, 0] = 300.0
    decision = decide_on_totals(evidence(spend=spend), split=SplitSettings(), current=TODAY)
    row = decision.rows[0]
    assert (row.marginal_iroas, row.marginal_iroas_low, row.marginal_iroas_high) == (None, None, None)
    assert told(decision).reasons[0].startswith("kept: the spend of channel_00 hardly moves")


def test_the_split_says_of_daily_totals_what_the_totals_say_themselves() -> None:
    world = ResponseWorld(spend=(100.0, 100.0), iroas=(2.0, 1.0), saturation=(1.0, 1.0))
    choice = choose(
        world.log(1), tier="C", split=SplitSettings(), evaluation=EvaluationSettings(), overlap=()
    )
    assert choice.stop == TotalsAlone()
    why = told(decide_on_totals(evidence(), split=SplitSettings(), current=TODAY)).why
    assert "daily totals alone move no money" in why
