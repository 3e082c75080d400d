"""The personalised part of the split benchmark's page."""

from tests.benchmarks.evaluation_page import number, percent, signed, table
from tests.benchmarks.split_channel import OURS
from tests.benchmarks.split_personal import AT_TODAY, NAMES, PERSONAL
from tests.benchmarks.split_promises import answers, belief, personal_promises
from tests.benchmarks.split_replicate import ORACLE, RANDOM
from tests.benchmarks.split_scores import NULL_WORLDS, Records, Results, paired, score
from tests.benchmarks.split_totals import MMM

RIVALS = (RANDOM, ORACLE, OURS, MMM)


def personal_sections(results: Results) -> list[str]:
    """Empty where no replicate has personalised rows."""
    pools: dict[int, Records] = {}
    for (world, entities), records in results.items():
        if world not in NULL_WORLDS:
            pools.setdefault(entities, []).extend(r for r in records if r["personal"])
    pools = {n: pools[n] for n in sorted(pools, reverse=True) if pools[n]}
    if not pools:
        return []
    return [_against(pools), _beliefs(pools), _frontier(pools)]


def _against(pools: dict[int, Records]) -> str:
    rows = []
    for entities, records in pools.items():
        for method in (PERSONAL, AT_TODAY):
            own = score(records, method)
            where = [f"{entities:,}", str(own.n)]
            today = [signed(own.uplift), "–", percent(own.below), number(own.spend, 2)]
            rows.append([method, "today's delivery", *where, *today])
            for rival in RIVALS:
                found = paired(records, rival, method)
                if found is not None:
                    than = [signed(found.difference), number(found.p, 4), percent(found.loses)]
                    rows.append([method, rival, *where, *than, "–"])
        kept = personal_promises(records)
        promise = ["–", "–", _kept(kept.coverage, kept.ratio), "–"]
        rows.append([PERSONAL, "*its own promise*", f"{entities:,}", str(kept.n), *promise])
    header = ["policy", "against", "customers", "replicates", "better by", "p", "earns less", "spend"]
    text = (
        "## Personalised delivery\n\nThe agent that everybody trusts most, at the price they trust "
        "(at most today's spend), and its frontier's answer to today's budget; both put in force whether or "
        "not their gain is beyond doubt, over the replicates of all worlds but the null ones. Its own "
        "promise: how often the 95 % interval, whose low end is right for all that was tried, holds what "
        "came, and promised over realised.\n\n"
    )
    return text + table(header, rows)


def _kept(coverage: float | None, ratio: float | None) -> str:
    return f"covered {percent(coverage)}, promised / realised {number(ratio, 2)}, where there was one"


def _beliefs(pools: dict[int, Records]) -> str:
    rows = []
    for entities, records in pools.items():
        for agent in NAMES.values():
            found = belief(records, agent)
            if found is None:
                continue
            rows.append(
                [
                    agent,
                    f"{entities:,}",
                    str(found.n),
                    percent(found.supported / found.n),
                    percent(found.trusted / found.n),
                    signed(found.believed),
                    signed(found.realised),
                    number(found.spend, 2),
                    percent(found.within),
                ]
            )
    header = [
        "agent",
        "customers",
        "replicates",
        "supported",
        "trusted most",
        "believed",
        "realised",
        "spend",
        "within 2 % of today's",
    ]
    text = (
        "## What users believe of the agents they did not teach\n\nUplift as a share of today's profit where "
        "the log supports the agent, at the price and softness that were chosen by it, and realised.\n\n"
    )
    return text + table(header, rows)


def _frontier(pools: dict[int, Records]) -> str:
    rows = []
    for entities, records in pools.items():
        for found in answers(records):
            can = found.n - found.cannot
            rows.append(
                [
                    percent(found.budget),
                    f"{entities:,}",
                    str(found.n),
                    str(found.cannot),
                    percent(found.inside / can if can else None),
                    percent(found.near / can if can else None),
                    number(found.realised, 2),
                ]
            )
    header = ["budget", "customers", "answers", "cannot be spent", "inside", "within 5 %", "realised spend"]
    text = (
        "## Any budget without fitting anew\n\nBudgets as shares of today's spend, answered by the night's "
        "frontier of the trusted agent: "
        "how often it says that the budget cannot be spent, how often the spend realised in the world lies "
        "in the 95 % interval of the answer's spend, and within 5 % of the budget.\n\n"
    )
    return text + table(header, rows)
