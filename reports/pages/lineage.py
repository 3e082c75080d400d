"""Page 14: data health and lineage, and the glossary."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import HealthCheck, NightResult, TableFate
from reports import checks, numbers, words
from reports.glossary import Term, glossary
from reports.sentences.shared import handed_on
from reports.tables import Column, Table, figure, lines, text_column

SEVERITY = {"stop": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True)
class LineagePage:
    overall: str
    checks_summary: str
    checks: Table | None
    """Those that are not ok."""
    passed: Table | None
    fates: Table | None
    reasons: Table | None
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    training: Table | None
    settings: Table | None
    glossary: tuple[Term, ...]


def overall(checks: tuple[HealthCheck, ...]) -> str:
    """The worst status; without any check nothing is known to be well, which is worth a warning."""
    return min((c.status for c in checks), key=lambda s: SEVERITY.get(s, 0), default="warn")


def status_mark(status: str) -> Markup:
    return Markup('<span class="status {}">{}</span>').format(
        status if status in SEVERITY else "stop", status
    )


def _checks(result: NightResult, caption: str, *, passed: bool) -> Table | None:
    shown = [c for c in result.health if (c.status == "ok") is passed]
    if not shown:
        return None
    ordered = sorted(shown, key=lambda c: (SEVERITY.get(c.status, 0), c.name))
    rows = []
    for c in ordered:
        rows.append(
            [
                lines(checks.question(result, c), "" if checks.question(result, c) == c.name else c.name),
                status_mark(c.status),
                figure(numbers.exact(c.figure), checks.figure_text(result, c)),
                checks.limit_text(c),
                checks.found_text(result, c),
            ]
        )
    columns = (
        text_column("Check"),
        text_column("Status"),
        text_column("Figure"),
        text_column("Limit"),
        text_column("Found"),
    )
    return Table(caption, columns, rows, cards=True)


def _summary(checks: tuple[HealthCheck, ...]) -> str:
    if not checks:
        return "No check was run on this night’s data."
    by = {status: sum(c.status == status for c in checks) for status in SEVERITY}
    return (
        f"Fine: {by['ok']} of {words.counted(len(checks), 'check')}. Worth a look: {by['warn']}. "
        f"Against any recommendation: {by['stop']}."
    )


def _fate_cells(t: TableFate) -> list[str | Markup]:
    refused = sum(t.quarantined.values())
    counts = (t.rows_in, t.good, t.duplicate, t.not_yet_known, refused)
    return [t.table, *(figure(n, numbers.count(n)) for n in counts)]


def _fates(result: NightResult) -> Table | None:
    if not result.tables:
        return None
    columns = (
        text_column("Table"),
        Column("Rows read"),
        Column("Good"),
        Column("Duplicate"),
        Column("Not yet known", "on that date"),
        Column("Set aside"),
    )
    return Table("What became of every row", columns, [_fate_cells(t) for t in result.tables])


def _reasons(result: NightResult) -> Table | None:
    rows = [
        [t.table, reason, figure(n, numbers.count(n))]
        for t in result.tables
        for reason, n in sorted(t.quarantined.items())
        if n
    ]
    if not rows:
        return None
    return Table(
        "Rows set aside, by reason", (text_column("Table"), text_column("Reason"), Column("Rows")), rows
    )


def _training(result: NightResult) -> Table | None:
    if not result.training:
        return None
    columns = (
        text_column("Algorithm"),
        Column("Seed"),
        Column("Judged by fold"),
        Column("Gradient steps"),
        Column("Final loss"),
        text_column("Processor"),
        text_column("Started from"),
    )
    rows = [
        [
            t.algorithm,
            str(t.seed),
            str(t.fold + 1),
            figure(t.steps, numbers.count(t.steps)),
            figure(numbers.exact(t.final_loss), numbers.plain(numbers.exact(t.final_loss))),
            t.device,
            "last night’s network" if t.warm_started else "scratch",
        ]
        for t in result.training
    ]
    return Table("Networks trained this night", columns, rows)


def _settings(result: NightResult) -> Table | None:
    if not result.settings:
        return None
    rows = [[Markup("<code>{}</code>").format(key), value] for key, value in sorted(result.settings.items())]
    return Table("Settings of the study", (text_column("Setting"), text_column("Value")), rows)


def _facts(result: NightResult) -> tuple[tuple[str, str], ...]:
    seeds = sorted({t.seed for t in result.training})
    users = result.vocabulary.entities
    window = words.days(result.horizon_days)
    if result.tail_days:
        window += f", and what follows within {words.days(result.tail_days)}"
    shared = () if result.shared is None else (("Handed on", handed_on(result.shared, result)),)
    return (
        ("Study", result.study),
        ("As of", f"{result.as_of}, 00:00 {result.time_zone}; nothing known later was used"),
        ("Logs", f"{result.logged_from} to {result.logged_to}" if result.logged_from else "empty"),
        (
            words.capital(users),
            f"{words.entities(result, result.users)}, {words.counted(result.decisions, 'decision')}"
            + _sampled(result),
        ),
        *_judges(result),
        ("A plan is judged over", window),
        ("Code version", result.code_version or numbers.NOT_KNOWN),
        ("Seeds", ", ".join(map(str, seeds)) if seeds else "none: no network was trained"),
        *shared,
    )


def _judges(result: NightResult) -> tuple[tuple[str, str], ...]:
    """Empty where nothing was judged."""
    judges = words.judges(result)
    if result.training or result.explanation is not None:
        halves = "in two halves: each judged the agents that the other one taught"
        return (("Who judged", f"{judges}, {halves}, and {result.vocabulary.nobody} one that had seen them"),)
    return (("Who judged", judges),) if result.evaluation else ()


def _sampled(result: NightResult) -> str:
    if result.users_in_log is None:
        return ""
    return (
        f": a sample, drawn by a hash of the id, of about {words.entities(result, result.users_in_log)}, "
        "whose decisions would be more than logs.memory_limit_gb has room for, or evaluation.max_decisions "
        "allows; today’s budgets and the next actions are of everybody"
    )


def lineage_page(result: NightResult) -> LineagePage:
    return LineagePage(
        overall=overall(result.health),
        checks_summary=_summary(result.health),
        checks=_checks(result, "Checks to look at", passed=False),
        passed=_checks(result, "Checks that are fine", passed=True),
        fates=_fates(result),
        reasons=_reasons(result),
        facts=_facts(result),
        notes=result.notes,
        training=_training(result),
        settings=_settings(result),
        glossary=glossary(result.vocabulary),
    )
