"""Columns and terms of a test of arms, in the study's words."""

from reports.glossary_evidence import Term

TRIAL_GLOSSARY: tuple[Term, ...] = (
    Term(("study", "as_of"), "Which study, and the date before which everything used was known."),
    Term(
        ("verdict",),
        "CHOOSE: one is better than all it can be told from. CHOOSE_AMONG: several are, and cannot be told "
        "apart. "
        "CHOOSE_BY_RULE: a rule of a few lines earns more than any one for all. "
        "CHOOSE_NONE: every one is worse than {nothing}. NO_EVIDENCE: nothing was found, or the test is not "
        "sound.",
    ),
    Term(("test",), "The name of a test that was logged as counts; empty where it has none."),
    Term(("arm",), "One of the {actions} that were drawn at random; “none” is {nothing}."),
    Term(("entities",), "How many {entities} were given it."),
    Term(("mean", "cost"), "Plain mean of what came of them before cost; mean cost."),
    Term(
        ("value", "low", "high"),
        "What all {entities} would bring on average, were each given this one, cost taken off, and its "
        "interval.",
        "mean of m_a(x) + 1[given a] (y − m_a(x)) / e, m_a a ridge regression learned from others, e the "
        "probability",
    ),
    Term(
        ("against_idle", "difference"),
        "The same of two of them: the difference, and an interval that holds for all differences of the test "
        "at "
        "once; “_alone”: for this one by itself.",
        "quantile of the largest |z| under the scores’ correlation; bootstrap-t and gamma guard for each",
    ),
    Term(
        ("told_apart",),
        "Whether a test in steps finds a difference between the two.",
        "every group of arms that holds both differs: Ryan, Einot, Gabriel and Welsch",
    ),
    Term(
        ("more_entities", "more_entities_to_matter"),
        "How many more {entities} would tell the two apart in four of five cases, if the difference is what "
        "is "
        "estimated, or the one that the study says matters.",
        "n ((c + 0.84)² s² / d² − 1)",
    ),
    Term(("level",), "How often such an interval holds the truth.", "0.95: in 95 of 100 cases"),
)

_OF_COUNTS = {
    ("mean", "cost"): Term(("mean", "cost"), "Plain mean of what came of them; counts tell no cost: 0."),
    ("value", "low", "high"): Term(
        ("value", "low", "high"),
        "What all {entities} would bring on average, were each given it, before cost, and its interval. "
        "Where days are told, each counts by the {entities} that all {actions} had on it.",
        "sum over days of the day’s share × the day’s mean; gamma reach of the terms",
    ),
    ("against_idle", "difference"): Term(
        ("against_idle", "difference"),
        "The same of two of them: the difference, and an interval that holds for all differences of the test "
        "at once; “_alone”: for this one by itself.",
        "quantile of the largest |z| of jointly normal means",
    ),
}
COUNTED_GLOSSARY: tuple[Term, ...] = tuple(_OF_COUNTS.get(term.names, term) for term in TRIAL_GLOSSARY)
"""The same of tests that were logged as counts."""
