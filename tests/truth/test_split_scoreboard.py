"""The split benchmark's scores and page, from records by hand."""

from pathlib import Path

import pytest

from models.agents.frontier import MixturePolicy
from models.policies.policy import Policy
from models.policies.rules import Always, UniformEligible
from tests.benchmarks.json_lines import append_line
from tests.benchmarks.split_channel import CONSIDERED, OURS
from tests.benchmarks.split_frontier import Answer, realised_answers
from tests.benchmarks.split_night import Size, seed_of
from tests.benchmarks.split_page import page_text
from tests.benchmarks.split_personal import AT_TODAY, PERSONAL
from tests.benchmarks.split_promises import (
    answers,
    belief,
    false_moves,
    harmful_channel,
    personal_promises,
    split_promises,
)
from tests.benchmarks.split_replicate import AGENTS_FORMAT, FORMAT, ORACLE, RANDOM
from tests.benchmarks.split_scoreboard import file_of, lacks, records_of, with_all_of
from tests.benchmarks.split_scores import move_share, overall, paired, score


def record(
    number: int,
    ours: float,
    oracle: float,
    *,
    verdict: str = "MOVE",
    high: float = 30.0,
    plan: tuple[float, ...] = (1.0, 1.2, 0.8),
) -> dict:
    """A replicate that earns 100 a week today. A plan that is kept from realises 2."""
    moved = verdict == "MOVE"
    earned = {OURS: ours, CONSIDERED: ours if moved else 2.0, ORACLE: oracle, "equal split": -5.0}
    return {
        "format": FORMAT,
        "replicate": number,
        "verdict": verdict,
        "promise": {"estimate": 12.0, "low": 0.0, "high": high},
        "seconds": 1.0,
        "peak_gib": 2.0,
        "plans": {OURS: list(plan) if moved else [1.0, 1.0, 1.0], CONSIDERED: list(plan)},
        "channels": {"video": {"high": 2.0}, "display": {"high": -0.1 if number else 0.1}},
        "impressions": None,
        "halves": False,
        "obstacle": "Better",
        "detectable": 9.0,
        "personal": None,
        "realised": {name: earning(gain) for name, gain in earned.items()},
    }


def earning(gain: float, spend: float = 1.0) -> dict[str, float]:
    return {"uplift": gain, "error": 0.7, "spend": spend, "profit": 100.0}


def personal(number: int, gain: float, random: float) -> dict:
    """The same with an agent that believed in 20 and was promised to bring 5 to 15."""
    found = record(number, 0.0, 10.0, verdict="KEEP")
    agent = {"price": 1.0, "softness": 0.1, "believed": 20.0, "believed_error": 5.0, "believed_spend": 1.0}
    frontier = [
        {"budget": 0.5, "spent": None},
        {"budget": 1.0, "spent": 1.0, "low": 0.98, "high": 1.02, "realised": 1.01 + number},
        {"budget": 2.0, "spent": 1.2, "low": 1.1, "high": 1.3, "realised": 1.2},
    ]
    found["personal"] = {
        "agents": {"CQL": agent},
        "trusted": "CQL",
        "promise": {"estimate": 10.0, "low": 5.0, "high": 15.0},
        "frontier": frontier,
        "seconds": 60.0,
        "format": AGENTS_FORMAT,
    }
    own = earning(gain, 1.01)
    rows = {"CQL": own, PERSONAL: own, AT_TODAY: own, RANDOM: earning(random)}
    found["realised"] |= rows
    return found


RECORDS = [
    record(0, 8.0, 10.0),
    record(1, 4.0, 10.0, high=3.0),
    record(2, -1.0, 10.0),
    record(3, 0.0, 10.0, verdict="KEEP"),
]


def test_a_score_counts_harm_and_the_share_of_the_oracle() -> None:
    found = score(RECORDS, OURS)
    assert (found.n, found.below) == (4, 0.25)  # keeping today's split is no harm
    assert found.harm == 0.0  # a loss of 1 is within two standard errors of .7
    assert found.uplift == pytest.approx(0.0275) and found.share_of_oracle == pytest.approx(0.275)
    assert score(RECORDS, "equal split").harm == 1.0


def test_every_plan_that_was_considered_is_held_to_its_promise() -> None:
    assert move_share(RECORDS) == 0.75
    found = split_promises(RECORDS)  # one truth above, one below; the plan that was kept from counts too
    assert (found.n, found.above, found.below, found.coverage) == (4, 1, 1, 0.5)
    moved = split_promises(RECORDS, moved_only=True)
    assert (moved.n, moved.above, moved.below) == (3, 1, 1)
    assert moved.ratio == pytest.approx(36 / 11)


def test_methods_are_compared_replicate_by_replicate() -> None:
    found = paired(RECORDS, "equal split")
    assert found is not None and found.difference == pytest.approx(0.0775)
    assert 0 < found.p < 0.05 and found.loses == 0.0
    assert paired(RECORDS, PERSONAL) is None  # in no record


def test_every_world_counts_the_same() -> None:
    more = [record(i, 4.0, 20.0) for i in range(2)]
    found = overall({("demo", 10): RECORDS, ("rare", 10): more}, OURS)
    assert found is not None and (found.worlds, found.n) == (2, 6)
    assert found.uplift == pytest.approx((0.0275 + 0.04) / 2)
    assert found.share_of_oracle == pytest.approx((0.0275 + 0.04) / (0.10 + 0.20))


