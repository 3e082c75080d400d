"""Columns and terms of a test by region."""

from reports.glossary_evidence import Term

REGIONS_GLOSSARY: tuple[Term, ...] = (
    Term(("study", "as_of"), "Which study, and the date before which everything used was known."),
    Term(
        ("verdict",),
        "FOUND: the interval of what was added lies on one side of 0, and few placebo groups show as much. "
        "NO_EVIDENCE: nothing was found, or a check forbids an answer.",
    ),
    Term(
        ("added",),
        "Outcome per treated region and day with treatment beyond its mixture of control regions, less the "
        "same of the days before.",
        "D_r − Σ w_c D_c, D a region’s mean with less its mean before; w ≥ 0, Σ w = 1, least squares before",
    ),
    Term(("weight",), "A control region’s share of that mixture, a mean over the treated regions."),
    Term(
        ("difference_in_differences",),
        "The same with all control regions weighted alike.",
    ),
    Term(
        ("p_value", "placebos"),
        "Share of groups of control regions, judged as if treated, that show as much; how many there were.",
    ),
    Term(("low", "high"), "Interval from how far placebo groups miss 0.", "t with C − 1 degrees"),
    Term(
        ("added_per_unit_of_spend",),
        "What was added over the spend that was added in the treated regions, and all ratios that chance "
        "leaves open.",
        "Fieller 1954",
    ),
    Term(
        ("more_regions", "more_days"),
        "How many more would find it in four of five cases, were it what is estimated.",
    ),
)
