"""`allot init` on one odd file: its contents say what it is, and its name only where they leave it open."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.cli import main
from flows.commands import write_traceback
from flows.init.table_words import STEMS
from flows.study import read_study
from sql.contract import CONTRACT
from sql.errors import StudyError
from tests.flows.raw_files import days
from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import column, count

Rows = list[Sequence[object]]


def test_every_table_of_the_contract_has_names_it_goes_by() -> None:
    assert STEMS.keys() == CONTRACT.keys()
    assert all(table in stems for table, stems in STEMS.items())


def test_orders_with_their_costs_are_no_wide_media_table(tmp_path: Path) -> None:
    """`product_cost` and `shipping_cost` are no channels: orders have ids, and so have their customers."""
    orders: Rows = [["order_id", "customer_id", "date", "product_cost", "shipping_cost", "revenue"]]
    orders += [[n, f"c{n % 3}", "2026-01-05", 4.5, 2.5, 20] for n in range(6)]
    shown: Rows = [["impression_id", "ts", "user_id", "channel", "cost"]]
    shown += [[n, "2026-01-05", f"c{n % 3}", "tv", 0.1] for n in range(6)]
    write_lines(tmp_path / "logs" / "orders.csv", orders)
    write_lines(tmp_path / "logs" / "impressions.csv", shown)
    text, study = written(tmp_path / "logs")
    assert set(study.logs.tables) == {"impressions", "purchases"} and not asked(text)
    assert count(staged(study), "purchases").good == 6


def test_costs_of_goods_are_nobody_s_spend(tmp_path: Path) -> None:
    rows: Rows = [["date", "sku", "unit_cost", "total_cost"]]
    rows += [[day, "s1", 4.5, 9.5] for day in days(9)]
    text, study = written(write_lines(tmp_path / "logs" / "costs.csv", rows))
    assert not study.logs.tables
    assert "# costs.csv: nothing in it is a decision, an outcome or spend; not read." in text


def test_a_total_beside_the_channels_is_not_one_of_them(tmp_path: Path) -> None:
    rows: Rows = [["week", "tv_spend", "radio_spend", "total_spend", "revenue"]]
    rows += [[day, 10.5, 4.5, 15.0, 90.5] for day in days(30)[::7]]
    text, study = written(write_lines(tmp_path / "logs" / "media.csv", rows))
    parts = study.logs.tables["totals"].parts
    assert [part.constants["channel"] for part in parts] == ["tv", "radio", "none"]
    assert "no channel's: total_spend" in text


@pytest.mark.parametrize("name", ["ab_results.csv", "counts.csv", "purchases_test.csv"])
def test_a_row_per_person_is_a_test_whatever_the_file_s_name(tmp_path: Path, name: str) -> None:
    rows: Rows = [["user_id", "variant", "converted"]]
    rows += [[n, "AB"[n % 2], int(n % 5 == 0)] for n in range(40)]
    text, study = written(write_lines(tmp_path / "logs" / name, rows))
    assert study.decision.single_step and "was the arm drawn at random?" in asked(text)[0]


def test_an_export_of_several_platforms_says_row_by_row_whose_spend_it_is(tmp_path: Path) -> None:
    """Although it is called `ads`: nobody was shown anything in it."""
    rows: Rows = [["date", "campaign_id", "platform", "cost", "clicks"]]
    rows += [[day, 7, platform, 10.5, 3] for day in days(5) for platform in ("google", "bing")]
    text, study = written(write_lines(tmp_path / "logs" / "google_ads.csv", rows))
    (part,) = study.logs.tables["totals"].parts
    assert part.columns["channel"] == "platform" and not part.joined and not asked(text)
    events = staged(study)
    assert events.actions == ("none", "bing", "google") and count(events, "totals").good == 10


def test_sales_by_region_are_a_test_by_region(tmp_path: Path) -> None:
    """They are called `sales`; who was treated when is asked, where no column says so."""
    rows: Rows = [["region", "day", "sales"]]
    rows += [[region, day, 9 + n] for n, day in enumerate(days(9)) for region in ("north", "south")]
    text, study = written(write_lines(tmp_path / "logs" / "sales.csv", rows))
    assert set(study.logs.tables) == {"geo"}
    assert ["columns.treated = ?" in line for line in asked(text)] == [True]
    treated = [["treated"], *[[int(row[0] == "north")] for row in rows[1:]]]
    whole = [[*row, *more] for row, more in zip(rows, treated, strict=True)]
    text, study = written(write_lines(tmp_path / "whole" / "sales.csv", whole))
    assert not asked(text) and sum(column(staged(study), "geo", "treated")) == 9


def test_a_group_says_which_region_and_not_when(tmp_path: Path) -> None:
    rows: Rows = [["store", "date", "revenue", "treatment"]]
    rows += [
        [store, day, 9.5, "test" if store == "s1" else "control"] for day in days(9) for store in ("s1", "s2")
    ]
    text, _ = written(write_lines(tmp_path / "logs" / "stores.csv", rows))
    assert "treatment says where, and not when" in asked(text)[0]


def test_a_mailing_and_the_orders_after_it_are_a_test(tmp_path: Path) -> None:
    """Who was sent which variant stands in one file, what was bought in another."""
    sends: Rows = [["customer_id", "variant", "sent_at"]]
    sends += [[f"c{n}", ("A", "B", "control")[n % 3], "2026-03-01 09:00:00"] for n in range(60)]
    orders: Rows = [["order_id", "customer_id", "ordered_at", "total"]]
    orders += [[n, f"c{n * 2}", "2026-03-02 10:00:00", 19.5] for n in range(20)]
    write_lines(tmp_path / "logs" / "sends.csv", sends)
    write_lines(tmp_path / "logs" / "orders.csv", orders)
    text, study = written(tmp_path / "logs")
    (question,) = asked(text)
    assert "was the arm drawn at random?" in question and study.decision.single_step
    (tmp_path / "my.toml").write_text(text.replace(question, 'constants.propensity = "0.3333"'))
    events = staged(read_study(tmp_path / "my.toml"))
    assert events.tier == "A+" and events.actions == ("none", "A", "B")
    assert count(events, "purchases").good == 20


def test_a_test_whose_buyers_all_paid_the_same_is_a_test(tmp_path: Path) -> None:
    """One price: its amounts are no 0 and 1, and no state either."""
    rows: Rows = [["Kundennummer", "Variante", "Versand", "Umsatz"]]
    rows += [[f"k{n}", ("A", "B", "Kontrolle")[n % 3], "2026-03-01", 19.9 * (n % 4 == 0)] for n in range(60)]
    text, study = written(write_lines(tmp_path / "logs" / "kampagne.csv", rows, ";"))
    assert set(study.logs.tables) == {"impressions", "purchases", "users"} and len(asked(text)) == 1
    assert study.logs.tables["impressions"].values["channel"] == {"Kontrolle": "none"}


def test_a_holdout_beside_impressions_is_the_table_of_arms(tmp_path: Path) -> None:
    """By what it holds; arms of other names are a test of their own, whose file is named."""
    shown: Rows = [["impression_id", "ts", "user_id", "channel", "cost"]]
    shown += [[n, "2026-01-05", f"u{n}", "tv", 0.1] for n in range(6)]
    held: Rows = [["user_id", "group", "since"]]
    held += [[f"u{n}", "treated" if n < 6 else "holdout", "2026-01-01"] for n in range(9)]
    write_lines(tmp_path / "logs" / "impressions.csv", shown)
    write_lines(tmp_path / "logs" / "groups.csv", held)
    others = [[f"u{n}", "AB"[n % 2], "2026-01-01"] for n in range(9)]
    write_lines(tmp_path / "logs" / "variants.csv", [held[0], *others])
    text, study = written(tmp_path / "logs")
    assert study.logs.tables["arms"].columns == {"arm": "group"}
    assert "# variants.csv: people by arm; beside impressions they are the table `arms`" in text


def test_what_a_spreadsheet_wrote_is_named_with_what_would_be_right(tmp_path: Path) -> None:
    german: Rows = [
        ["Datum", "Kanal", "Kosten"],
        ["05.01.2026", "Google", "1.234,56"],
        ["06.01.2026", "Meta", "9,50"],
    ]
    slashes: Rows = [
        ["date", "campaign", "spend"],
        ["1/5/2026", "x", "$4.50"],
        ["1/6/2026", "y", "$1,204.50"],
    ]
    write_lines(tmp_path / "logs" / "werbung.csv", german, ";")
    write_lines(tmp_path / "logs" / "meta.csv", [[f'"{value}"' for value in row] for row in slashes])
    text, _ = written(tmp_path / "logs")
    assert "werbung.csv: not read. Datum: days, day first (05.01.2026); write 2026-01-31." in text
    assert "Kosten: a comma before the decimals (9,50); write 1234.56." in text
    assert "meta.csv: not read. date: days with slashes (1/5/2026); write 2026-01-31." in text
    assert "spend: a sign of money beside the number ($1,204.50); leave it out." in text


def test_a_zone_after_a_blank_is_a_zone(tmp_path: Path) -> None:
    """As a shop system writes it."""
    rows: Rows = [
        ["Id", "Email", "Total", "Created at"],
        [1, "a@b.example", 9.5, "2026-01-05 10:00:00 +0100"],
    ]
    text, _ = written(write_lines(tmp_path / "logs" / "orders_export_1.csv", rows))
    assert 'columns.ts = "Created at"' in text and "times with a zone" in text


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    text, _ = written(write_lines(tmp_path / "logs" / "export.csv", [["a\x00b", "c"], [1, 2]]))
    assert "export.csv: the name of a column holds a character that is none; save it as UTF-8 text." in text


def test_a_file_that_is_not_read_is_told_with_its_columns_and_what_none_of_them_is(tmp_path: Path) -> None:
    rows: Rows = [["Klient", "Variant", "Revenue"], *[[f"k{n % 4}", "AB"[n % 2], "lots"] for n in range(9)]]
    text, _ = written(write_lines(tmp_path / "logs" / "export.csv", rows))
    assert (
        "export.csv: nothing in it is a decision, an outcome or spend; not read. Its columns: Klient, "
        in text
    )
    missed = "No column was taken for the customer; what came of it (an amount, or 0 and 1); spend; the time."
    assert missed in text


def test_a_spreadsheet_is_named(tmp_path: Path) -> None:
    logs = write_lines(tmp_path / "logs" / "counts.csv", [["arm", "n", "successes"], ["A", 9, 1]]).parent
    for name in ("Test.XLSX", "~$Test.XLSX"):
        (logs / name).write_bytes(b"PK")
    text, study = written(logs)
    assert "# Test.XLSX: a spreadsheet; not read. Save each of its sheets as CSV.\n" in text
    assert "~" not in text and set(study.logs.tables) == {"counts"}
    with pytest.raises(StudyError, match="a spreadsheet; save each of its sheets as CSV and name that file"):
        written(logs / "Test.XLSX")


def test_a_file_whose_lines_end_in_two_ways_is_named_and_no_folder_takes_the_study_s_place(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header that was written by hand over rows from Windows."""
    monkeypatch.setenv("ALLOT_PSEUDONYM_KEY", "a key long enough for tests")
    logs, study = tmp_path / "logs", tmp_path / "my.toml"
    logs.mkdir()
    (logs / "counts.csv").write_bytes(b"arm,n,successes\nA,900,41\r\nB,910,60\r\n")
    assert main(["init", str(logs), "--out", str(study)]) == 0
    sentence = (
        "counts.csv: its lines end in two ways, some in CR LF and some in LF alone; save it anew with LF at "
        "every end: in an editor, or by `tr -d '\\r' < FILE > NEW`."
    )
    assert sentence in study.read_text()
    first, second = capfd.readouterr().out.splitlines()
    assert first.startswith("Left out of the study: ") and first.endswith(sentence) and "written" in second
    study.write_text('name = "t"\n[logs]\nfolder = "logs"\n')
    assert main(["check", str(study), "--as-of", "2026-04-01"]) == 4
    assert sentence in capfd.readouterr().err


def test_an_unexpected_error_of_init_makes_no_folder_of_the_study(tmp_path: Path) -> None:
    said = write_traceback(ValueError("odd"), ["init", "logs", "--out", str(tmp_path / "my.toml")])
    assert said.startswith("is in ") and not (tmp_path / "my.toml").exists()


def test_commas_between_thousands_are_no_reason_to_refuse_an_amount(tmp_path: Path) -> None:
    rows: Rows = [["date", "campaign", "spend"], *[[day, "x", '"4,012.80"'] for day in days(3)]]
    _, study = written(write_lines(tmp_path / "logs" / "meta.csv", rows))
    assert set(column(staged(study), "totals", "cost_micros")) == {4_012_800_000}


def test_a_day_has_no_zone(tmp_path: Path) -> None:
    """-05 at the end of a day is its number."""
    write_lines(
        tmp_path / "logs" / "impressions.csv",
        [["id", "day", "user_id", "channel", "cost"], ["i", "2026-01-05", "u", "tv", 1]],
    )
    text, _ = written(tmp_path / "logs")
    assert 'columns.ts = "day"  # its values are days\n' in text