def test_what_is_a_false_move() -> None:
    cuts = record(4, 1.0, 0.0, plan=(1.0, 1.0, 0.5))
    assert false_moves("demo", RECORDS) is None
    assert false_moves("null-equal", [*RECORDS, cuts]) == 4
    assert false_moves("null-effects", [*RECORDS, cuts]) == 3  # to spend less is right there


def test_the_harmful_channel_is_recognised_and_cut() -> None:
    found = harmful_channel("harmful-channel", RECORDS)
    assert found is not None
    assert (found.channel, found.recognised, found.would_cut, found.cut) == ("display", 3, 4, 3)
    assert harmful_channel("demo", RECORDS) is None


def test_personalised_rows_are_scored_where_they_are() -> None:
    records = [*RECORDS, personal(0, 9.0, 8.0), personal(1, 4.0, 8.0)]
    kept = personal_promises(records)
    assert (kept.n, kept.below, kept.ratio) == (2, 1, pytest.approx(20 / 13))
    found = belief(records, "CQL")
    assert found is not None and (found.n, found.trusted, found.within) == (2, 2, 1.0)
    assert found.believed == pytest.approx(0.2) and found.realised == pytest.approx(0.065)
    against = paired(records, RANDOM, PERSONAL)
    assert against is not None and (against.n, against.loses) == (2, 0.5)


def test_a_budget_that_cannot_be_spent_is_counted_apart() -> None:
    half, whole, twice = answers([personal(0, 9.0, 8.0), personal(1, 4.0, 8.0)])
    assert (half.cannot, twice.cannot) == (2, 2)
    assert (whole.cannot, whole.inside, whole.near) == (0, 1, 1)


def test_todays_delivery_spends_what_it_spends() -> None:
    found = personal(0, 9.0, 8.0)
    answer = {"budget": 1.0, "spent": 1.0, "low": 1.0, "high": 1.0, "realised": 1 + 1e-15}
    found["personal"]["frontier"] = [answer]
    assert answers([found])[0].inside == 1


def test_an_answer_spends_what_its_two_policies_spend_by_their_shares() -> None:
    """Three quarters follow the first and a quarter the second; each is put in force once."""
    nothing, chance = Always(0, "nothing"), UniformEligible()
    asked: list[str] = []

    def realise(policy: Policy) -> dict[str, float]:
        asked.append(policy.name)
        return {"in_force": 5.0 if policy is nothing else 15.0}

    mixture = MixturePolicy(nothing, chance, 0.25, "a quarter")
    answer = Answer(0.75, 0.75, 0.7, 0.8, mixture, today=10.0)
    first, second, third = realised_answers((answer, answer, Answer(0.1, None)), realise)
    assert first["realised"] == second["realised"] == pytest.approx(0.75)
    assert asked == ["nothing", "uniform"]
    assert third == {"budget": 0.1, "spent": None}


def test_the_page_names_what_falls_short() -> None:
    text = page_text({("demo", 10_000): RECORDS, ("null-equal", 10_000): RECORDS}, days=56)
    assert "| demo | 10,000 | 4 | 75 % | – | +2.8 %" in text
    assert "| **all** | 8 | 2 | 2 | 50 % |" in text
    assert "Null worlds, false moves: 3 in 4 replicates" in text
    assert "Personalised delivery" not in text  # nothing to tell


def test_the_page_tells_of_agents_where_they_were_trained() -> None:
    text = page_text({("demo", 10_000): [personal(0, 9.0, 8.0), personal(1, 4.0, 8.0)]}, days=56)
    assert "| **allot, personalised** | 1 | 2 | +6.5 %" in text
    assert "| 100 % | 10,000 | 2 | 0 | 50 % | 50 % | 1.51 |" in text


def test_what_is_asked_for_and_missing_is_drawn_again(tmp_path: Path) -> None:
    plain, asked = record(0, 1.0, 2.0), personal(0, 1.0, 2.0)
    assert lacks(None, Size()) and not lacks(plain, Size())
    assert lacks(plain, Size(personal=True)) and not lacks(asked, Size(personal=True))
    again = with_all_of(asked, Size(impressions=True))  # a redraw for one thing keeps the other
    assert again.personal and again.impressions and not with_all_of(plain, Size()).personal
    file = file_of(tmp_path, "demo", 10)
    for line in ({"replicate": 1, "format": FORMAT - 1}, plain, asked):
        append_line(file, line)
    assert records_of(tmp_path, "demo", 10) == [asked]  # the last drawn; none of an older format
    asked["personal"]["format"] = AGENTS_FORMAT - 1
    append_line(file, asked)
    (old,) = records_of(tmp_path, "demo", 10)  # its splits count, its agents are drawn again
    assert old["realised"].keys() == plain["realised"].keys() | {RANDOM}
    assert lacks(old, Size(personal=True)) and not lacks(old, Size())


def test_no_two_replicates_share_their_luck() -> None:
    seeds = {seed_of(world, i) for world in ("demo", "rare", "fatigue") for i in range(200)}
    futures = {seed_of("demo", i, f"future {f}") for i in range(200) for f in range(4)}
    assert len(seeds) == 600 and len(futures) == 800 and not seeds & futures
