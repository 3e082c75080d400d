"""Columns and terms of ordered levels, in the study's words."""

from reports.glossary_evidence import Term

LEVELS_GLOSSARY: tuple[Term, ...] = (
    Term(("study", "as_of"), "Which study, and the date before which everything used was known."),
    Term(
        ("verdict",),
        "CHOOSE: one level alone may be the best. CHOOSE_AMONG: several may be, and the first is advised. "
        "CHOOSE_NONE: it is that of {nothing}. NO_EVIDENCE: any may be, or the test is not sound.",
    ),
    Term(("level", "unit"), "One of the {actions} that were drawn at random, and what it is counted in."),
    Term(("arm",), "Its name in the log."),
    Term(("entities",), "How many {entities} were given it."),
    Term(("raw",), "What all {entities} would bring at this level, by its own decisions alone."),
    Term(
        ("value", "low", "high"),
        "The same on the curve of all levels, and an interval that holds for all levels at once; as "
        "wide as if "
        "neighbours lent nothing.",
        "weighted polynomial; one degree more than fits; max-t of the raw values, bootstrap-t by {entities}",
    ),
    Term(
        ("over_idle", "under_best"),
        "Value minus that of doing nothing; minus that of the level advised. Intervals hold for all "
        "differences "
        "of two levels at once.",
    ),
    Term(
        ("may_be_best",),
        "Whether it is in the set that holds the truly best level so often as the confidence says.",
        "multiple comparisons with the best, Hsu 1981",
    ),
    Term(
        ("elasticity",),
        "Per cent of demand per per cent of price, one for all levels; where none fits them, that of every "
        "step is told.",
        "slope of log units on log price; chi-squared of the misfit; arc elasticity of every step",
    ),
    Term(
        ("peak",),
        "Where the curve is highest, points between the levels included; empty where the curve goes through "
        "every level, and so tells nothing between them.",
    ),
)
