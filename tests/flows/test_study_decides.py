"""What a study decides: its words for it, and its outcomes by name and role."""
# ruff: noqa: E501 (one case per line)

from pathlib import Path

import pytest
from test_study import write

from flows.flat_settings import flatten
from flows.study import read_study
from flows.study_outcomes import needs_purchases, unknown_outcome
from models.settings import OutcomeSettings
from sql.errors import StudyError


def test_a_study_names_what_it_decides_in_its_own_words(tmp_path: Path) -> None:
    text = """
    name = "shop"
    entity = "SKU"
    [decision]
    action = "reorder_level"
    [vocabulary]
    success = "order"
    """
    study = read_study(write(tmp_path, text))
    words = study.words
    assert (words.entity, words.entities, words.action, words.actions) == (
        "SKU", "SKUs", "reorder level", "reorder levels",
    )  # fmt: skip
    assert (words.shown, words.nothing, words.successes) == ("given", "no reorder level", "orders")
    assert flatten(study)["decision.action"] == "reorder_level"
    assert flatten(study)["vocabulary.success"] == "order"
    irregular = read_study(write(tmp_path, 'name = "school"\nentity = "child"\nentities = "children"'))
    assert irregular.words.entities == "children"


@pytest.mark.parametrize(
    ("column", "more", "success", "successes"),
    [
        ("conversions", "", "conversion", "conversions"),
        ("new_orders", "", "new order", "new orders"),
        ("replies", "", "reply", "replies"),
        ("n_ok", "", "purchase", "purchases"),
        ("conversions", '[vocabulary]\nsuccess = "order"', "order", "orders"),
    ],
)
def test_counted_successes_are_called_what_their_column_is(
    tmp_path: Path, column: str, more: str, success: str, successes: str
) -> None:
    text = f'name = "t"\n[logs.tables.counts]\npath = "c.csv"\ncolumns.successes = "{column}"\n{more}'
    words = read_study(write(tmp_path, text)).words
    assert (words.success, words.successes) == (success, successes)


def test_words_that_a_study_leaves_as_they_are_stand_in_no_output(tmp_path: Path) -> None:
    flat = flatten(read_study(write(tmp_path, 'name = "shop"')))
    assert flat["entity"] == "user"
    assert not [key for key in flat if key.startswith("vocabulary") or key in ("entities", "decision.action")]


@pytest.mark.parametrize(
    "line", ['entity = "<b>"', 'entity = ""', 'entities = "5"', '[vocabulary]\nshown = ""']
)
def test_words_are_letters(tmp_path: Path, line: str) -> None:
    with pytest.raises(StudyError, match=r"my\.toml: `(entity|entities|vocabulary\.shown)`"):
        read_study(write(tmp_path, f'name = "shop"\n{line}'))


GUARD = '[[outcome]]\nname = "active"\nunit = "share"\nrole = "guardrail"\n'


def test_outcomes_are_told_with_their_roles_and_left_out_of_the_outputs_where_there_are_none(
    tmp_path: Path,
) -> None:
    assert "outcome" not in flatten(read_study(write(tmp_path, 'name = "shop"')))
    study = read_study(write(tmp_path, f'name = "shop"\n{GUARD}worst = -0.01'))
    assert [(o.name, o.role, o.worst) for o in study.outcome] == [("active", "guardrail", -0.01)]
    assert flatten(study)["outcome.1.worst"] == "-0.01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GUARD, "`outcome.1.worst`: is missing; write for example -0.01"),
        (GUARD + "worst = 10", "`outcome.1.worst` is 10; worst is a share of today's level, above -1 and at most 1: 0.1 lets it rise"),
        (GUARD + "worst = -1.0", "`outcome.1.worst` is -1.0; worst is a share of today's level"),
        ('[[outcome]]\nname = "margin"\nworst = -0.1', "`outcome.1.worst`: -0.1 belongs to a guardrail"),
        ('[[outcome]]\nname = "clicks"\nweight = 2', '`outcome.1.weight`: 2 belongs to a goal; write role = "goal".'),
        ('[[outcome]]\nname = "clicks"\nrole = "goal"\nweight = 0', "`outcome.1.weight`: 0 counts for nothing"),
        ('[[outcome]]\nname = "profit"', '`outcome.1.name`: "profit" is worked out from others; leave it out.'),
        ('[[outcome]]\nname = "a"\n[[outcome]]\nname = "a"', '`outcome.2.name`: "a" has an entry already'),
        ('[[outcome]]\nname = "margin"\nunit = "USD"', '`outcome.1.unit`: "USD"; margin is in EUR.'),
        ('[[outcome]]\nname = "lost"\nunit = "USD"', '"USD" reads like a currency, and the study has EUR'),
        ('[[outcome]]\nname = "a"\nrole = "gaol"', "`outcome.1.role` is \"gaol\"; write 'goal', 'guardrail' or 'info'."),
        ("[[outcome]]\nrole = \"info\"", "`outcome.1.name` is missing; add it."),
        ('[[outcome]]\nname = "9lives"', '`outcome.1.name` is "9lives"; begin with a letter; then letters'),
        ('[decision]\nidle = " wait"', '`decision.idle` is " wait"; write a word without blanks around it'),
    ],
)  # fmt: skip
def test_a_wrong_outcome_is_told_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_study(write(tmp_path, f'name = "shop"\n{text}'))
    assert said in str(caught.value) and str(tmp_path / "my.toml") in str(caught.value)


def test_an_outcome_that_no_log_has_suggests_the_nearest() -> None:
    asked = (OutcomeSettings(name="clikcs"), OutcomeSettings(name="zebra"))
    assert unknown_outcome(asked, ()) == (
        "`outcome.1.name`: these logs have no outcome \"clikcs\"; did you mean 'clicks'?"
    )
    assert "there are margin, clicks, purchases, sold, and what" in str(unknown_outcome(asked[1:], ("sold",)))
    assert unknown_outcome(asked[1:], ("zebra",)) is None


@pytest.mark.parametrize(
    ("asked", "needs"),
    [
        ({}, True),
        ({"sold": "info"}, True),
        ({"sold": "goal"}, False),
        ({"sold": "goal", "purchases": "info"}, False),
        ({"sold": "goal", "margin": "goal"}, True),
    ],
)
def test_purchases_are_needed_where_a_verdict_hangs_on_them(asked: dict[str, str], needs: bool) -> None:
    outcomes = tuple(OutcomeSettings.model_validate({"name": n, "role": role}) for n, role in asked.items())
    assert needs_purchases(outcomes) is needs
