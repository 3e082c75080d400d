"""Faults that no single row shows: what staging finds, says and refuses."""

from pathlib import Path
from typing import Any

import pytest
from tiny_logs import Row, count, impression, purchase, stage, write_log, write_table

from sql.buyers import shape
from sql.errors import LogError
from sql.events import Events, Finding

PEOPLE = range(1000, 1030)


def finding(events: Events, name: str) -> Finding:
    return next(f for f in events.findings if f.name == name)


def shown(ids: list[str]) -> list[Row]:
    return [impression(n, "2026-01-01 10:00", user) for n, user in enumerate(ids)]


def bought(ids: list[str]) -> list[Row]:
    return [purchase(n, "2026-01-02", user) for n, user in enumerate(ids)]


@pytest.mark.parametrize(
    ("in_ads", "in_purchases", "told"),
    [
        (str, "{}.0".format, "ids like 9999.9, the decisions like 9999 "),
        ("{:08d}".format, str, "without zeros in front 30 of them would be"),
        ("USER-{}".format, "user-{}".format, "ids like aaaa-9999, the decisions like AAAA-9999 "),
        ("x{}".format, "x{}\u00a0".format, "a9999<no-break space>"),
        ("{{ab-{}}}".format, "ab{}".format, "without signs such as hyphens 30 of them would be"),
        ("cookie-{}".format, "crm{}x".format, "check that these tables cover the same people under"),
    ],
    ids=["decimals", "zeros", "capitals", "blanks", "signs", "two systems"],
)  # fmt: skip
def test_buyers_whom_no_ad_table_knows_are_refused_without_their_ids(
    tmp_path: Path, in_ads: Any, in_purchases: Any, told: str
) -> None:
    log = write_log(
        tmp_path / "log",
        impressions=shown([in_ads(n) for n in PEOPLE]),
        purchases=bought([in_purchases(n) for n in PEOPLE]),
    )
    with pytest.raises(LogError) as error:
        stage(log)
    message = str(error.value)
    assert message.startswith("None of the 30 who bought is among the 30 of impressions and opportunities")
    assert told in message
    assert not any(str(n) in message for n in PEOPLE)


def test_half_of_the_buyers_written_otherwise_draws_a_warning_with_the_share(tmp_path: Path) -> None:
    half = [f"{n}.0" if n % 2 else str(n) for n in PEOPLE]
    log = write_log(tmp_path / "log", impressions=shown([str(n) for n in PEOPLE]), purchases=bought(half))
    found = finding(stage(log), "buyers in ad tables")
    assert (found.is_doubtful, found.figure) == (True, 0.5)
    assert "15 of the 30 who bought (50%) are in neither impressions nor opportunities" in found.text
    assert "without the decimals after a whole number 15 of them would be" in found.text


def test_a_few_buyers_whom_no_ad_could_reach_are_no_fault(tmp_path: Path) -> None:
    """Nobody of three was shown an ad: with 30 shown and three buyers chance alone says so often."""
    log = write_log(
        tmp_path / "many",
        impressions=shown([str(n) for n in PEOPLE]),
        purchases=bought([str(n) for n in PEOPLE[:27]] + ["x", "y", "z"]),
    )
    assert not finding(stage(log), "buyers in ad tables").is_doubtful
    users = [{"user_id": f"u{n}", "entry_ts": "2026-01-01"} for n in range(200)]
    log = write_log(
        tmp_path / "few",
        impressions=shown(["u1", "u2"]),
        purchases=bought([f"u{n}" for n in range(10, 40)]),
        users=users,
    )
    found = finding(stage(log), "buyers in ad tables")  # (1 - 2 / 200) ^ 30 = 0.74
    assert (found.is_doubtful, found.figure) == (True, 1.0)


def test_buyers_are_not_missed_where_no_ad_table_tells_of_anybody(tmp_path: Path) -> None:
    """Purchases beside daily totals: these know nobody."""
    log = write_log(tmp_path / "log", purchases=bought([str(n) for n in PEOPLE]))
    write_table(log / "totals.csv", [{"date": "2026-01-01", "channel": "tv", "spend": 5}])
    assert not finding(stage(log), "buyers in ad tables").is_doubtful


def test_the_shape_of_an_id_hides_the_id() -> None:
    assert shape("Ünal-07\t") == "Aaaa-99<control character>"
    assert shape("9" * 64) == "9" * 40 + "..."


def test_few_refused_rows_that_hold_much_money_draw_a_warning(tmp_path: Path) -> None:
    """One row in a hundred, and half of the revenue."""
    rows = [purchase(n, "2026-01-02", "u1", "10.00") for n in range(99)]
    rows.append(purchase(99, "2026-01-02", "u1", "990,00 EUR"))
    events = stage(write_log(tmp_path / "log", impressions=shown(["u1"]), purchases=rows))
    assert count(events, "purchases").quarantined == {"revenue is not a number": 1}
    found = finding(events, "money in refused rows")
    assert (found.is_doubtful, found.figure) == (True, 0.5)
    assert "About 50% of the revenue of purchases is in 1 refused row" in found.text
    assert "4012.80 or 4,012.80" in found.text


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("EUR 4.012,80", 4_012_800_000),
        ("4'012.80", 4_012_800_000),
        ("12,5", 12_500_000),
        ("1,234", 1_234_000_000),
        ("-7 €", 7_000_000),
        ("lots", 1_000_000),
        ("", 1_000_000),
        ("1e30", 0),
    ],
)
def test_money_of_refused_rows_is_guessed(tmp_path: Path, written: str, micros: int) -> None:
    """Where no amount can be read it is unknown, as much as that of the other rows, and not 0."""
    rows = [impression(1, "2026-01-01", "u1", cost="1"), impression(2, "when?", "u1", cost=written)]
    found = finding(stage(write_log(tmp_path / "log", impressions=rows)), "money in refused rows")
    assert found.figure == pytest.approx(micros / (micros + 1_000_000))


