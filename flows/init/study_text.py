"""The text of a study: what was guessed, section by section, and what is asked."""

from flows.init.events import Table
from flows.init.levels import level_lines
from flows.init.lines import Line, comment, listed, quoted
from flows.init.one_question import Chosen
from flows.init.table_words import CONTROLS
from flows.init.trial import Trial
from flows.store.address import SCHEME

MOST_UNREAD = 12
MARGIN = "margin_rate = 1.0  # CHECK: margin per unit of revenue; 1.0 takes revenue for profit"

ARM = 'action = "arm"  # what the report calls them'
SINGLE = Line("single_step", "true", "one row is one decision")
PER_ENTITY = ["", "[evaluation]", 'per = "entity"']


def heading(name: str, currency: Line, folder: str) -> list[str]:
    """The first lines, up to the logs' folder."""
    return [
        "# Written by `allot init` from the files' columns. Guesses say why; CHECK marks what only you know.",
        "# A commented line that says ASK wants an answer in its place: all commands wait for it.",
        "",
        f"name = {quoted(name)}",
        currency.text(),
        'time_zone = "UTC"  # CHECK: where a day begins; times without a zone are read in it',
        "",
        "[logs]",
        f"folder = {quoted(folder)}" + ("" if folder.startswith(SCHEME) else "  # relative to this file"),
    ]


def body(chosen: Chosen) -> list[str]:
    """All sections, after notes on files that are left out."""
    notes = ["", *map(comment, chosen.notes)] if chosen.notes else []
    if chosen.trial:
        return [*notes, *trial_text(chosen.trial)]
    names = {table.name for table in chosen.tables} | ({"totals"} if chosen.parts else set())
    lines = [*notes, *_state_text(chosen.tables)]
    for name in dict.fromkeys(table.name for table in chosen.tables if table.name != "totals"):
        lines += _section(name, [files for files in _alike(chosen.tables) if files[0].name == name])
    lines += _totals_text(chosen, beside="impressions" in names)
    lines += _asked_tables(names, has_outcomes=any(table.after for table in chosen.tables))
    tests = [table for table in chosen.tables if table.is_test]
    if tests:
        horizon = "horizon_days = 14  # CHECK: outcomes count for so many days"
        levels = level_lines(tests[0].columns["channel"])
        return [
            *lines,
            *tests[0].after,
            "",
            *_single_step(horizon),
            *levels,
            *_margin_rate(chosen.tables),
            *PER_ENTITY,
        ]
    decision = (
        [ARM, *_idle(chosen.tables)]
        if "counts" in names
        else _margin_rate(chosen.tables)
        if names & {"impressions", "totals"}
        else []
    )
    return [*lines, "", "[decision]", *decision] if decision else lines


def _margin_rate(tables: tuple[Table, ...]) -> list[str]:
    """The rate, unless purchases carry a margin: a rate would stand in wherever that is missing."""
    return [] if any("margin" in table.columns for table in tables) else [MARGIN]


def _idle(tables: tuple[Table, ...]) -> list[str]:
    """A commented line that makes the arm of today the one to beat, where counted arms have one."""
    arms = [table.columns["arm"] for table in tables if table.name == "counts" and "arm" in table.columns]
    today = [value for arm in arms[:1] for value in arm.top if value.lower() in CONTROLS]
    why = "without its first #: the arm of today, which the others have to beat: CHECK"
    return [f"# idle = {quoted(value)}  # {why}" for value in today[:1]]


def _state_text(tables: tuple[Table, ...]) -> list[str]:
    """Columns that could be state, of those that every file of the table has."""
    lines = list[str]()
    for name, setting, what in (
        ("impressions", "context", "the decision"),
        ("users", "user_features", "entry"),
    ):
        unread = [table.unread for table in tables if table.name == name]
        every = [column for column in unread[0] if all(column in other for other in unread)] if unread else []
        if every:
            lines.append(f"# {setting} = {listed(every[:MOST_UNREAD])}  # known at {what}? then state")
    return lines


def _alike(tables: tuple[Table, ...]) -> list[list[Table]]:
    """Files of one table that are read alike, together."""
    groups = list[list[Table]]()
    for table in tables:
        group = next((g for g in groups if g[0].name == table.name and g[0].is_like(table)), None)
        if group is None:
            groups.append([table])
        else:
            group.append(table)
    return groups


