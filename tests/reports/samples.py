"""Nights as a reader meets them: a move, a partial one with hostile names, a keep, no evidence, nothing."""

from models.results import (
    AgentTraining,
    CalibrationBin,
    Explanation,
    FrontierPoint,
    HealthCheck,
    NightResult,
    Overlap,
    PolicyEstimate,
    PolicyNote,
    SplitDecision,
    SplitRow,
    TableFate,
    TreeNode,
    Uplift,
)

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
LONG = "Brand awareness autumn campaign for returning customers, EMEA"  # 61 characters
HOSTILE = (
    SCRIPT,
    FORMULA,
    '"><img src=x onerror=alert(2)>',
    "@SUM(1+1)",
    "{{ 7 * 7 }} & ${x} '; DROP TABLE t",
)

NOTES = (
    PolicyNote("logged", "logged", "What the platforms did: the logs as they are."),
    PolicyNote("recommended split", "recommended split", "Today’s delivery with the budgets of this report."),
    PolicyNote("cql", "CQL, personalised", "A conservative learner that decides per person and day."),
    PolicyNote("dqn", "DQN, personalised", "A learner that decides per person and day, without a leash."),
    PolicyNote("clone", "Clone of today’s delivery", "A model that imitates what the platforms did."),
    PolicyNote("equal", "Equal split", "The same budget for every channel."),
    PolicyNote("last-click", "Last-click split", "Budgets in proportion to last-click revenue."),
    PolicyNote(
        "greedy-roas", "Greedy ROAS split", "All the budget a bound allows to the best attributed ROAS."
    ),
    PolicyNote(
        "uniform", "Random among the possible", "Any ad that is possible, or none, with equal chance."
    ),
)
# policy: (profit, standard error, effective sample, largest weight)
VALUES = {
    "logged": (61_204.0, 2_210.0, 11_874.0, 1.0),
    "recommended split": (73_181.0, 3_180.0, 7_412.0, 6.4),
    "cql": (79_420.0, 6_330.0, 1_204.0, 41.0),
    "dqn": (70_900.0, 9_800.0, 214.0, 160.0),
    "clone": (61_010.0, 2_260.0, 11_310.0, 1.9),
    "equal": (48_300.0, 5_100.0, 3_120.0, 9.0),
    "last-click": (45_700.0, 4_650.0, 4_480.0, 8.2),
    "greedy-roas": (39_100.0, 7_900.0, 690.0, 22.0),
    "uniform": (52_800.0, 21_900.0, 31.0, 900.0),
}


def estimates(channels: tuple[str, ...], unit: str = "EUR per 7 days") -> tuple[PolicyEstimate, ...]:
    """Every policy, outcome and estimator, with numbers that hang together."""
    rows = []
    scales = {"profit": 1.0, "margin": 1.4, "cost": 0.4, "clicks": 0.2, "purchases": 0.02}
    scales |= {f"cost:{c}": 0.4 / len(channels) for c in channels}
    for policy, (value, error, ess, weight) in VALUES.items():
        for outcome, scale in scales.items():
            counted = outcome in ("clicks", "purchases")
            for estimator, shift, wide in (("SNDR", 0.0, 1.0), ("FQE", -0.3, 0.7), ("SNPDIS", 0.5, 1.9)):
                middle, half = scale * (value + shift * error), 1.96 * error * scale * wide
                thin = ess < 50
                band = not thin and estimator != "FQE"
                reason = f"effective sample size of {ess:.0f} users, at least 50 are needed" if thin else ""
                rows.append(
                    PolicyEstimate(
                        policy=policy,
                        outcome=outcome,
                        unit=f"{outcome} per 7 days" if counted else unit,
                        estimator=estimator,
                        estimate=None if thin else middle,
                        low=middle - half if band else None,
                        high=middle + half if band else None,
                        level=0.95,
                        ess=ess,
                        max_weight=weight,
                        users=12_004,
                        credible=not thin,
                        reason=reason or ("" if band else "a point estimate: its spread is not estimated"),
                    )
                )
    for outcome in ("profit", "margin"):
        middle = 61_180.0 * scales[outcome]
        rows.append(
            PolicyEstimate(
                "logged",
                outcome,
                unit,
                "logged mean",
                middle,
                middle - 4_200,
                middle + 4_200,
                0.95,
                12_004,
                1.0,
                12_004,
                True,
                "",
            )
        )
    return tuple(rows)


