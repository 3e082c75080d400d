"""Nights as a reader meets them: a move, a partial one with hostile names, a keep, no evidence, nothing."""

from dataclasses import replace

from sample_estimates import NOTES, PLANS, Plan, estimates, weighed
from sample_pages import NOTHING, pages, quiet_nights, weeks
from sample_parts import FORMULA, HEALTH, HOSTILE, LONG, SCRIPT, TABLES, explanation, frontier, row

from models.results import (
    AgentTraining,
    Better,
    CalibrationBin,
    Changed,
    ChannelUplift,
    CutUnseen,
    FrontierPoint,
    HeldBack,
    Interval,
    Kept,
    LogOpportunities,
    LongerLog,
    LossPossible,
    Moved,
    NightResult,
    NothingSpent,
    NotJudged,
    Overlap,
    Pictures,
    PolicyEstimate,
    PolicyEvidence,
    ShownAlone,
    SpendChange,
    SplitDecision,
    Uplift,
)
from models.results.refusals import Gate
from models.results.vocabulary import Vocabulary, vocabulary_of

PAYS = Moved("raised", "pays")
LOUD = ("cql", "equal", "last-click", "greedy-roas")
"""Plans whose names are long or hostile on the night of MOVE_PARTLY."""
UNSUPPORTED = Plan(
    48_300.0,
    5_100.0,
    5_030.0,
    3_120.0,
    9.0,
    "no evidence",
    reason=Gate("unsupported actions", 0.12, 0.05, LONG, 0.01),
)

__all__ = ["ALL", "FORMULA", "HOSTILE", "LONG", "SCRIPT", "explanation"]


def night(split: SplitDecision, channels: tuple[str, ...], **changes: object) -> NightResult:
    fields: dict[str, object] = {
        "study": "demo",
        "as_of": "2026-11-20",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "vocabulary": Vocabulary(),
        "tier": "A",
        "tier_reason": "opportunities are logged, so who was eligible and not shown is visible",
        "logged_from": "2026-08-22",
        "logged_to": "2026-11-19",
        "users": 40_012,
        "decisions": 3_104_220,
        "horizon_days": 7,
        "tail_days": 14,
        "per": "period",
        "actions": ("none", *channels),
        "split": split,
        "evaluation": estimates(channels),
        "evidence": weighed(),
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
            AgentTraining(a, seed, fold, 1_500, 0.0123 * seed, "cpu", a == "cql")
            for a in ("dqn", "cql")
            for fold in (0, 1)
            for seed in (1, 2)
        ),
        "tables": TABLES,
        "notes": ("Visits were not given: users enter with their first event of any kind.",),
        "immature_share": 0.042,
        "code_version": "0.1.0+2e65bd3",
        "claimed_margins": {
            r.channel: r.attributed_roas and 0.4 * r.attributed_roas for r in split.rows if r.segment is None
        },
        "settings": {"split.period_days": "7", "split.max_move_share": "0.4", "evaluation.level": "0.95"},
        **pages(split, channels),
    }
    given = fields | changes
    drawn = {name: given.pop(name) for name in NOTHING if name != "personal"}
    return NightResult(**given, pictures=Pictures(**drawn))  # type: ignore[arg-type]


def pictured(night: NightResult, **changes: object) -> NightResult:
    """The night with other pictures."""
    return replace(night, pictures=replace(night.pictures, **changes))  # type: ignore[arg-type]


def move() -> NightResult:
    channels = ("search", "social", "video")
    rows = (
        row("search", 14_012.37, 12_600.0, Moved("cut", "less than it costs"), 0.31),
        row("social", 9_204.11, 10_100.0, PAYS, 2.64, claimed=1.74),
        row("video", 5_683.52, 6_200.0, PAYS, 1.92, claimed=0.88),
    )
    uplift = Uplift("profit", 11_977.31, 3_021.9, 21_340.07, 0.95, 0.9821)
    spend = Interval(28_790.123, 27_401.0, 28_900.0)
    decision = SplitDecision("MOVE", Better(True), 7, 28_900.0, 28_900.0, uplift, rows, spend=spend)
    changed = Changed("2026-11-19", "new move", spend=(SpendChange("social", 8_700.0, 9_204.11),))
    return night(replace(decision, changed=changed), channels)


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
        reason = CutUnseen(0.004) if kept else PAYS if i % 2 else Moved("cut", "less than what is raised")
        iroas = None if kept else 0.4 + 0.2 * i
        rows.append(row(channel, current, recommended, reason, iroas, claimed=6.2 - 0.37 * (i * 5 % 14)))
    uplift = Uplift("profit", 4_120.2, 310.4, 7_930.0, 0.95, 0.983)
    total, after = sum(r.current for r in rows), sum(r.recommended for r in rows)
    back = HeldBack((), tuple(r.channel for r in rows if r.recommended == r.current), None)
    decision = SplitDecision(
        "MOVE_PARTLY", Better(False), 28, total, after, uplift, tuple(rows), held_back=back
    )
    named = [replace(n, label=channels[i]) if n.policy in LOUD else n for i, n in enumerate(NOTES)]
    plans, unit = PLANS | {"equal": UNSUPPORTED}, "EUR per 28 days"
    return night(
        decision,
        channels,
        study=FORMULA,
        policies=tuple(named),
        evaluation=estimates(channels, plans, unit),
        evidence=tuple(replace(e, unit=unit) for e in weighed(plans)),
    )