def _section(name: str, groups: list[list[Table]]) -> list[str]:
    """One section, or a part for each set of files with columns of its own."""
    lines = list[str]()
    if sum(map(len, groups)) > 1:
        check = f"These files are read as {name}, one after the other: CHECK that no row stands in two."
        lines += ["", comment(check)]
    heading = f"[logs.tables.{name}]" if len(groups) == 1 else f"[[logs.tables.{name}.parts]]"
    for n, files in enumerate(groups):
        lines += [*([""] if n or not lines else []), heading, *_table_text(files)]
    return lines


def _table_text(files: list[Table]) -> list[str]:
    """The lines of a section of files that are read alike."""
    table, rows = files[0], sum(file.n_rows for file in files)
    path = quoted(table.path) if len(files) == 1 else listed([file.path for file in files])
    lines = [Line("path", path, f"{rows:,} rows").text(), *(line.text() for line in table.lines)]
    state = table.name in ("impressions", "users")
    if not_read := table.no_state if state else table.unread:
        why = ", which can be no state" if state else ""
        lines.append(comment(f"not read{why}: {', '.join(not_read[:MOST_UNREAD])}"))
    return lines


def _totals_text(chosen: Chosen, *, beside: bool) -> list[str]:
    """Daily totals: a part per file or channel; `beside`: they stand beside impressions."""
    tables = [table for table in chosen.tables if table.name == "totals"]
    if not chosen.parts:
        lines = _section("totals", _alike(tuple(tables)))
    else:
        sections = [_table_text(files) for files in _alike(tuple(tables))]
        sections += [[line.text() for line in part.lines] for part in chosen.parts]
        lines = [line for one in sections for line in ("", "[[logs.tables.totals.parts]]", *one)]
    check = "CHECK that channels of the totals are called as in the impressions: others are not read."
    return ["", comment(check), *lines[1:]] if beside and lines else lines


def _asked_tables(names: set[str], *, has_outcomes: bool) -> list[str]:
    """The table without which these say nothing."""
    if "impressions" in names and not names & {"purchases", "outcomes"}:
        none = ' Where none does, delete this and let an outcome below be the goal: `role = "goal"`.'
        asks = f"# path = ?  # ASK: which file holds what was bought?{none if has_outcomes else ''}"
        return ["", "# [logs.tables.purchases]", asks]
    if not names & {"impressions", "totals", "counts", "geo"}:
        asks = "# path = ?  # ASK: which file holds who was shown what?"
        return ["", "# [logs.tables.impressions]", asks]
    return []


def trial_text(trial: Trial) -> list[str]:
    """A test in one wide file: its features, its tables, and one decision per row."""
    lines = list[str]()
    if trial.features:
        why = "CHECK: known before the decision, or take it out"
        lines.append(f"user_features = {listed(list(trial.features))}  # {why}")
    for name, of_table in trial.tables:
        lines += ["", f"[logs.tables.{name}]", *(line.text() for line in of_table)]
    lines += trial.after
    horizon = "horizon_days = 1  # outcomes stand in the row"
    single = _is_it_a_test(trial) if trial.beside else SINGLE
    decision = [*_single_step(horizon, single), *level_lines(trial.arm)]
    return [*lines, "", *map(comment, trial.notes), *decision, *PER_ENTITY]


def _is_it_a_test(trial: Trial) -> Line:
    """A question in the place of a guess: orders beside a file say that it may be a log of ads."""
    files = ", ".join(trial.beside[:MOST_UNREAD])
    why = (
        f"is {trial.path} a test, with a row per person who was dealt to an arm? Then `single_step = true`, "
        f"and not read: {files}. Where these tell of the same people, write [logs.tables.impressions] for "
        f"{trial.path} and a section for each of them instead"
    )
    return Line("single_step", "", why)


def _single_step(horizon: str, single: Line = SINGLE) -> list[str]:
    """The decision of a test."""
    return [
        "[decision]",
        ARM,
        single.text(),
        horizon,
        "tail_days = 0",
        'eligible = "all"  # CHECK: any arm was possible for anybody',
    ]
