"""The page of a test: which arm, what each is worth, every difference, a rule, and is the test sound?"""

from dataclasses import replace

from markupsafe import Markup

from models.results import Answer, ArmDifference, Interval, NightResult, TrialResult
from reports import checks, numbers, words
from reports.charts.arms import MOST_ARMS, arms_chart
from reports.glossary_trials import COUNTED_GLOSSARY, TRIAL_GLOSSARY
from reports.pages.answer import AnswerPage, Section, answer_lineage
from reports.pages.explanation import ends_of
from reports.pages.guardrails import guardrails_page
from reports.pages.lineage import LineagePage
from reports.pages.page import Page, Part
from reports.pages.parts import parts_page
from reports.pages.responding import responding_page
from reports.sentences.counted import NO_FACTS, NOT_CHECKED, how_valued, said_of_counts
from reports.sentences.parts import best_levels
from reports.sentences.trials import AnswerWords
from reports.tables import Column, Table, figure, lines, text_column


def which_one_page(result: NightResult) -> AnswerPage:
    """Raises ValueError for a night with another question."""
    trial = result.trial
    if trial is None:
        raise ValueError("the night asks no question of arms")
    said = AnswerWords(trial, result.vocabulary, result.currency)
    stops = [c for c in result.health if c.status == "stop"]
    why = said.why if not stops else checks.found_text(result, stops[0])
    made: list[Section] = []
    if trial.parts is not None:
        why = f"{best_levels(trial.parts, said)} {why}"
        made = [("page-6", "What the parts are worth", parts_page(result, trial.parts, said))]
    groups: list[Section] = []
    if trial.segments is not None:
        groups = [("page-7", "Who responds differently", responding_page(result, trial.segments, said))]
    guarded = [("page-5", "What may not get worse", guardrails_page(trial, said))] if trial.guardrails else []
    return AnswerPage(
        verdict=result.split.verdict,
        label=words.VERDICTS[result.split.verdict],
        headline=said.headline,
        why=why,
        basis=basis_text(result, trial),
        table=_arms(result, trial, said),
        note=_arms_note(result, trial, said),
        chart=arms_chart(trial, said),
        sections=(
            *made,
            ("page-2", "Every difference", _differences(trial, said)),
            ("page-3", "A rule, instead of one for all", rule_page(result, trial, said)),
            *groups,
            ("page-4", "Is the test sound?", soundness_page(result, trial)),
            *guarded,
        ),
        lineage=_lineage(result, trial),
    )


def basis_text(result: NightResult, trial: TrialResult) -> str:
    """`Based on 64,000 customers, decided about from ... to ...`, and what was not counted."""
    log, word = trial.log, result.vocabulary
    if trial.counted is not None:
        return said_of_counts(result, trial.entities, trial.counted)
    if log is None:
        return f"Based on {words.entities(result, trial.entities)}."
    one_day = log.first_day == log.last_day
    days = f"on {log.first_day}" if one_day else f"from {log.first_day} to {log.last_day}"
    bought = words.counted(log.purchases, word.success, word.successes)
    window = words.days(log.window_days)
    everybody = f"Based on all {words.entities(result, trial.entities)} decided about {days}"
    if log.purchases or log.purchases_outside:
        text = f"{everybody}, and {bought} within {window} of it."
    else:  # what earns is no purchase
        text = f"{everybody}. What came within {window} of it counts."
    if log.purchases_outside:
        outside = words.counted(log.purchases_outside, word.success, word.successes)
        text += f" {outside} of theirs came before the decision or after that window: none counts."
    if log.immature:
        waiting = words.counted(log.immature, "decision")
        text += f" {waiting} whose window is still open, or touches a day left out, are not counted."
    return text


def _between(interval: Interval | None, said: AnswerWords, *, signed: bool = False) -> str:
    if interval is None:
        return numbers.NOT_KNOWN
    text = said.interval(interval.estimate, interval, signed=signed)
    return f"{text.low} to {text.high}"


