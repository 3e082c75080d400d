"""What stands between "keep" and a decision: one obstacle, and what removes it."""

from dataclasses import replace

import pytest
from response_worlds import CLEAR, ResponseWorld

from models.evaluation import Believed
from models.results import (
    Disagreement,
    EligibleUnknown,
    EstimatesDiffer,
    FewCarryAll,
    HealthCheck,
    NotSupported,
    OverBudget,
    Overlap,
    ReactsToHidden,
    StepLimit,
    Stopped,
    Uplift,
    Vocabulary,
    WaitsForAllNights,
)
from models.settings import EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.missing import missing_data
from models.split.terms import LoggedFacts
from models.split.verdict import Objections
from reports.sentences.split_advice import advices
from tests.models.split.deciding import choose

SPLIT = SplitSettings(bootstrap=20)


def advice(
    choice: SplitChoice,
    told: Believed | None = None,
    *,
    objections: Objections | None = None,
    days: int = 120,
    none: dict[str, float] | None = None,
    verdict: str = "KEEP",
) -> tuple[str, ...]:
    overlap = tuple(Overlap(c, 9_000, 0.3, share, 0.0) for c, share in (none or {}).items())
    found = missing_data(
        verdict, choice, told, objections or Objections(), LoggedFacts(overlap, days), none_gate=0.05
    )
    return advices(found, Vocabulary())


@pytest.fixture(scope="module")
def choice() -> SplitChoice:
    return choose(
        CLEAR.log(1), tier="A", split=SPLIT, evaluation=EvaluationSettings(), overlap=CLEAR.overlap()
    )


def believed(estimate: float, low: float, high: float, confirms: float) -> Believed:
    return Believed(Uplift("profit", estimate, low, high, 0.9, 0.8), None, confirms)


OPEN = believed(1000.0, -1000.0, 3000.0, 2000.0)


def test_days_to_decide_follow_the_width_of_the_interval(choice: SplitChoice) -> None:
    # 120 days confirm 2,000 four times in five: four times the days half of it, so 360 more
    (sentence,) = advice(choice, OPEN)
    assert sentence.startswith("About 360 more days of logs like these would confirm it four times in five")
    # where delivery is random already, a holdout is no news
    for told in (OPEN, None):
        (sentence,) = advice(replace(choice, tier="A+"), told)
        assert "without ads" not in sentence


def test_the_holdout_is_on_the_channel_that_the_doubt_is_about() -> None:
    """Of three channels that all move, one has ten times the spread of the others."""
    for at, name in enumerate(("channel_a", "channel_b", "channel_c")):
        noise = tuple(1.0 if k == at else 0.1 for k in range(3))
        world = ResponseWorld((6000.0, 6000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), noise)
        found = choose(
            world.log(1), tier="A", split=SPLIT, evaluation=EvaluationSettings(), overlap=world.overlap()
        )
        moved = replace(found, multipliers=(1.0, 0.8, 1.1, 1.1))
        (sentence,) = advice(moved, OPEN)
        assert sentence.endswith(
            f"leaving a random 10 % of those who could see {name} without ads would decide it sooner."
        )


def test_who_nearly_all_saw_an_ad_is_said_once_for_all_channels(choice: SplitChoice) -> None:
    # 2 % saw no ad in 100 days; with 60 days at 10 % it is (100 x 2 + 60 x 10) / 160 = 5 %, the gate
    held = replace(choice, held=dict.fromkeys(("retargeting", "social"), EligibleUnknown()))
    (sentence,) = advice(held, days=100, none={"retargeting": 0.02, "social": 0.03})
    assert sentence == (
        "Show no ads to a random 10 % of the users who could see retargeting and social for about 60 days: "
        "almost all of them saw one."
    )
    # it stood in nobody's way where a plan was found, and only its interval is too wide
    (sentence,) = advice(held, OPEN, none={"retargeting": 0.02})
    assert sentence.startswith("About 360 more days")
    # the log has no chances passed over: that alone is in the way
    (sentence,) = advice(replace(held, tier="B"), verdict="NO_EVIDENCE", none={"retargeting": 0.0})
    assert sentence.startswith("Log every opportunity")


def limited(choice: SplitChoice, kind: str, figure: float, limit: float) -> SplitChoice:
    wanted = tuple(zip(choice.limits.channels, (2000.0, 10_000.0, 7000.0), strict=True))
    return replace(choice, limited_by=StepLimit(kind, figure, limit, 0.0, wanted))


@pytest.mark.parametrize(
    ("kind", "figure", "limit", "sentence"),
    [
        (
            "effective sample size",
            25.0,
            50.0,
            "About 120 more days of logs like these would do, or sooner: s",
        ),
        (
            "tail shape",
            0.9,
            0.7,
            "for some weeks would show what the cut does; more of the same logs would not.",
        ),
        (
            "largest weight",
            0.3,
            0.1,
            "More days of logs would do, or sooner: showing nothing to a random 10 %",
        ),
    ],
)
def test_a_figure_that_the_logs_refuse_is_not_waited_for(
    choice: SplitChoice, kind: str, figure: float, limit: float, sentence: str
) -> None:
    """Whatever the quick figure of such a plan promises, no days are counted from it."""
    refused = Objections(disagreement=NotSupported(FewCarryAll()))
    for told in (OPEN, None):
        (said,) = advice(limited(choice, kind, figure, limit), told, objections=refused)
        assert sentence in said and "360" not in said and "could see channel_a for some weeks" in said


@pytest.mark.parametrize("doubt", [EstimatesDiffer(), ReactsToHidden()])
def test_what_delivery_knows_is_not_cured_by_more_of_the_same(
    choice: SplitChoice, doubt: Disagreement
) -> None:
    for uplift in (OPEN, believed(500.0, 100.0, 900.0, 600.0)):
        (said,) = advice(choice, uplift, objections=Objections(disagreement=doubt))
        assert said.startswith("Name the columns that delivery decides on in `logs.context`")
        assert "More logs of the same kind would not help" in said and "days" not in said
    (said,) = advice(replace(choice, tier="A+"), OPEN, objections=Objections(disagreement=doubt))
    assert said.endswith("check that the logged probabilities are those that delivery drew with.")


def test_a_guardrail_a_stop_and_patience_have_each_a_way_out(choice: SplitChoice) -> None:
    sure = believed(500.0, 100.0, 900.0, 600.0)
    over, stop = (
        OverBudget(500.0, 400.0),
        Stopped(HealthCheck("money", "stop", None, "", "", "Spend is off.")),
    )
    (said,) = advice(choice, sure, objections=Objections(guardrail=over))
    assert said.startswith("More budget (`split.total`)") and said.endswith("more logs would not.")
    (said,) = advice(choice, sure, objections=Objections(health_stop=stop), verdict="NO_EVIDENCE")
    assert said.startswith("Mend first what that check found")
    (said,) = advice(choice, sure, objections=Objections(patience=WaitsForAllNights(None)))
    assert "some more nights of logs" in said
