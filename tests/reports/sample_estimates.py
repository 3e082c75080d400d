"""Estimates and evidence of one night: nine plans by every estimator, and each against today's delivery."""

from dataclasses import dataclass

from models.results import Gate, Interval, ModelAlone, PolicyEstimate, PolicyEvidence, PolicyNote, Refusal

NOTES = (
    PolicyNote("logged", "Today’s delivery", "What the platforms did: the logs as they are."),
    PolicyNote("recommended split", "recommended split", "Today’s delivery with the budgets of this report."),
    PolicyNote("cql", "CQL, personalised", "A conservative learner that decides per person and day."),
    PolicyNote("dqn", "DQN, personalised", "A learner that decides per person and day, without a leash."),
    PolicyNote("clone", "A model of today’s delivery", "A model that imitates what the platforms did."),
    PolicyNote("equal", "Equal split", "The same budget for every channel."),
    PolicyNote("last-click", "Last-click split", "Budgets in proportion to last-click revenue."),
    PolicyNote(
        "greedy-roas", "Greedy ROAS split", "All the budget a bound allows to the best attributed ROAS."
    ),
    PolicyNote(
        "uniform", "Random among the possible", "Any ad that is possible, or none, with equal chance."
    ),
)

THIN = Gate("effective sample size", 31.0, 50.0)
STURDY = (
    "A hidden cause would have to make the decisions that matter 1.83 times as likely, or as unlikely, as "
    "the log explains, always where it hurts most, to turn a gain in profit into none; from 1.31 times on it "
    "is no longer beyond doubt."
)


@dataclass(frozen=True)
class Plan:
    """Profit and the standard error of its uplift, and the evidence behind them."""

    profit: float
    error: float
    by_state: float
    """Effective sample of the headline;"""
    whole: float
    """and of whole histories."""
    weight: float
    verdict: str
    disputed_by: str = ""
    reason: Refusal | None = None


PLANS = {
    "logged": Plan(61_204.0, 2_210.0, 11_874.0, 11_874.0, 1.0, ""),
    "recommended split": Plan(73_181.0, 3_180.0, 9_412.0, 7_412.0, 6.4, "better"),
    "cql": Plan(79_420.0, 6_330.0, 3_880.0, 1_204.0, 41.0, "better"),
    "dqn": Plan(90_900.0, 9_800.0, 1_420.0, 214.0, 160.0, "disputed", "DRL with a memory"),
    "clone": Plan(61_010.0, 2_260.0, 11_610.0, 11_310.0, 1.9, "unclear"),
    "equal": Plan(48_300.0, 5_100.0, 5_030.0, 3_120.0, 9.0, "worse"),
    "last-click": Plan(70_100.0, 4_650.0, 6_110.0, 4_480.0, 8.2, "perhaps better"),
    "greedy-roas": Plan(39_100.0, 7_900.0, 2_210.0, 690.0, 22.0, "worse"),
    "uniform": Plan(52_800.0, 21_900.0, 44.0, 31.0, 900.0, "no evidence", reason=THIN),
}
# estimator: (shift in standard errors, width)
WAYS = {
    "DRL": (0.0, 1.0),
    "SNDR": (0.2, 1.4),
    "SNPDIS": (0.5, 1.9),
    "FQE": (-0.3, 0.7),
    "DR": (0.3, 1.6),
    "PDIS": (0.8, 2.8),
    "TIS": (-1.1, 4.4),
}


def estimates(
    channels: tuple[str, ...], plans: dict[str, Plan] = PLANS, unit: str = "EUR per 7 days"
) -> tuple[PolicyEstimate, ...]:
    """Every policy, outcome and estimator, with numbers that hang together."""
    scales = {"profit": 1.0, "margin": 1.4, "cost": 0.4, "clicks": 0.2, "purchases": 0.02}
    scales |= {f"cost:{c}": 0.4 / len(channels) for c in channels}
    rows = [
        _estimate(policy, plan, outcome, scale, way, unit)
        for policy, plan in plans.items()
        for outcome, scale in scales.items()
        for way in WAYS
    ]
    for outcome in ("profit", "margin"):
        mean = 61_180.0 * scales[outcome]
        low, high = mean - 4_200, mean + 4_200
        ess, users = 12_004.0, 12_004
        rows.append(
            PolicyEstimate(
                "logged", outcome, unit, "logged mean", mean, low, high, 0.95, ess, 1.0, users, True, None
            )
        )
    return tuple(rows)


def _estimate(policy: str, plan: Plan, outcome: str, scale: float, way: str, unit: str) -> PolicyEstimate:
    shift, wide = WAYS[way]
    middle, half = scale * (plan.profit + shift * plan.error), 1.96 * plan.error * scale * wide
    band = not plan.reason and way != "FQE"
    headline = way in ("DRL", "FQE")
    return PolicyEstimate(
        policy=policy,
        outcome=outcome,
        unit=f"{outcome} per 7 days" if outcome in ("clicks", "purchases") else unit,
        estimator=way,
        estimate=None if plan.reason else middle,
        low=middle - half if band else None,
        high=middle + half if band else None,
        level=0.95,
        ess=plan.by_state if headline else plan.whole,
        max_weight=plan.weight**0.5 if headline else plan.weight,
        users=12_004,
        credible=not plan.reason,
        reason=plan.reason or (None if band else ModelAlone()),
    )


def weighed(plans: dict[str, Plan] = PLANS) -> tuple[PolicyEvidence, ...]:
    """Every plan against today's delivery, best first."""
    rows = [_evidence(policy, plan) for policy, plan in plans.items() if policy != "logged"]
    return tuple(sorted(rows, key=lambda e: -(e.low_among_all or -1e12) if e.uplift else 1e13))


def _evidence(policy: str, plan: Plan) -> PolicyEvidence:
    profit = "EUR per 7 days"
    if plan.reason:
        return PolicyEvidence(policy, "profit", profit, None, verdict="no evidence", reason=plan.reason)
    gain = plan.profit - PLANS["logged"].profit
    # the gap between plans varies less than their levels do
    low, high = gain - 1.5 * plan.error, gain + 1.6 * plan.error
    return PolicyEvidence(
        policy,
        "profit",
        profit,
        Interval(gain, low, high),
        low_among_all=gain - 2.2 * plan.error,
        low_every_night=gain - 3.1 * plan.error,
        disagreement=3.42 if plan.disputed_by else -0.8,
        disputed_by=plan.disputed_by,
        hidden_cause=1.83 if plan.verdict == "better" else 1.0,
        hidden_cause_text=STURDY
        if plan.verdict == "better"
        else "With nothing hidden the log already cannot tell a gain in profit from none.",
        verdict=plan.verdict,
    )