def _cell(estimate: float, interval: Interval | None, said: AnswerWords, *, signed: bool = False) -> Markup:
    text = said.interval(estimate, interval, signed=signed)
    return lines(figure(numbers.exact(estimate), text.estimate), _between(interval, said, signed=signed))


def _arms(result: NightResult, trial: TrialResult, said: AnswerWords) -> Table:
    word, level = result.vocabulary, numbers.percent(trial.level)
    columns = [
        text_column(words.capital(word.action)),
        Column(words.capital(word.entities), "given it"),
        Column("Value", f"{said.per}{said.net}; {level} interval of its own"),
    ]
    if trial.counted is None:
        columns.append(Column("Cost", said.per))
    if trial.idle:
        columns.append(Column(f"More than {word.nothing}", f"{level} interval, all differences at once"))
    rows = []
    for arm in trial.best_arms(MOST_ARMS):
        against = trial.against_idle(arm.arm)
        row = [
            said.name(arm.arm),
            figure(arm.entities, numbers.count(arm.entities)),
            _cell(arm.estimate, arm.value, said),
        ]
        if trial.counted is None:
            row.append(figure(numbers.exact(arm.cost), numbers.amount(arm.cost)))
        if trial.idle:
            row.append(
                Markup("–")
                if against is None
                else _cell(against.estimate, against.interval, said, signed=True)
            )
        rows.append(row)
    which = f"Every {word.action}" if len(rows) == len(trial.arms) else f"The best {word.actions}"
    return Table(f"{which}, were it given to all {word.entities}", tuple(columns), rows, cards=True)


def _arms_note(result: NightResult, trial: TrialResult, said: AnswerWords) -> str:
    word = result.vocabulary
    if trial.counted is not None:
        return words.said(word, how_valued(trial.counted))
    if len(trial.arms) > MOST_ARMS:
        rest = numbers.count(len(trial.arms) - MOST_ARMS)
        return f"{rest} more {word.actions}, worth less, are in arms.csv."
    step = numbers.decimals_that_matter([a.mean for a in trial.arms])
    means = [f"{said.name(a.arm)} {numbers.grouped(a.mean, step)}" for a in trial.arms]
    plain = words.listed(means, most=12)
    if any(check.lacks == "facts" for check in trial.checks):
        than_these = f"less the cost: nothing is known of {word.entities} before the draw to allow for"
    else:
        than_these = f"and surer: they allow for what was known of {word.entities} before the draw"
    return f"Plain means before cost: {plain}. The values above are nearly these, {than_these}."


def _differences(trial: TrialResult, said: AnswerWords) -> Page:
    if len(trial.arms) > MOST_ARMS:
        return _best_against_all(trial, said)
    table = differences_table(trial, said)
    risk = numbers.percent(1 - trial.level)
    note = (
        "Whether two are told apart is asked in steps: first whether all are alike, then of ever smaller "
        "groups. "
        f"Such a test is wrong about any pair in at most {risk} of all cases, and can tell apart what "
        "intervals "
        "that have to hold all at once do not."
        if len(trial.arms) > 2
        else ""
    )
    return Page((Part(table=table, note=note),))


def _best_against_all(trial: TrialResult, said: AnswerWords) -> Page:
    """Of very many pairs those of the arm with the largest estimate."""
    best = trial.best_arms(1)[0].arm
    its = tuple(d for d in trial.differences if best in (d.arm, d.other))
    table = differences_table(replace(trial, differences=its), said)
    all_pairs = numbers.count(len(trial.differences))
    note = f"The pairs of {said.name(best)}. All {all_pairs} are in differences.csv, and all hold at once."
    return Page((Part(table=table, note=note),))


def differences_table(trial: TrialResult, said: AnswerWords) -> Table:
    """Every pair, the largest difference first."""
    level = numbers.percent(trial.level)
    rows = [_difference_row(d, said) for d in sorted(trial.differences, key=lambda d: -abs(d.estimate))]
    columns = (
        text_column("Pair"),
        Column("Difference", said.per),
        Column("All at once", f"{level} that every one of these holds"),
        Column("By itself", f"{level} for this one alone"),
        text_column("Told apart?"),
    )
    return Table("Every pair", columns, rows, cards=True)


