"""Parts of a night that do not depend on its verdict: rows, the frontier, an explanation, checks, tables."""

from models.results import Explanation, FrontierPoint, HealthCheck, RowReason, SplitRow, TableFate, TreeNode

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


def row(
    channel: str,
    current: float,
    recommended: float,
    reason: RowReason,
    iroas: float | None = 1.2,
    **more: float,
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
        attributed_roas=more.get("claimed", 5.31) if iroas is not None else None,
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
        "placebo",
        "ok",
        1.21,
        "standard errors",
        "at most 3",
        "Valued by the headline estimator, today's delivery returns its own logged margin.",
        "logged policy",
    ),
    HealthCheck(
        "placebo",
        "ok",
        0.4,
        "standard errors",
        "at most 3",
        "No action has an effect on the margin before it, as it must be (search: 0.1 (-0.3 to 0.5) per "
        "decision).",
        "effect on the past",
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
