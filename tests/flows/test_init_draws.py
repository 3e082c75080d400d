"""`allot init` on tests as companies write them: short names, unequal shares, a few rows that come twice."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

Rows = list[Sequence[object]]
SHARES = {"A": ".4", "B": ".3", "C": ".3"}


def mailing(who: str = "cust_no", arm: str = "cell", paid: str = "revenue_usd", more: str = "age") -> Rows:
    """A hundred customers, arms by four, three and three of ten."""
    rows: Rows = [[who, arm, "mailed_on", more, "opened", "unsubscribed", paid]]
    for n in range(100):
        cell = "AAAABBBCCC"[n % 10]
        told = SHARES[cell] if more == "draw_share" else 20 + n % 9
        rows.append([f"C{n}", cell, "2026-02-10", told, n % 2, int(n % 7 == 0), 9.5 * (n % 4 == 0)])
    return rows


@pytest.mark.parametrize("who", ["cust_no", "cust_id", "customer_nr"])
def test_what_was_paid_in_some_currency_is_the_outcome(tmp_path: Path, who: str) -> None:
    """And no fact about anybody; what was opened is a commented outcome."""
    text, study = written(write_lines(tmp_path / "logs" / "mail.csv", mailing(who)).parent)
    assert study.logs.user_features == ("age",) and not study.logs.context
    assert study.logs.tables["impressions"].columns["channel"] == "cell"
    assert study.logs.tables["purchases"].columns["revenue"] == "revenue_usd" and study.currency == "USD"
    for name in ("opened", "unsubscribed"):
        assert f"# {name} comes after the draw: an outcome or a guardrail" in text


def test_a_few_rows_that_come_twice_are_told_and_set_aside(tmp_path: Path) -> None:
    rows = mailing()
    text, study = written(write_lines(tmp_path / "logs" / "mail.csv", [*rows, *rows[5:7]]).parent)
    assert "# 2 rows of mail.csv repeat a cust_no: equal rows count once, others are refused" in text
    (question,) = asked(text)
    (tmp_path / "my.toml").write_text(text.replace(question, 'constants.propensity = "0.3333"'))
    sent = count(staged(study), "impressions")
    assert (sent.rows_in, sent.good, sent.duplicate) == (102, 100, 2)


def test_one_who_has_many_rows_is_no_test(tmp_path: Path) -> None:
    rows = mailing()
    _, study = written(write_lines(tmp_path / "logs" / "mail.csv", [*rows, *rows[1:7]]).parent)
    assert "impressions" not in study.logs.tables


def test_the_share_of_each_arm_is_its_probability(tmp_path: Path) -> None:
    """One number per arm, which add up to 1, under whatever name: never a fact about a user."""
    text, study = written(write_lines(tmp_path / "logs" / "mail.csv", mailing(more="draw_share")).parent)
    assert study.logs.tables["impressions"].columns["propensity"] == "draw_share" and not asked(text)
    assert not study.logs.user_features
    assert "from 0.3 to 0.4, one per arm, and these add up to 1: CHECK that the arm was drawn so" in text


def test_numbers_that_do_not_add_up_to_1_stay_features(tmp_path: Path) -> None:
    rows = mailing(more="draw_share")
    for row in rows[1:]:
        row[3] = {"A": ".4", "B": ".3", "C": ".2"}[str(row[1])]  # type: ignore[index]
    text, study = written(write_lines(tmp_path / "logs" / "mail.csv", rows).parent)
    assert study.logs.user_features == ("draw_share",) and len(asked(text)) == 1


def test_what_both_arms_cost_alike_is_no_probability(tmp_path: Path) -> None:
    """Postage of 0.50 for either of two cells: two times a half is 1, and says nothing of the draw."""
    head, *rows = mailing()
    rows = [[*head, "postage_cost"], *([*row, 0.5] for row in rows if row[1] != "C")]
    text, study = written(write_lines(tmp_path / "logs" / "mail.csv", rows).parent)
    assert "propensity" not in study.logs.tables["impressions"].columns and asked(text)


def test_what_follows_a_send_is_an_outcome_where_orders_stand_elsewhere(tmp_path: Path) -> None:
    sent = [row[:-1] for row in mailing("customer_id")]
    write_lines(tmp_path / "logs" / "mail.csv", sent)
    orders = [["order_id", "customer_id", "ordered_at", "revenue"]]
    orders += [[f"o{n}", f"C{n}", "2026-02-12", 9.5] for n in range(20)]  # type: ignore[list-item]
    text, _ = written(write_lines(tmp_path / "logs" / "orders.csv", orders).parent)
    assert "# opened comes after the draw: an outcome or a guardrail" in text
    assert '# columns.entity_id = "customer_id"' in text and "# not read, which can be no state" not in text