def row(
    channel: str, current: float, recommended: float, reason: str, iroas: float | None = 1.2, **more: float
) -> SplitRow:
    """A row with plausible intervals around its budgets."""
    return SplitRow(
        channel=channel,
        segment=None,
        current=current,
        recommended=recommended,
        low=more.get("low", recommended * 0.82),
        high=more.get("high", recommended * 1.2),
        min_allowed=current * 0.5,
        max_allowed=current * 2,
        multiplier=recommended / current if current else 1.0,
        marginal_iroas=iroas,
        marginal_iroas_low=None if iroas is None else iroas - 0.71,
        marginal_iroas_high=None if iroas is None else iroas + 0.74,
        expected_spend=recommended * 0.996,
        expected_spend_low=recommended * 0.97,
        expected_spend_high=recommended * 1.021,
        attributed_roas=5.31 if iroas is not None else None,
        reason=reason,
    )


def frontier(channels: tuple[str, ...], today: float) -> tuple[FrontierPoint, ...]:
    points = []
    for price, times in ((3.0, 0.55), (2.0, 0.75), (1.5, 0.9), (1.0, 1.12), (0.5, 1.45)):
        budget = round(today * times, 2)
        value = 90_000 * (1 - 2.7 ** (-1.7 * times))
        spends = {c: round(budget / len(channels), 2) for c in channels}
        points.append(
            FrontierPoint(price, budget, budget * 0.99, spends, value, value * 0.94 - 900, value * 1.06 + 900)
        )
    return tuple(points)


def explanation(channels: tuple[str, ...]) -> Explanation:
    first, second = channels[0], channels[1 % len(channels)]

    def leaf(action: str, rows: int, share: float) -> TreeNode:
        return TreeNode(rows, action, share)

    tree = TreeNode(
        96_240,
        "none",
        0.61,
        "search_opportunities_7d",
        0.5,
        "times",
        low=TreeNode(
            70_100,
            "none",
            0.74,
            "exposures_total_7d",
            4.5,
            "ads",
            low=TreeNode(
                41_000,
                second,
                0.55,
                "days_since_visit",
                9.25,
                "days",
                low=leaf(second, 17_020, 0.71),
                high=leaf("none", 23_980, 0.66),
            ),
            high=leaf("none", 29_100, 0.93),
        ),
        high=TreeNode(
            26_140,
            first,
            0.52,
            "purchases_30d",
            1.5,
            "purchases",
            low=leaf(first, 20_900, 0.68),
            high=leaf("none", 5_240, 0.81),
        ),
    )
    importances = (
        ("search_opportunities_7d", "Searches for us in the last 7 days", 0.214),
        ("exposures_total_7d", "Ads seen in the last 7 days, over all channels", 0.163),
        ("days_since_visit", "Days since the last visit to the site", 0.098),
        ("purchases_30d", "Purchases in the last 30 days", 0.071),
        (f"exposures_{first}_1d", f"Ads of {first} seen since yesterday", 0.032),
        ("spend_so_far", "What was spent on this user so far", 0.004),
    )
    return Explanation("cql", importances, tree, 0.83, 0.61)


HEALTH = (
    HealthCheck("rows reconcile", "ok", 0.0, "rows", "0", "Every row read is accounted for."),
    HealthCheck("quarantined share", "ok", 0.0012, "of rows", "at most 0.05", "1,204 rows were set aside."),
    HealthCheck(
        "entry by an ad",
        "warn",
        0.31,
        "of users",
        "at most 0.2",
        "31 % of users enter by their first ad: add visits.",
    ),
    HealthCheck(
        "placebo outcome",
        "ok",
        310.0,
        "EUR",
        "interval holds 0",
        "On shuffled purchases the uplift is 310 EUR (−2,900 to 3,500).",
    ),
    HealthCheck(
        "behaviour calibration",
        "ok",
        0.018,
        "largest gap",
        "at most 0.05",
        "Predicted and observed delivery agree.",
    ),
)
TABLES = (
    TableFate(
        "impressions", 1_204_331, 1_201_830, 1_004, 293, {"cost is negative": 902, "ts is not a time": 302}
    ),
    TableFate("clicks", 48_212, 48_212, 0, 0, {}),
    TableFate("purchases", 6_120, 6_021, 12, 87, {}),
)


