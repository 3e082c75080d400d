"""Every column and every term of art, in a sentence and a formula, in the study's words."""

from dataclasses import replace

from models.results import Vocabulary
from reports import words
from reports.glossary_evidence import ESTIMATORS, EVIDENCE, Term

GLOSSARY: tuple[Term, ...] = (
    Term(("study", "as_of"), "Which study, and the date before which everything used was known."),
    Term(("currency", "period_days"), "Unit of all money, and how many days one budget lasts."),
    Term(
        ("verdict",),
        "MOVE: type the budgets in. MOVE_PARTLY: the same, but something was held back. KEEP: no move is "
        "surely better, or two ways of working it out disagree. NO_EVIDENCE: these logs cannot tell.",
        "MOVE when the low end of the uplift is above 0, a bound that holds for every split at once",
    ),
    Term(
        ("tier",),
        "What the logs can prove. A+: random delivery. A: we see {which_ones} could have been {shown} "
        "{a_treatment}. "
        "B: only {treatments} that were {shown}. C: daily totals.",
    ),
    Term(("channel", "segment"), "Whose budget it is; an empty segment means {everybody}."),
    Term(
        ("current",),
        "Today’s budget per budget period.",
        "what was spent in the newest complete period, or the budget typed in for it",
    ),
    Term(
        ("recommended",), "The budget to type in, on the platform’s rounding step.", "C_k(1) · m_k, rounded"
    ),
    Term(
        ("low", "high"),
        "Of a budget: the range in which the best budget lies, over resamples of {people}. Of an "
        "estimate: its interval.",
        "bootstrap-t, resampled by {person}; no shorter than the gamma guard, nor than the way to DRL with a "
        "memory",
    ),
    Term(("level",), "How often such an interval holds the truth.", "0.95: in 95 of 100 cases"),
    Term(
        ("min_allowed", "max_allowed"),
        "The bounds the study sets.",
        "today’s budget × multiplier bounds, or fixed",
    ),
    Term(
        ("multiplier",),
        "The recommended budget as a multiple of today’s. The platform {shows} each {treatment} "
        "m times as often as now.",
        "m_k = recommended / current;  π_m(k|s) = m_k · μ(k|s)",
    ),
    Term(
        ("marginal_iroas", "marginal_iroas_low", "marginal_iroas_high"),
        "Margin that one more unit of spend on this {action} causes, at today’s budget, and its interval: "
        "one end stays empty where no bound can be told, since spend hardly follows the budget.",
        "(∂V/∂log m_k) / (∂C/∂log m_k) at m = 1",
    ),
    Term(
        ("expected_spend", "expected_spend_low", "expected_spend_high"),
        "What will really be spent in the next period: {an_action} without further {people} to reach cannot "
        "spend more, and none spends more than is typed in. The interval is as wide as weeks that have come "
        "were off such forecasts.",
        "C_k(m) = E[Σ_t cost_k] from the newest states",
    ),
    Term(
        ("attributed_roas",),
        "What a count by the last {treatment} credits, as platforms use it: revenue after its last "
        "{treatment}, per unit of spend; of daily totals alone, what they report. Not what the {treatment} "
        "caused.",
        "revenue whose last {treatment} within the window was k / cost_k",
    ),
    Term(("reason",), "Why this number, or why it cannot be relied on."),
    Term(
        ("uplift", "uplift_low", "uplift_high", "probability_better"),
        "Recommended minus today’s split, per budget period with as many {entities} as in the newest one (or "
        "per entity, where the unit says so), and the chance that it is above 0.",
        "V(m) − V(1). Low: less q standard errors, with q such that all splits hold at once. Estimate: less "
        "what the best of many flatters, as resamples tell it",
    ),
    Term(("policy",), "A plan: which {treatment}, if any, for {to_which_ones} and when."),
    Term(("outcome", "unit"), "What is counted, and in what.", "profit = margin − cost"),
    Term(
        ("estimator",),
        "How a plan’s value is worked out from logs of another plan. Their errors differ, so agreement "
        "is evidence. DRL leads; SNDR, SNPDIS and FQE stand beside it; DR, PDIS and TIS are raw, for "
        "transparency. Logged mean: the plain average, for today’s delivery only.",
    ),
    *ESTIMATORS,
    Term(
        ("estimate",),
        "The best guess of the total per budget period, with as many {entities} as in the newest one (or "
        "mean per entity, where the unit says so).",
    ),
    Term(
        ("ess",),
        "Effective sample size: how many full histories’ worth of evidence is left after weighting, a "
        "history being one {one_kind} over one horizon. State by state for DRL and FQE, "
        "in whole histories for the others. Below the study’s minimum nothing is claimed.",
        "(Σ w)² / Σ w², the smallest over the decisions t",
    ),
    Term(
        ("max_weight",),
        "The largest weight of a single history (of a single state for DRL): large ones mean that few "
        "{people} decide.",
        "max over i of Π_t π(a_t|s_t) / μ(a_t|s_t); for DRL, of ρ_t(s_t) π(a_t|s_t) / μ(a_t|s_t)",
    ),
    Term(("users",), "{Kinds} behind the estimate."),
    Term(
        ("credible",),
        "Whether there is enough evidence: enough histories, no single history dominates, the weights’ tail "
        "is not too heavy, and the plan stays where delivery has been.",
    ),
    *EVIDENCE,
    Term(
        ("price",),
        "What the last unit of budget must earn in margin; where margin is per entity, per entity too.",
        "λ in: maximise margin − λ · cost",
    ),
    Term(
        ("delivery",),
        "split: each {action} gets a budget and the platform delivers it. personalised: a learned plan "
        "decides for every {person} and day.",
    ),
    Term(
        ("budget", "spend", "spend_low", "spend_high", "spend:<channel>"),
        "Total budget of a plan, what it spends in the next period, with its interval if it is left alone, "
        "and on which {action}.",
    ),
    Term(
        ("corrected_low", "corrected_high"),
        "What a personalised plan would spend if its price were solved anew every night for the money that "
        "is left, which is for whoever runs it to do: a report prices a whole period.",
        "B ± t · d · B / nights; d: how far one night’s forecast of a day is off",
    ),
    Term(
        ("value left by not targeting",),
        "Profit of the personalised plan less that of the same money per {action} delivered by the "
        "platforms, on the same {people}.",
        "V(π) − V(m) with C_k(m) = C_k(π)",
    ),
    Term(
        ("chart", "at", "in_logs"),
        "Of charts.csv: which picture a figure belongs to; the budget, the how-many-th {treatment} or the "
        "predicted share that it is the figure at; whether the logs hold such a budget.",
    ),
    Term(("decisions",), "Decisions behind a figure."),
    Term(("value",), "Margin of the plan per budget period (or per entity), before its cost."),
    Term(
        ("name", "status", "figure", "limit", "text"),
        "A check: ok, warn (look at it) or stop (no recommendation), its figure, the limit and what to do.",
    ),
    Term(
        ("overlap",),
        "In how many comparable decisions delivery also did otherwise. Where nearly {everybody} is {shown} "
        "{a_treatment}, {nobody} is left to compare with.",
        "mean μ(k|s) and mean μ(none|s) where k was possible",
    ),
    Term(
        ("calibration",),
        "Whether delivery chose {an_action} as often as predicted.",
        "mean predicted μ(k|s) against the observed share, in groups of like predictions",
    ),
    Term(
        ("placebo",),
        "An estimate whose true answer is 0, to see whether the method finds something in nothing.",
    ),
    Term(
        ("fidelity",),
        "How often the small tree and the plan choose the same; worth something only above always "
        "guessing the "
        "commonest choice.",
        "share of decisions with tree(s) = argmax_a π(a|s)",
    ),
)


def glossary(vocabulary: Vocabulary) -> tuple[Term, ...]:
    """The entries of a split's columns and terms."""
    return in_words(GLOSSARY, vocabulary)


def in_words(terms: tuple[Term, ...], vocabulary: Vocabulary) -> tuple[Term, ...]:
    """Entries with the study's words in place of `{people}`, `{action}` and their like."""
    return tuple(
        replace(term, text=words.said(vocabulary, term.text), formula=words.said(vocabulary, term.formula))
        for term in terms
    )