def many() -> NightResult:
    """Forty-six actions: six move, and the others stay for one of three reasons."""
    channels = tuple(f"group {i:02d} · {c}" for i, c in enumerate(("brand", "generic") * 23))
    stays = (Kept("either way"), CutUnseen(0.004), Kept("nothing better"))
    rows = []
    for i, channel in enumerate(channels):
        moved, current = i % 8 == 3, 912.4 + 131.7 * (i * 7 % 46)
        recommended = round(current * (1.2 if i % 16 == 3 else 0.8), -1) if moved else current
        cut = Moved("cut", "less than it costs")
        reason = stays[i % 3] if not moved else PAYS if recommended > current else cut
        rows.append(row(channel, current, recommended, reason, 0.4 + 0.05 * i, claimed=6.2 - 0.1 * i))
    uplift = Uplift("profit", 4_120.2, 310.4, 7_930.0, 0.95, 0.983)
    total, after = sum(r.current for r in rows), sum(r.recommended for r in rows)
    back = HeldBack((), tuple(r.channel for r in rows if isinstance(r.reason, CutUnseen)), None)
    decision = SplitDecision(
        "MOVE_PARTLY", Better(False), 7, total, after, uplift, tuple(rows), held_back=back
    )
    return night(decision, channels)


def keep() -> NightResult:
    channels = ("search", "retargeting")
    rows = tuple(
        row(c, v, v, Kept("either way") if i else NotJudged(), i, low=0.6 * v, high=1.5 * v)
        for c, v, i in (("search", 9_120.0, 0.9), ("retargeting", 4_003.5, None))
    )
    missing = (LongerLog("retargeting", 190.0),)
    considered = Uplift("profit", 902.0, -1_410.0, 3_214.0, 0.95, 0.78)
    unsure = Plan(62_106.0, 1_480.0, 9_412.0, 7_412.0, 6.4, "unclear")
    decision = SplitDecision(
        "KEEP", LossPossible(), 7, 13_123.5, 13_123.5, None, rows, missing, considered,
        considered_budgets=(10_123.5, 3_000.0),
    )  # fmt: skip
    plans = PLANS | {"recommended split": unsure}
    return night(decision, channels, evaluation=estimates(channels, plans), evidence=weighed(plans))


def no_evidence() -> NightResult:
    channels = ("search", "social", "video")
    rows = tuple(row(c, v, v, NotJudged(), None) for c, v in zip(channels, (4e3, 3e3, 1250.5), strict=True))
    why, missing = ShownAlone(), (LogOpportunities(),)
    decision = SplitDecision("NO_EVIDENCE", why, 7, 8_250.5, 8_250.5, None, rows, missing)
    reason = "impressions only: no opportunities, no propensities, no holdout"
    return night(
        decision, channels, tier="B", tier_reason=reason, frontier=(), explanation=None, training=(),
        **(NOTHING | {"week_spends": weeks(8_250.5), "past_nights": quiet_nights()}),
    )  # fmt: skip


def empty() -> NightResult:
    """A log without a single row."""
    decision = SplitDecision("NO_EVIDENCE", NothingSpent(), 7, 0.0, 0.0, None, (), (LogOpportunities(),))
    return night(
        decision,
        (),
        tier_reason="",
        logged_from="",
        logged_to="",
        users=0,
        decisions=0,
        evaluation=(),
        evidence=(),
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
        **NOTHING,
    )


def one_decision_each() -> NightResult:
    """An e-mail test with one channel: budgets in total, what they earn per customer."""
    rows = (row("mens e-mail", 1_050.0, 1_400.0, PAYS, 9.4),)
    uplift = Uplift("profit", 0.3121, 0.1204, 0.5038, 0.95, 0.9994)
    decision = SplitDecision("MOVE", Better(False), 7, 1_050.0, 1_400.0, uplift, rows)
    values = (("logged", 1.0512, 0.031), ("recommended split", 1.3633, 0.092))
    evaluation = tuple(
        PolicyEstimate(
            p, "profit", "USD per customer", way, v, v - s, v + s, 0.95, 9e3, 3.0, 19_200, True, None
        )
        for p, v, s in values
        for way in ("DRL", "SNDR", "SNPDIS")
    )
    gain = Interval(0.3121, 0.1204, 0.5038)
    evidence = PolicyEvidence(
        "recommended split", "profit", "USD per customer", gain, 0.1011, 0.0412, 0.4, "", None, "", "better"
    )
    return night(
        decision,
        ("mens e-mail",),
        study="hillstrom",
        **(NOTHING | {"channel_uplifts": (ChannelUplift("mens e-mail", 0.3121, 0.1204, 0.5038),)}),
        currency="USD",
        vocabulary=vocabulary_of("customer"),
        tier="A+",
        tier_reason="arms were drawn at random",
        per="entity",
        settings={"decision.single_step": "true"},
        evaluation=evaluation,
        evidence=(evidence,),
        frontier=(
            FrontierPoint(0.0, 1_050.0, 1_049.2, {"mens e-mail": 1_049.2}, 1.29, 1.2, 1.38),
            FrontierPoint(0.0, 1_400.0, 1_398.7, {"mens e-mail": 1_398.7}, 1.41, 1.3, 1.52),
        ),
        tail_days=0,
    )


ALL = {
    "move": move,
    "move_partly": move_partly,
    "many": many,
    "keep": keep,
    "no_evidence": no_evidence,
    "empty": empty,
    "one_decision_each": one_decision_each,
}