def night(split: SplitDecision, channels: tuple[str, ...], **changes: object) -> NightResult:
    fields: dict[str, object] = {
        "study": "demo",
        "as_of": "2026-11-20",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "entity": "user",
        "tier": "A",
        "tier_reason": "opportunities are logged, so who was eligible and not shown is visible",
        "logged_from": "2026-08-22",
        "logged_to": "2026-11-19",
        "users": 40_012,
        "users_train": 16_004,
        "users_choose": 12_004,
        "users_report": 12_004,
        "decisions": 3_104_220,
        "horizon_days": 7,
        "tail_days": 14,
        "per": "period",
        "actions": ("none", *channels),
        "split": split,
        "evaluation": estimates(channels),
        "policies": NOTES,
        "frontier": frontier(channels, split.budget_current),
        "calibration": tuple(
            CalibrationBin(c, 9_000 - 1_700 * i, 0.03 + 0.09 * i, 0.03 + 0.09 * i + 0.008 * (-1) ** (i + j))
            for j, c in enumerate(channels)
            for i in range(5)
        ),
        "overlap": (Overlap("none", 620_000, 0.6, 0.6, 0.0),) * bool(channels)
        + tuple(
            Overlap(c, 310_000 - 13_000 * j, 0.18 + 0.04 * (j % 9), 0.72 - 0.045 * j, 0.002 * j)
            for j, c in enumerate(channels)
        ),
        "health": HEALTH,
        "explanation": explanation(channels) if channels else None,
        "training": tuple(
            AgentTraining(a, seed, 1_500, 0.0123 * seed, "cpu", a == "cql")
            for a in ("dqn", "cql")
            for seed in (1, 2, 3)
        ),
        "tables": TABLES,
        "notes": ("Visits were not given: users enter with their first event of any kind.",),
        "immature_share": 0.042,
        "code_version": "0.1.0+2e65bd3",
        "settings": {"split.period_days": "7", "split.max_move_share": "0.4", "evaluation.level": "0.95"},
    }
    return NightResult(**(fields | changes))  # type: ignore[arg-type]


def move() -> NightResult:
    channels = ("search", "social", "video")
    rows = (
        row("search", 14_012.37, 12_600.0, "Earns less than it costs at the margin", 0.31),
        row("social", 9_204.11, 10_100.0, "Earns most at the margin", 2.64),
        row("video", 5_683.52, 6_200.0, "Still earns more than it costs", 1.92),
    )
    uplift = Uplift("profit", 11_977.31, 3_021.9, 21_340.07, 0.95, 0.9821)
    why = "On users who had no part in choosing it, the new split earns more in 98 of 100 resamples."
    return night(SplitDecision("MOVE", why, 7, 28_900.0, 28_900.0, uplift, rows), channels)


def move_partly() -> NightResult:
    """Fourteen channels with names of sixty characters, some of them hostile."""
    plain = tuple(
        f"{n}: {LONG}"[:60] for n in ("Search", "Social", "Video", "Audio", "E-mail", "Display", "Affiliates")
    )
    channels = (*HOSTILE, *plain, LONG, "检索广告推广渠道名称很长很长很长很长很长很长很长很长")
    rows = []
    for i, channel in enumerate(channels):
        current = 812.4 + 431.7 * i
        kept = i % 5 == 2
        recommended = current if kept else round(current * (1.25 if i % 2 else 0.8), -1)
        reason = (
            "Kept: nearly everybody saw an ad, nobody is left to compare with"
            if kept
            else "Moves with the evidence"
        )
        rows.append(row(channel, current, recommended, reason, None if kept else 0.4 + 0.2 * i))
    uplift = Uplift("profit", 4_120.2, 310.4, 7_930.0, 0.95, 0.983)
    total, after = sum(r.current for r in rows), sum(r.recommended for r in rows)
    why = "The sure part of the move is worth making; three channels are held back."
    return night(
        SplitDecision("MOVE_PARTLY", why, 28, total, after, uplift, tuple(rows)), channels, study=FORMULA
    )


