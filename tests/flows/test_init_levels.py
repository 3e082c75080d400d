"""`allot init` on amounts that were drawn by lot, and on columns of other languages."""

from pathlib import Path

from flows.study import read_study
from tests.flows.raw_files import days
from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

Rows = list[list[object]]
DISCOUNTS = ("0", "5", "10", "20")


def offers(arm: str = "discount_pct", values: tuple[str, ...] = DISCOUNTS) -> Rows:
    """Who was offered what, with which chance, and what came of it."""
    rows: Rows = [["customer_no", "offered_at", "tenure", arm, "chance", "units", "margin_after_discount"]]
    rows += [
        [f"K{n}", f"2026-03-0{n % 7 + 1} 09:00:00", n % 30, values[n % 4], 0.25, n % 3, 12.5 * (n % 3)]
        for n in range(80)
    ]
    return rows


def test_a_discount_log_asks_how_much(tmp_path: Path) -> None:
    text, study = written(write_lines(tmp_path / "logs" / "offers.csv", offers()))
    tables = study.logs.tables
    assert not asked(text) and study.decision.single_step
    assert tables["impressions"].columns["channel"] == "discount_pct"
    assert tables["impressions"].columns["propensity"] == "chance"
    assert tables["purchases"].columns["revenue"] == "margin_after_discount"
    assert tables["purchases"].columns["margin"] == "margin_after_discount"
    assert (study.decision.levels, study.decision.level_unit, study.decision.idle) == (
        (0, 5, 10, 20),
        "%",
        "0",
    )
    assert study.logs.user_features == ("tenure",) and '# name = "units"' in text
    assert count(staged(study), "impressions").good == 80


def test_numbers_that_may_be_names_are_levels_in_a_comment(tmp_path: Path) -> None:
    text, study = written(write_lines(tmp_path / "logs" / "offers.csv", offers("cell", ("1", "2", "3", "4"))))
    why = "without its first #, where these are ordered amounts: how much is then asked"
    assert f"# levels = [1, 2, 3, 4]  # {why}" in text and study.decision.levels == ()
    uncommented = tmp_path / "logs" / "answered.toml"
    uncommented.write_text(text.replace("# levels", "levels"))
    assert read_study(uncommented).decision.levels == (1, 2, 3, 4)


def test_what_comes_of_a_decision_is_never_offered_as_state(tmp_path: Path) -> None:
    """Nor its chance, whatever it is, nor a time or an id."""
    rows: Rows = [["impression_id", "ts", "user_id", "channel", "cost", "region", "prob", "units", "seen_at"]]
    rows += [
        [f"i{n}", f"{day} 10:00:00", f"u{n}", "ab"[n % 2], 0.5, "ns"[n % 3 > 0], 0, n % 3, f"{day} 11:00:00"]
        for n, day in enumerate(days(30))
    ]
    text, _ = written(write_lines(tmp_path / "logs" / "ads.csv", rows))
    assert '# context = ["region"]  # known at the decision? then state' in text
    assert "# not read, which can be no state: prob, units, seen_at" in text


def test_an_unknown_column_that_alone_could_be_it_is_taken(tmp_path: Path) -> None:
    """With a comment that says so; a day of registration is no fact about a user."""
    ads: Rows = [["ImprKey", "Zeitpunkt", "VisitorID", "Sieć", "Spend EUR"]]
    ads += [[f"I{n}", "2026-03-01 10:00:00", f"u-{n}", "ab"[n % 2], 0.5] for n in range(30)]
    users: Rows = [
        ["VisitorID", "signup", "tier"],
        *([f"u-{n}", "2026-02-01", "ab"[n % 2]] for n in range(30)),
    ]
    write_lines(tmp_path / "logs" / "users.csv", users)
    text, study = written(write_lines(tmp_path / "logs" / "ads.csv", ads).parent)
    assert study.currency == "EUR" and study.logs.tables["users"].columns["entry_ts"] == "signup"
    assert '# user_features = ["tier"]  # known at entry? then state' in text
    questions = [line for line in asked(text) if line.startswith("# columns.")]
    assert not questions
    for name, own in (("impression_id", "ImprKey"), ("channel", "Sieć")):
        assert f'columns.{name} = "{own}"  # the one column whose values could be it: CHECK\n' in text
