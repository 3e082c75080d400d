"""The text of a study: what was guessed, section by section, and what is asked."""

from flows.init.events import Table
from flows.init.exports import Part
from flows.init.lines import comment, listed, quoted
from flows.init.trial import Trial

MOST_UNREAD = 12
MARGIN = "margin_rate = 1.0  # CHECK: margin per unit of revenue; 1.0 takes revenue for profit"


def heading(name: str, currency: str, why: str, folder: str) -> list[str]:
    """The first lines, up to the logs' folder."""
    return [
        "# Written by `allot init` from the files' columns. Guesses say why; CHECK marks what only you know.",
        "# A commented line that says ASK wants an answer in its place: `allot check` waits for it.",
        "",
        f"name = {quoted(name)}",
        f"currency = {quoted(currency)}  # {why}",
        'time_zone = "UTC"  # CHECK: where a day begins; times without a zone are read in it',
        "",
        "[logs]",
        f"folder = {quoted(folder)}  # beside this file",
    ]


def tables_text(tables: list[Table]) -> list[str]:
    """Event tables, one section each, and the columns that nothing reads yet."""
    lines = list[str]()
    for table in tables:
        setting = {"impressions": "context", "users": "user_features"}.get(table.name)
        if setting and table.unread:
            what = "the decision" if setting == "context" else "entry"
            lines.append(
                f"# {setting} = {listed(list(table.unread[:MOST_UNREAD]))}  # known at {what}? then state"
            )
    for table in tables:
        lines += ["", f"[logs.tables.{table.name}]", *(line.text() for line in table.lines)]
        if table.unread and table.name not in ("impressions", "users"):
            lines.append(comment(f"not read: {', '.join(table.unread[:MOST_UNREAD])}"))
    names = {table.name for table in tables}
    if "impressions" in names and "purchases" not in names:
        lines += ["", "# [logs.tables.purchases]", "# path = ?  # ASK: which file holds what was bought?"]
    if "purchases" in names and not names & {"impressions", "totals", "counts", "geo"}:
        lines += [
            "",
            "# [logs.tables.impressions]",
            "# path = ?  # ASK: which file holds who was shown what?",
        ]
    if "impressions" in names:
        lines += [
            "",
            "[decision]",
            MARGIN,
        ]
    return lines


def parts_text(parts: list[Part], notes: list[str]) -> list[str]:
    """Daily totals: a part per export or channel."""
    lines = ["", *notes]
    for part in parts:
        lines += ["", "[[logs.tables.totals.parts]]", *(line.text() for line in part.lines)]
    return [
        *lines,
        "",
        "[decision]",
        MARGIN,
    ]


def trial_text(trial: Trial) -> list[str]:
    """A test in one wide file: its features, its tables, and one decision per row."""
    lines = list[str]()
    if trial.features:
        why = "CHECK: known before the decision, or take it out"
        lines.append(f"user_features = {listed(list(trial.features))}  # {why}")
    for name, of_table in trial.tables:
        lines += ["", f"[logs.tables.{name}]", *(line.text() for line in of_table)]
    lines += ["", *map(comment, trial.notes), "[decision]"]
    lines += [
        'action = "arm"  # what the report calls them',
        "single_step = true  # one row is one decision",
        "horizon_days = 1  # outcomes stand in the row",
        "tail_days = 0",
        'eligible = "all"  # CHECK: any arm was possible for anybody',
        "",
        "[evaluation]",
        'per = "entity"',
    ]
    return lines