def keep() -> NightResult:
    channels = ("search", "retargeting")
    rows = tuple(
        row(c, v, v, "Kept: the evidence is thin", i, low=0.6 * v, high=1.5 * v)
        for c, v, i in (("search", 9_120.0, 0.9), ("retargeting", 4_003.5, None))
    )
    why = "The logs cannot tell search from retargeting apart: almost every warm user saw an ad."
    missing = (
        "A 5 % holdout of retargeting for 19 days would tell what it causes.",
        "Logged opportunities for retargeting would show who could have been shown an ad and was not.",
    )
    considered = Uplift("profit", 902.0, -1_410.0, 3_214.0, 0.95, 0.78)
    decision = SplitDecision("KEEP", why, 7, 13_123.5, 13_123.5, None, rows, missing, considered)
    return night(decision, channels)


def no_evidence() -> NightResult:
    channels = ("search", "social", "video")
    rows = tuple(
        row(c, v, v, "Kept: impression-only logs", None)
        for c, v in zip(channels, (4e3, 3e3, 1250.5), strict=True)
    )
    why = (
        "The logs hold only the ads that were shown, so what a channel caused cannot be told from "
        "whom it was shown to."
    )
    missing = (
        "Log the opportunities: who could have been shown an ad and was not.",
        "Or hold out 5 % of users at random for four weeks.",
    )
    decision = SplitDecision("NO_EVIDENCE", why, 7, 8_250.5, 8_250.5, None, rows, missing)
    reason = "impressions only: no opportunities, no propensities, no holdout"
    return night(decision, channels, tier="B", tier_reason=reason, frontier=(), explanation=None, training=())


def empty() -> NightResult:
    """A log without a single row."""
    decision = SplitDecision(
        "NO_EVIDENCE", "The logs are empty.", 7, 0.0, 0.0, None, (), ("Any log at all.",)
    )
    return night(
        decision,
        (),
        tier_reason="",
        logged_from="",
        logged_to="",
        users=0,
        users_train=0,
        users_choose=0,
        users_report=0,
        decisions=0,
        evaluation=(),
        policies=(),
        frontier=(),
        calibration=(),
        overlap=(),
        health=(),
        explanation=None,
        training=(),
        tables=(),
        notes=(),
        immature_share=0.0,
        settings={},
    )


def one_decision_each() -> NightResult:
    """An e-mail test with one channel: budgets in total, what they earn per customer."""
    rows = (row("mens e-mail", 1_050.0, 1_400.0, "Earns most", 9.4),)
    uplift = Uplift("profit", 0.3121, 0.1204, 0.5038, 0.95, 0.9994)
    decision = SplitDecision("MOVE", "Every arm was drawn at random.", 7, 1_050.0, 1_400.0, uplift, rows)
    values = (("logged", 1.0512, 0.031), ("recommended split", 1.3633, 0.092))
    evaluation = tuple(
        PolicyEstimate(
            p, "profit", "USD per customer", "SNDR", v, v - s, v + s, 0.95, 9e3, 3.0, 19_200, True, ""
        )
        for p, v, s in values
    )
    return night(
        decision,
        ("mens e-mail",),
        study="hillstrom",
        currency="USD",
        entity="customer",
        tier="A+",
        tier_reason="arms were drawn at random",
        per="entity",
        settings={"decision.single_step": "true"},
        evaluation=evaluation,
        frontier=(
            FrontierPoint(0.0, 1_050.0, 1_049.2, {"mens e-mail": 1_049.2}, 1.29, 1.2, 1.38),
            FrontierPoint(0.0, 1_400.0, 1_398.7, {"mens e-mail": 1_398.7}, 1.41, 1.3, 1.52),
        ),
        tail_days=0,
    )


ALL = {
    "move": move,
    "move_partly": move_partly,
    "keep": keep,
    "no_evidence": no_evidence,
    "empty": empty,
    "one_decision_each": one_decision_each,
}
