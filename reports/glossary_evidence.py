"""The glossary's part about evidence: ways of estimating, bounds, gates and what could be hidden."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """`names` are the columns of the files (or the term) that the entry explains."""

    names: tuple[str, ...]
    text: str
    formula: str = ""


ESTIMATORS: tuple[Term, ...] = (
    Term(
        ("DRL",),
        "Double reinforcement learning, the headline: a model of the future, corrected by what really "
        "followed. Each decision weighs as much more as the plan meets its state more often, so long "
        "histories do not blow the weights up. It believes that the state, and what was done before beyond "
        "what was to be expected of delivery, hold what the past says about the future.",
        "E[V̂(s_0)] + Σ_t E[w_t (r_t + V̂(s_{t+1}) − Q̂(s_t, a_t))],  w_t = ρ_t(s_t) π(a_t|s_t) / μ(a_t|s_t),  "
        "ρ_t = p_π(s_t, R_t) / p_μ(s_t, R_t),  R_t = Σ_{u<t} (1[a_u = k] − μ(k|s_u)); far from today’s "
        "delivery each halved every day",
    ),
    Term(
        ("SNDR",),
        "Self-normalised doubly robust: the same with weights of the whole history, scaled to average one. "
        "It believes less about the state, and is noisier; it is asked whether it contradicts DRL.",
        "as DRL with w_t = Π_{u≤t} π(a_u|s_u) / μ(a_u|s_u), divided by its mean at t",
    ),
    Term(
        ("DRL with a memory",),
        "DRL whose weights have the other memory, of the last days alone or of all: where its estimate "
        "differs, the state forgets something. Of a personalised plan: DRL whose weights may be below 0, as "
        "the line through the plan’s surprises has them. DRL’s intervals reach at least as far as it.",
        "as DRL, with the other R_t",
    ),
    Term(
        ("SNPDIS",),
        "Self-normalised per-decision importance sampling: the weights alone, without a model.",
        "Σ_t E[w_t r_t] / E[w_t], w_t as for SNDR",
    ),
    Term(
        ("FQE",),
        "Fitted Q evaluation: the model alone, learned without the {people} it is applied to. It has no "
        "interval, because a model’s own predictions do not tell how far they are off.",
        "E[V̂(s_0)],  Q̂ = E[r + V̂(s′)],  V̂ = Σ_a π(a|s) Q̂(s, a)",
    ),
    Term(("DR",), "Doubly robust: SNDR with its weights as they are, for transparency."),
    Term(
        ("PDIS", "TIS"),
        "Importance sampling with the weights as they are: per decision, and per whole history. Right on "
        "average where the probabilities are, and very noisy; for transparency only.",
        "PDIS = Σ_t E[w_t r_t];  TIS = E[w_T Σ_t r_t]",
    ),
)

EVIDENCE: tuple[Term, ...] = (
    Term(
        ("effective sample",),
        "The column “ess” on the trust page: how many equally weighted histories would tell as much.",
        "(Σ w)² / Σ w²",
    ),
    Term(
        ("tail shape",),
        "How heavy the largest weights are. Below 0.5 their spread is finite; above the limit a few "
        "histories that nobody has seen yet would decide the figure, and more of the same logs do not help.",
        "shape k of a generalised Pareto fitted to the largest weights (Vehtari et al. 2024)",
    ),
    Term(
        ("ways of estimating agree", "disagreement", "disagreement_limit", "disputed_by", "unchecked"),
        "Whether DRL and its witnesses, which believe less, give the same uplift within their common noise. "
        "Where one contradicts it and the difference matters, the plan is disputed, and nothing moves on it "
        "unless both are above 0 beyond doubt. "
        "Where the logs hold too few whole histories for any of them to be asked, it is unchecked: no "
        "verdict is given on DRL’s word alone.",
        "|DRL − witness| / standard error of the difference, limit corrected for asking several (Bonferroni)",
    ),
    Term(
        ("hidden cause", "hidden_cause", "hidden_cause_doubt"),
        "Sensitivity: how many times as likely something that the logs do not hold would have to make the "
        "decisions that matter, in the worst case, until a gain is none.",
        "smallest Γ at which min over w′ in [w/Γ, w·Γ] of the uplift is 0 (Tan 2006)",
    ),
    Term(
        ("bound counting all plans", "low_among_all"),
        "The least that a plan brings even if it is picked because it looks best among all that were "
        "compared.",
        "estimate − c · standard error, c from the largest of all plans’ bootstrapped t (Romano & Wolf 2005)",
    ),
    Term(
        ("bound for every night", "low_every_night"),
        "The least that a plan brings on all nights together, however often one looks and stops when it "
        "suits.",
        "a confidence sequence: P(bound ≤ truth on every night) ≥ level",
    ),
    Term(
        ("gamma guard",),
        "Keeps an interval from ending too early where few, heavy {successes} decide: it adds the "
        "one that was "
        "not seen yet. Where {successes} are many it changes nothing.",
        "upper end ≥ upper quantile of a gamma with mean y + k and variance v + k²; y = Σ w·amount, "
        "v = Σ (w·amount)², k = typical weight × typical amount (after Fay & Feuer 1997)",
    ),
)
