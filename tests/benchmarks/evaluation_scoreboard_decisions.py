"""The scoreboard's tables about decisions: the alarm, ranking candidates, accepting one."""

from collections.abc import Sequence

import numpy as np

from models.worlds.tabular_catalogue import Case
from tests.benchmarks.evaluation_page import number, percent, signed, table
from tests.benchmarks.evaluation_scoreboard_estimators import HEADLINE, RANKED
from tests.benchmarks.evaluation_scoreboard_scores import (
    Records,
    Score,
    bias_over_half_width,
    disputed_share,
    gate,
    ranking,
    with_candidates,
)

UPLIFT = "uplift of profit"


def hidden_text(
    scores: dict[tuple[str, str, str], Score],
    cases: dict[str, Case],
    results: dict[str, Records],
    markov: Sequence[str],
    hidden: Sequence[str],
) -> str:
    if not hidden:
        return ""
    rows = []
    ratio = {w: bias_over_half_width(cases[w], results[w], UPLIFT) for w in (*hidden, *markov)}
    for w in sorted(hidden, key=lambda w: abs(ratio[w])):
        s, witness = scores[w, HEADLINE, UPLIFT], scores[w, "SNDR", UPLIFT]
        rows.append(
            [
                w,
                signed(s.relative_bias),
                number(ratio[w], 2),
                percent(s.coverage, 1),
                signed(witness.relative_bias),
                percent(witness.coverage, 1),
                percent(disputed_share(results[w])),
            ]
        )
    alarms = [disputed_share(results[w]) for w in markov]
    text = (
        "### What the state forgets: worlds that are not Markov\n\nPurchases depend on something that "
        "earlier ads changed and no feature shows. The headline knows what was done in the last days beyond "
        "what was to be expected of delivery, and its interval reaches its witnesses, which remember more; "
        "the alarm should ring where the bias exceeds the interval all the same. Bias / half-width: below 1 "
        "the interval still reaches the truth.\n\n"
    )
    header = [
        "world",
        "bias of the headline",
        "bias / half-width",
        "coverage",
        "bias of SNDR",
        "coverage of SNDR",
        "alarm",
    ]
    after = ""
    if alarms:
        after = (
            f"\nFalse alarms in the {len(alarms)} Markov worlds: {percent(float(np.mean(alarms)), 1)} on "
            f"average, {percent(max(alarms), 1)} at most.\n"
        )
    return text + table(header, rows) + after


def ranking_text(cases: dict[str, Case], results: dict[str, Records], worlds: Sequence[str]) -> str:
    judged = {w: with_candidates(results[w]) for w in worlds}
    judged = {w: records for w, records in judged.items() if records}
    if not judged:
        return ""
    found = {(w, e): ranking(cases[w], records, e) for w, records in judged.items() for e in RANKED}
    rows = []
    for w in sorted(judged, key=lambda w: -np.nan_to_num(found[w, HEADLINE].spearman, nan=-2.0)):
        rows.append(
            [
                w,
                *(number(found[w, e].spearman, 2) for e in RANKED),
                *(percent(found[w, e].regret_1, 1) for e in RANKED),
                *(percent(found[w, e].regret_5, 1) for e in RANKED),
            ]
        )
    text = (
        "### Ranking candidates\n\nAt least 20 policies per world, some better and some worse than today's "
        "delivery, ranked by estimated uplift of profit on half of the users. Spearman: 1 is the true order. "
        "Regret: what the first (or the best of the first five) truly earns less than the best candidate, "
        "as a share of today's profit. Worlds in which the headline ranks best stand first.\n\n"
    )
    header = [
        "world",
        *(f"Spearman {e}" for e in RANKED),
        *(f"regret@1 {e}" for e in RANKED),
        *(f"regret@5 {e}" for e in RANKED),
    ]
    return text + table(header, rows)


def gate_text(cases: dict[str, Case], results: dict[str, Records], worlds: Sequence[str]) -> str:
    judged = {w: with_candidates(results[w]) for w in worlds}
    gates = {w: gate(cases[w], records) for w, records in judged.items() if records}
    if not gates:
        return ""
    rows = [
        [
            w,
            f"{g.worse} of {g.candidates}",
            percent(g.accepted),
            percent(g.wrong, 1),
            percent(g.realised),
            percent(g.false_bounds, 1),
            str(len(judged[w])),
        ]
        for w, g in sorted(gates.items(), key=lambda item: (-item[1].wrong, -item[1].accepted, item[0]))
    ]
    text = (
        "### Accepting a policy\n\nHalf of the users choose the candidate with the highest lower bound, the "
        "other half report it; it is accepted where their lower bound is above 0. Wrong: accepted though "
        "truly no better than today; at most 2.5 % is what a 95 % interval promises. Realised: true uplift "
        "of what was done over that of the best candidate. Bounds above 0: how often one bound alone calls "
        "a candidate better that is not, before any choosing. Worst first.\n\n"
    )
    header = ["world", "no better", "accepted", "wrong", "realised", "bounds above 0", "logs"]
    return text + table(header, rows)
