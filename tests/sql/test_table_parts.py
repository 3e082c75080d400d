"""Files that are not the contract's: constants, units by column, several exports, rows of one wide file."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tiny_logs import column, count, day, mart, stage

from sql.errors import LogError, StudyError
from sql.events import Events

GOOGLE = """date,id,device,clicks,cost_micros,conversions_value
2026-01-05,11,MOBILE,9,1500000,12.50
2026-01-05,11,DESKTOP,4,2250000,0
2026-01-06,11,MOBILE,7,1000001,3.25
"""
META = """date_start;spend;inline_link_clicks
2026-01-05;40.5;20
2026-01-06;0.25;1
"""
PARTS = [
    {
        "path": "google.csv",
        "columns": {"spend": "cost_micros", "revenue": "conversions_value"},
        "joined": {"campaign_id": ["id", "device"]},
        "constants": {"channel": "search"},
        "money_units": {"spend": "micros"},
    },
    {
        "path": ["meta.csv"],
        "columns": {"date": "date_start", "clicks": "inline_link_clicks"},
        "constants": {"channel": "social"},
    },
]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "google.csv").write_text(GOOGLE)
    (folder / "meta.csv").write_text(META)
    return folder


def test_exports_of_two_platforms_are_one_table_of_totals(exports: Path) -> None:
    """Each file has its channel, its names and the units of its columns; device tells rows of a day apart."""
    events = stage(exports, tables={"totals": {"parts": PARTS}})
    assert events.actions == ("none", "search", "social") and events.tier == "C"
    assert column(events, "totals", "day", "action", "cost_micros", "revenue_micros", "clicks") == [
        (day("2026-01-05"), 1, 3_750_000, 12_500_000, 13),
        (day("2026-01-05"), 2, 40_500_000, None, 20),
        (day("2026-01-06"), 1, 1_000_001, 3_250_000, 7),
        (day("2026-01-06"), 2, 250_000, None, 1),
    ]
    assert count(events, "totals").rows_in == count(events, "totals").good == 5


def test_a_list_of_paths_is_read_as_one(exports: Path) -> None:
    (exports / "meta-2.csv").write_text(META.replace("2026-01", "2026-02"))
    social = PARTS[1] | {"path": ["meta.csv", "meta-2.csv"]}
    assert len(mart(stage(exports, tables={"totals": social}, as_of=date(2026, 3, 1)), "totals")) == 4


def test_an_amount_that_is_none_is_still_told(exports: Path) -> None:
    """A unit is no excuse: text that is no amount is refused as such, whatever it would be divided by."""
    (exports / "google.csv").write_text(GOOGLE.replace("1500000", "much"))
    events = stage(exports, tables={"totals": {"parts": PARTS}})
    assert count(events, "totals").quarantined == {"spend is not a number": 1}


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"constants": {"chanel": "x"}}, "`logs.tables.totals.constants.chanel`: totals has no such column"),
        ({"money_units": {"clicks": "micros"}}, "`logs.tables.totals.money_units.clicks`"),
        ({"constants": {"date": "2026-01-01"}}, "`logs.tables.totals.columns.date` is told twice"),
        ({"joined": {"campaign_id": ["id", "ad"]}}, "has no column 'id' (for campaign_id)"),
        ({"only": {"country": "DE"}}, "has no column 'country'"),
        ({"path": ["meta.csv", "nowhere.csv"]}, "nowhere.csv does not exist (`logs.tables.totals.path`)"),
    ],
)
def test_what_cannot_be_read_is_told(exports: Path, part: dict[str, Any], told: str) -> None:
    with pytest.raises((LogError, StudyError)) as caught:
        stage(exports, tables={"totals": PARTS[1] | part})
    assert told in str(caught.value)


TRIAL = """mail,bought,basket
A,1,20.00
B,0,0
A,0,
none,1,5.50
B,1.0,0
"""


def stage_trial(folder: Path, text: str = TRIAL, **more: Any) -> Events:
    """One wide file, a row per customer: who got which mail, and what was bought."""
    folder.mkdir()
    (folder / "trial.csv").write_text(text)
    who = {"user_id": "#row"}
    tables = {
        "impressions": {
            "path": "trial.csv",
            "columns": who | {"impression_id": "#row", "channel": "mail"},
            "constants": {"ts": "2026-01-05", "cost": "0"},
        },
        "purchases": {
            "path": "trial.csv",
            "columns": who | {"purchase_id": "#row", "revenue": "basket"},
            "constants": {"ts": "2026-01-06"},
            **more,
        },
    }
    return stage(folder, tables=tables, single_step=True)


def test_a_wide_file_gives_decisions_and_outcomes(tmp_path: Path) -> None:
    """The row's number is the customer, in both tables; rows without an amount are no purchase."""
    events = stage_trial(tmp_path / "log", without={"basket": ["0", ""]})
    assert count(events, "impressions").good == 5
    assert count(events, "purchases").rows_in == count(events, "purchases").good == 2
    shown = {row["entity_key"]: events.actions[row["action"]] for row in mart(events, "exposures")}
    bought = {row["entity_key"]: row["revenue_micros"] for row in mart(events, "bookings")}
    assert sorted((shown[who], micros) for who, micros in bought.items()) == [
        ("A", 20_000_000),
        ("none", 5_500_000),
    ]
    unused = [note.split(":")[1] for note in events.notes if note.startswith("Columns of")]
    assert [note.split(".")[0] for note in unused] == [
        " bought",
        " bought",
    ]  # of either table