def _difference_row(d: ArmDifference, said: AnswerWords) -> list[str | Markup]:
    shown = said.best_first(d)
    if d.told_apart:
        told = "yes"
    elif d.interval is None:
        told = f"not known: too few {said.word.entities}"
    elif d.more_entities is None:
        told = "no"
    else:
        told = f"no. {said.more(d)}"
    return [
        f"{said.name(shown.arm)} over {said.name(shown.other)}",
        figure(numbers.exact(shown.estimate), said.difference_text(shown.estimate, shown.interval)),
        _between(shown.interval, said, signed=True),
        _between(shown.alone, said, signed=True),
        told,
    ]


def rule_page(result: NightResult, trial: TrialResult, said: AnswerWords) -> Page:
    rule, word = trial.rule, result.vocabulary
    if trial.verdict.kind == Answer.CONTRADICTION:
        return Page(empty="Not asked: the test is not sound.")
    if trial.counted is not None:
        return Page(empty=words.said(word, NO_FACTS))
    if trial.guardrails:
        one = f"one {word.action} for all {word.entities}"
        return Page(empty=f"No rule was looked for: guardrails are held to {one}.")
    if rule is None:
        asked = f"facts about {word.entities} (“logs.user_features”) and at least 200 {word.entities}"
        return Page(empty=f"No rule was looked for: that takes {asked} in each {word.action}.")
    if rule.tree.feature is None:
        nothing = f"none of the facts about {word.entities} tells, beyond chance, {word.which_ones} gain more"
        return Page(empty=f"No rule was found: {nothing} from another {word.action}.")
    gain = numbers.interval(
        rule.estimate, *((None, None) if rule.gain is None else (rule.gain.low, rule.gain.high)), signed=True
    )
    brings = f"{gain.estimate} {said.per} ({gain.low} to {gain.high})"
    if rule.gain is not None and rule.gain.low > 0:
        lead = f"A rule of a few lines earns {brings} more than the best single {word.action}."
    else:
        lead = (
            f"No rule was found that surely beats one {word.action} for all: the best of a few lines earns "
            f"{brings} beyond the best single one."
        )
    rows = [
        [when, said.name(node.action), figure(node.rows, numbers.count(node.rows))]
        for when, node in ends_of(rule.tree, result.entity, result.currency)
    ]
    one_each = trial.decisions == trial.entities
    columns = (
        text_column("When"),
        text_column(words.capital(word.action)),
        Column(words.capital(word.entities) if one_each else "Decisions"),
    )
    note = f"The gain is that of {word.entities} that had no part in choosing the rule."
    return Page((Part(table=Table("The rule", columns, rows), note=note),), lead=lead)


def soundness_page(result: NightResult, trial: TrialResult) -> Page:
    if trial.counted is not None:
        return Page(empty=words.said(result.vocabulary, NOT_CHECKED))
    asked = {check.kind: check.p_value is not None for check in trial.checks}
    rows = [
        [
            checks.question(result, c),
            "no" if c.status != "ok" else "yes" if asked[c.kind] else "not asked",
            checks.found_text(result, c),
        ]
        for c in result.health
        if c.kind in asked
    ]
    alarm = max((c.false_alarm for c in trial.checks), default=0.0)
    columns = (text_column("Asked"), text_column("Answer"), text_column("Found"))
    table = Table("Before anything else", columns, rows, cards=True)
    note = (
        f"Each answers no to a sound test in at most 1 of {numbers.count(1 / alarm)} cases." if alarm else ""
    )
    return Page((Part(table=table, note=note),))


def _lineage(result: NightResult, trial: TrialResult) -> LineagePage:
    if trial.counted is not None:
        return answer_lineage(result, COUNTED_GLOSSARY, of_entities=False)
    window = trial.log.window_days if trial.log is not None else result.horizon_days
    return answer_lineage(result, TRIAL_GLOSSARY, (("Outcomes count for", words.days(window)),))