def test_missing_costs_are_as_unknown_as_the_channel_s_are_large(tmp_path: Path) -> None:
    """A tenth of the rows, a half of the dear channel's: 0.80 + 0.20 known, and 0.20 missing."""
    dear = [impression(n, "2026-01-01", "u1", "video", ("0.10", "")[n % 2]) for n in range(4)]
    cheap = [impression(n, "2026-01-01", "u1", "search", "0.05") for n in range(4, 20)]
    events = stage(write_log(tmp_path / "log", impressions=dear + cheap))
    found = finding(events, "money in refused rows")
    assert (found.is_doubtful, found.figure) == (True, pytest.approx(1 / 6))
    assert found.text.startswith(
        "About 17% of the cost of impressions is in 2 refused rows, mostly for: cost is"
    )


def test_a_channel_that_loses_many_of_its_ads_is_named(tmp_path: Path) -> None:
    video = [impression(n, "2026-01-01", "u1", "video", ("0.10", "")[n % 5 == 0]) for n in range(20)]
    search = [impression(n, "2026-01-01", "u1", "search", ("0.10", "")[n == 20]) for n in range(20, 60)]
    found = finding(stage(write_log(tmp_path / "log", impressions=video + search)), "ads in refused rows")
    assert (found.is_doubtful, found.figure) == (True, 0.2)
    assert found.text.startswith(
        "Impressions are in refused rows: 20% of video (4 of 20), mostly for: cost is missing. They do not "
        "count, and what is said of such a channel"
    )
    few = write_log(tmp_path / "few", impressions=search)
    assert not finding(stage(few), "ads in refused rows").is_doubtful


def test_times_that_cannot_be_read_say_which_can(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=[impression(1, "31.12.2025 18:05", "u1")])
    with pytest.raises(LogError) as error:
        stage(log, max_quarantined_share=0.05)
    assert "ts = '31.12.2025 18:05'" in str(error.value)
    assert "Times are read as 2026-04-30, 2026-04-30 18:05:00, with a zone as" in str(error.value)


def test_amounts_below_a_micro_are_named(tmp_path: Path) -> None:
    rows = [
        impression(n, "2026-01-01", "u1", cost=c) for n, c in enumerate(("3e-7", "0.0000002", "0", "0.1"))
    ]
    found = finding(stage(write_log(tmp_path / "log", impressions=rows)), "amounts too small")
    assert found.is_doubtful
    assert found.text.startswith("2 of 3 amounts in cost of impressions are above 0 and below a millionth")


def test_spend_on_no_channel_is_named_with_its_sum(tmp_path: Path) -> None:
    """A join that found no match wrote None, and the money went on."""
    rows = [impression(n, "2026-01-01", "u1", ("search", "None")[n % 2], "0.15") for n in range(10)]
    log = write_log(tmp_path / "log", impressions=rows)
    with pytest.raises(LogError) as error:
        stage(log, max_quarantined_share=0.05)
    for words in ("cost on the channel none (5 rows, 0.75 of cost)", "channel = 'None'", "a join without a"):
        assert words in str(error.value)
    assert count(stage(log), "impressions").good == 5


def test_names_that_differ_in_capitals_or_blanks_are_noted_across_tables(tmp_path: Path) -> None:
    rows = [impression(n, "2026-01-01", "u1", c) for n, c in enumerate(("Paid Search", "social", "tv"))]
    plans = [
        {"date": "2026-01-02", "channel": c, "planned": "5"} for c in ("paid  search", "TV", "tv", "sociaal")
    ]
    events = stage(write_log(tmp_path / "log", impressions=rows, budgets=plans))
    found = finding(events, "channel names")
    assert (found.is_doubtful, found.figure) == (True, 2)
    assert "'Paid Search', 'paid  search' differ in capitals or blanks only" in found.text
    assert "'TV', 'tv' differ" in found.text
    assert [note for note in events.notes if "never delivered" in note] == [
        "The channel TV was never delivered and is no action; did you mean 'tv'?",
        "The channel paid  search was never delivered and is no action; did you mean 'Paid Search'?",
        "The channel sociaal was never delivered and is no action; did you mean 'social'?",
    ]


@pytest.mark.parametrize("written", ["(not set)", "N/A", "nan", "NULL", "undefined"])
def test_words_for_a_missing_value_are_no_channel(tmp_path: Path, written: str) -> None:
    rows = [impression(1, "2026-01-01", "u1", "search"), impression(2, "2026-01-01", "u1", written)]
    found = finding(stage(write_log(tmp_path / "log", impressions=rows)), "channel names")
    assert found.is_doubtful
    assert f"{written!r} is what exports write for a missing value" in found.text


def test_a_sound_log_has_no_doubtful_finding(tmp_path: Path) -> None:
    ids = [str(n) for n in PEOPLE]
    events = stage(write_log(tmp_path / "log", impressions=shown(ids), purchases=bought(ids)))
    assert [f.name for f in events.findings if f.is_doubtful] == []
    assert len(events.findings) == 5