def test_row_numbers_of_two_files_are_no_ids(tmp_path: Path) -> None:
    """Row 1 of either file is another customer; two readings of one file are the same ones."""
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "trial.csv").write_text(TRIAL)
    (folder / "more.csv").write_text(TRIAL)
    first = {
        "columns": {"user_id": "#row", "impression_id": "#row", "channel": "mail"},
        "constants": {"ts": "2026-01-05", "cost": "0"},
        "path": "trial.csv",
    }
    told = r"impression_id is the row's number \(#row\) in trial.csv and in more.csv \(impressions\)"
    bought = {"path": "trial.csv", "columns": {"purchase_id": "#row", "revenue": "basket"}}
    bought["constants"] = {"ts": "2026-01-06", "user_id": "x"}
    for tables in (
        {"impressions": {"parts": [first, first | {"path": "more.csv"}]}, "purchases": bought},
        {
            "impressions": first | {"path": "more.csv"},
            "outcomes": _outcomes("trial.csv"),
            "purchases": bought,
        },
    ):
        with pytest.raises(
            LogError, match=told if "parts" in tables["impressions"] else "where the same number"
        ):
            stage(folder, tables=tables, single_step=True)
    same = {"impressions": first, "outcomes": _outcomes("trial.csv"), "purchases": bought}
    events = stage(folder, tables=same, single_step=True)
    assert set(column(events, "outcomes", "entity_key")) <= set(column(events, "exposures", "entity_key"))


def test_the_row_s_number_is_no_column_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"has no column 'baskett' .* Its columns: ") as caught:
        stage_trial(
            tmp_path / "log", columns={"purchase_id": "#row", "user_id": "#row", "revenue": "baskett"}
        )
    assert "#row" not in str(caught.value)


def _outcomes(path: str) -> dict[str, Any]:
    part = {"path": path, "columns": {"entity_id": "#row", "value": "bought"}}
    return {"parts": [part | {"constants": {"ts": "2026-01-06", "name": name}} for name in ("one", "two")]}


def test_ids_of_several_columns_keep_the_place_of_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    rows = "2026-01-05,search,a,,b,1\n2026-01-05,search,a,b,,2\n2026-01-05,search,,,,4\n"
    (tmp_path / "log" / "plan.csv").write_text("date,channel,x,y,z,spend\n" + rows)
    table = {"path": "plan.csv", "joined": {"campaign_id": ["x", "y", "z"]}}
    events = stage(tmp_path / "log", tables={"totals": table})
    assert count(events, "totals").good == 3 and column(events, "totals", "cost_micros") == [7_000_000]


def test_a_constant_is_in_the_unit_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "plan.csv").write_text("date,revenue\n2026-01-05,3\n")
    table = {"path": "plan.csv", "constants": {"channel": "search", "spend": "500"}, "money_unit": "currency"}
    table["money_units"] = {"spend": "cents"}
    events = stage(tmp_path / "log", tables={"totals": table})
    assert column(events, "totals", "cost_micros", "revenue_micros") == [(5_000_000, 3_000_000)]


def test_long_ids_are_told_apart_to_the_last_digit(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    ids = ("120330000000000123", "120330000000000124", "0120330000000000124.0", "1e5", "-2", "0.5")
    rows = "".join(f"2026-01-05,{name},{2**k}\n" for k, name in enumerate(ids))
    (tmp_path / "log" / "plan.csv").write_text("date,id,spend\n" + rows)
    for wanted, micros in (
        (["120330000000000124"], 2 + 4), (["100000"], 8), (["-2.0"], 16), ([".50"], 32), (["2"], 0)
    ):  # fmt: skip
        table = {
            "path": "plan.csv",
            "only": {"id": wanted},
            "constants": {"channel": "x", "campaign_id": "y"},
        }
        table["joined"] = {"campaign_id": ["id"]}
        del table["constants"]["campaign_id"]
        found = column(stage(tmp_path / "log", tables={"totals": table}), "totals", "cost_micros")
        assert found == ([micros * 10**6] if micros else [])


def test_values_are_read_under_other_names(tmp_path: Path) -> None:
    tables = {
        "totals": {
            "path": "google.csv",
            "columns": {"channel": "device", "spend": "cost_micros"},
            "values": {"channel": {"MOBILE": "phone"}},
        }
    }
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "google.csv").write_text(GOOGLE)
    assert stage(tmp_path / "log", tables=tables).actions == ("none", "DESKTOP", "phone")


def test_numbers_are_alike_by_their_value(tmp_path: Path) -> None:
    """`only = { bought = "1" }` finds 1 and 1.0; a missing amount among them is then a bad row, and told."""
    events = stage_trial(tmp_path / "log", only={"bought": "1"})
    assert count(events, "purchases").good == 3 and column(events, "bookings", "purchases") == [1, 1, 1]


def test_a_file_without_a_header_takes_the_names_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "plan.tsv").write_text("2026-01-05\tsearch\t10\n2026-01-06\tsearch\t12\n")
    table = {"path": "plan.tsv", "names": ["date", "channel", "spend"]}
    assert column(stage(tmp_path / "log", tables={"totals": table}), "totals", "cost_micros") == [
        10**7,
        12 * 10**6,
    ]
    with pytest.raises(LogError, match="has 3 columns and `names` has 2"):
        stage(tmp_path / "log", tables={"totals": table | {"names": ["date", "channel"]}})
