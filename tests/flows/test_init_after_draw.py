"""`allot init` on a test whose file tells what followed: such a column is never a fact about a user."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.cli import main
from flows.study import read_study
from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

Rows = list[Sequence[object]]


def people(name: str, *values: object) -> Rows:
    """A test of 60 customers, with one more column whose values come by turns."""
    rows: Rows = [["customer_id", "sent_at", "variant", "revenue", name, "age"]]
    return rows + [
        [f"c{n}", "2026-02-10", "AB"[n % 2], 9.5 * (n % 4 == 0), values[n % len(values)], 20 + n % 9]
        for n in range(60)
    ]


@pytest.mark.parametrize(
    ("name", "values", "role", "n_told"),
    [
        ("unsubscribed", (0, 0, 1), "guardrail", 60),
        ("Returned", ("yes", "no", ""), "guardrail", 40),
        ("opened_at", ("2026-02-10", "", "2026-02-11"), "info", 40),
        ("Geöffnet", ("ja", "nein"), "info", 60),
        ("email_clicks", (0, 3), "info", 60),
    ],
)
def test_what_comes_after_the_draw_is_no_feature(
    tmp_path: Path, name: str, values: tuple[object, ...], role: str, n_told: int
) -> None:
    """Its lines are comments; without their `#` they are an outcome that the logs hold."""
    text, study = written(write_lines(tmp_path / "logs" / "test.csv", people(name, *values)))
    assert study.logs.user_features == ("age",) and not study.outcome
    before, told, after = text.partition(f"# {name} comes after the draw: an outcome or a guardrail, never a")
    block, blank, rest = after.partition("\n\n")
    assert told and "; name it so (what was there before the draw belongs into user_features):" in block
    _, *lines = block.splitlines()
    text = "\n".join([before, *(line.removeprefix("# ") for line in lines)]) + blank + rest
    (question,) = asked(text)
    answered = tmp_path / "logs" / "my.toml"
    answered.write_text(text.replace(question, 'constants.propensity = "0.5"'))
    study = read_study(answered)
    assert [outcome.role for outcome in study.outcome] == [role]
    outcomes = count(staged(study), "outcomes")
    assert outcomes.good == outcomes.rows_in == n_told


@pytest.mark.parametrize(
    ("without", "proposed"),
    [
        (
            (0, 0),
            'role = "info"  # no guardrail: it is 0 where nothing was done, and a share of 0 says nothing',
        ),
        (("", "no"), 'role = "info"'),
        ((0, 1), 'role = "guardrail"'),
    ],
)
def test_no_guardrail_is_proposed_of_what_nobody_does_who_got_nothing(
    tmp_path: Path, without: tuple[object, object], proposed: str
) -> None:
    rows: Rows = [["customer_id", "sent_at", "variant", "revenue", "unsubscribed"]]
    left = ("no", "yes") if "no" in without else (0, 1)
    for n in range(60):
        arm = ("none", "mail")[n % 2]
        told = without[n // 2 % 2] if arm == "none" else left[n % 6 == 1]
        rows.append([f"c{n}", "2026-02-10", arm, 9.5 * (n % 4 == 0), told])
    text, _ = written(write_lines(tmp_path / "logs" / "test.csv", rows))
    _, _, after = text.partition("# unsubscribed comes after the draw")
    assert f"# {proposed}" in after and ("# worst" in after) == (without == (0, 1))


@pytest.mark.parametrize(
    "name",
    [
        *("unsubscribed", "opened", "clicked", "complained", "returned", "converted", "bounced", "churned"),
        *("visited", "Geöffnet", "geklickt", "Abgemeldet", "gekauft", "orders"),
    ],
)
def test_no_word_for_what_followed_is_a_feature_in_any_writing(tmp_path: Path, name: str) -> None:
    text, study = written(write_lines(tmp_path / "logs" / "test.csv", people(name, "soon", "late", "never")))
    assert study.logs.user_features == ("age",)
    assert f"# {name} comes after the draw" in text and "Written as numbers, a part of [logs.tables" in text


@pytest.mark.parametrize("name", ["prior_orders", "registered_in", "lifetime clicks"])
def test_what_was_so_before_stays_a_feature(tmp_path: Path, name: str) -> None:
    _, study = written(write_lines(tmp_path / "logs" / "test.csv", people(name, 0, 1, 2)))
    assert study.logs.user_features == (name, "age")


def test_a_test_s_clock_is_when_it_was_sent_not_when_it_was_opened(tmp_path: Path) -> None:
    rows = [[row[4], *row[:4], *row[5:]] for row in people("opened_at", "2026-02-12", "2026-02-11")]
    _, study = written(write_lines(tmp_path / "logs" / "test.csv", rows))
    assert study.logs.tables["impressions"].columns["ts"] == "sent_at"


@pytest.mark.parametrize(
    ("name", "unit"), [("mail_cost", {}), ("cost_eur", {}), ("sending cost cents", "cents")]
)
def test_a_cost_per_row_is_the_cost_of_the_decision(tmp_path: Path, name: str, unit: object) -> None:
    text, study = written(write_lines(tmp_path / "logs" / "test.csv", people(name, 0, 0.5, 0.6)))
    shown = study.logs.tables["impressions"]
    assert shown.columns["cost"] == name and "no costs" not in text
    assert shown.money_units == ({"cost": unit} if unit else {})
    assert study.logs.user_features == ("age",)


def test_the_cost_of_goods_is_neither_the_test_s_cost_nor_a_feature(tmp_path: Path) -> None:
    text, study = written(write_lines(tmp_path / "logs" / "test.csv", people("product_cost", 4.5, 5.5)))
    assert study.logs.tables["impressions"].constants["cost"] == "0"
    assert "CHECK: product_cost is not read as what a row cost" in text
    assert study.logs.user_features == ("age",)


@pytest.mark.parametrize(
    ("name", "is_margin"),
    [("margin_after", True), ("Marge danach", True), ("margin_14_days", True), ("revenue_after", False)],
)
def test_an_amount_that_followed_is_the_outcome(tmp_path: Path, name: str, is_margin: bool) -> None:
    """Under whatever end of its name; what was known before is read from the table of users."""
    rows = [[who, at, arm, told, age] for who, at, arm, _, told, age in people(name, 0, 4.5, 0, 9.5)]
    text, study = written(write_lines(tmp_path / "logs" / "trial.csv", rows))
    sold = study.logs.tables["purchases"].columns
    assert (sold["revenue"], sold.get("margin") == name) == (name, is_margin)
    assert study.logs.user_features == ("age",) and study.logs.tables["users"].path == ("trial.csv",)
    (question,) = asked(text)
    assert "was the arm drawn at random?" in question
    assert count(staged(study), "purchases").good == 30


@pytest.mark.parametrize("name", ["margin_rate_after", "margin_before", "margin_prior_year"])
def test_a_rate_or_what_was_before_is_no_outcome_of_a_test(tmp_path: Path, name: str) -> None:
    rows = [[who, at, arm, told, age] for who, at, arm, _, told, age in people(name, 0, 4.5, 0, 9.5)]
    _, study = written(write_lines(tmp_path / "logs" / "trial.csv", rows))
    assert "purchases" not in study.logs.tables


def test_a_test_whose_goal_is_an_outcome_needs_no_purchases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The commented outcome is the goal, the question is deleted, and state is where the comment says."""
    monkeypatch.setenv("ALLOT_PSEUDONYM_KEY", "a key long enough for tests")
    rows = [[who, at, arm, told, age] for who, at, arm, _, told, age in people("units", 0, 3, 1)]
    text, _ = written(write_lines(tmp_path / "logs" / "trial.csv", rows))
    drawn, bought = asked(text)
    assert 'Where none does, delete this and let an outcome below be the goal: `role = "goal"`.' in bought
    assert "(what was there before the draw belongs into context):" in text
    before, _, after = text.partition("# units comes after the draw")
    block, blank, rest = after.partition("\n\n")
    lines = [line.removeprefix("# ") for line in block.splitlines()[1:]]
    kept = (
        before.replace(drawn, 'constants.propensity = "0.5"')
        .replace(bought, "")
        .replace("# context", "context")
    )
    study = tmp_path / "logs" / "my.toml"
    margin = "\n".join([kept, *lines]) + blank + rest
    study.write_text(margin)
    assert main(["check", str(study), "--as-of", "2026-04-01"]) == 4
    assert "logs has no purchases: expected purchases.parquet" in capfd.readouterr().err
    study.write_text(margin.replace('role = "info"', 'role = "goal"'))
    assert main(["check", str(study), "--as-of", "2026-04-01"]) == 0
    assert "holds no value" not in capfd.readouterr().out
