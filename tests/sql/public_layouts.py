"""Small generated files in the layouts of public logs: their columns, separators and missing values."""

from collections.abc import Iterable, Sequence
from pathlib import Path

CRITEO = [
    *("timestamp", "uid", "campaign", "conversion", "conversion_timestamp", "conversion_id", "attribution"),
    *("click", "click_pos", "click_nb", "cost", "cpo", "time_since_last_click"),
    *(f"cat{n}" for n in range(1, 10)),
]
OPEN_BANDIT = (
    ["", "timestamp", "item_id", "position", "click", "propensity_score"]
    + [f"user_feature_{n}" for n in range(4)]
    + [f"user-item_affinity_{n}" for n in range(3)]
)


def write_lines(path: Path, rows: Iterable[Sequence[object]], separator: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(separator.join(map(str, row)) + "\n" for row in rows))
    return path


def write_criteo(folder: Path) -> Path:
    """Six displays of four campaigns; user 7's conversion 900 follows two of them, and counts once."""

    def row(
        second: int, uid: int, campaign: int, click: int = 0, order: tuple[object, ...] = ()
    ) -> list[object]:
        conversion = [1, *order, 1] if order else [0, -1, -1, 0]
        return [second, uid, campaign, *conversion, click, -1, -1, "0.00001", "0.39", -1, *range(10, 19)]

    rows = [
        row(0, 7, 22, click=1, order=(90_000, 900)),
        row(3_600, 7, 33, order=(90_000, 900)),
        row(86_400, 8, 22),
        row(86_401, 8, 22),
        row(86_402, 9, 44),
        row(86_403, 9, 55, click=1),
    ]
    write_lines(folder / "criteo_attribution_dataset.tsv", [CRITEO, *rows], "\t")
    return folder


def write_open_bandit(folder: Path, n: int = 4) -> Path:
    """Items 0 and 1 in turn, each with probability 1/2; every third is clicked. Items have a file."""
    rows = [
        [i, f"2019-11-24 00:00:{i % 60:02d}.442536+00:00", i % 2, i % 3 + 1, int(i % 3 == 0), 0.5]
        + [f"hash{f}{i % 2}" for f in range(4)]
        + [0.0] * 3
        for i in range(n)
    ]
    write_lines(folder / "men.csv", [OPEN_BANDIT, *rows])
    items = [["", "item_id", "item_feature_0"], [0, 0, -0.6], [1, 1, 0.2]]
    write_lines(folder / "item_context.csv", items)
    return folder


def write_ipinyou(folder: Path, conversions: bool = True) -> Path:
    """Three won auctions on two exchanges, two clicks on one of them, one conversion."""

    def row(bid: str, time: str, who: str, exchange: int, paid: int) -> list[object]:
        place = ["1.2.3.*", 216, 217, exchange, "domain", "url", "null"]
        slot = ["slot", 300, 250, "SecondView", "Fixed", 0]
        return [bid, time, 1, who, "agent", *place, *slot, "creative", 300, paid, "null", 1458, "10006,10024"]

    won = [
        row("b1", "20130606000104008", "u1", 1, 50),
        row("b2", "20130606235959999", "u2", 2, 80),
        row("b3", "20130607000000000", "u1", 2, 20),
    ]
    write_lines(folder / "imp.20130606.tsv", won[:2], "\t")
    write_lines(folder / "imp.20130607.tsv", won[2:], "\t")
    clicks = [row("b1", time, "u1", 1, 50) for time in ("20130606000204000", "20130606000304000")]
    write_lines(folder / "clk.20130606.tsv", clicks, "\t")
    if conversions:
        write_lines(folder / "conv.20130606.tsv", [row("b1", "20130606010000000", "u1", 1, 50)], "\t")
    return folder
