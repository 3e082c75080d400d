"""From a log to a table of decisions as an analyst writes it who knows pandas: groupby, rolling, merge_asof.

The grain is that of a night's table: user x day, a row per channel shown, in their order, or one for `none`;
what was spent and clicked stands with its row, the day's margin with the day's last. Nothing is checked,
refused or pseudonymised, and every column is computed at once.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.benchmarks.speed_log import CHANNELS, DAYS, FIRST, MARGIN_RATE

WINDOWS_DAYS = (1, 7, 30)
MICROS = 1_000_000
KEYS = ["user_id", "day"]


def pandas_table(logs: Path, work: Path) -> dict[str, Any]:
    """Read, build, write; what was found, to hold ours against."""
    table = build(logs)
    table.to_parquet(work / "decisions.parquet")
    return found_in(table)


def found_in(table: pd.DataFrame) -> dict[str, Any]:
    told = ["user_id", "day", "ts", "action", "cost_micros", "clicks", "margin_micros"]
    return {
        "decisions": len(table),
        "shown": int((table["action"] != "none").sum()),
        "clicks": int(table["clicks"].sum()),
        "margin_micros": int(table["margin_micros"].sum()),
        "cost_micros": int(table["cost_micros"].sum()),
        "features": len(table.columns) - len(told),
    }


def build(logs: Path) -> pd.DataFrame:
    """A row per decision, sorted by user, day and time."""
    impressions, purchases, users = read(logs)
    days = pd.date_range(FIRST, periods=DAYS, tz="UTC", unit="us")
    panel = pd.MultiIndex.from_product([users, days], names=KEYS)
    by_day = daily(impressions, purchases, panel)
    shown = by_day[[f"shown_{c}" for c in CHANNELS]].sum(axis=1)
    table = decisions(impressions, by_day.index[shown == 0]).merge(
        state(by_day).reset_index(), on=KEYS, how="left"
    )
    table = with_recency(table, impressions, purchases)
    last = ~table.duplicated(KEYS, keep="last")
    margin = table[KEYS].merge(by_day["margin_micros"].reset_index(), on=KEYS, how="left")["margin_micros"]
    table["margin_micros"] = np.where(last, margin, 0)
    return table


def read(logs: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.CategoricalIndex]:
    """Impressions with their clicks, purchases, and all users, as categories, which pandas groups fast."""
    users = pd.read_parquet(logs / "users.parquet")["user_id"].sort_values()
    known = pd.CategoricalDtype(users)
    impressions = pd.read_parquet(logs / "impressions.parquet").astype(
        {"user_id": known, "channel": "category"}
    )
    clicks = pd.read_parquet(logs / "clicks.parquet")
    impressions["clicks"] = impressions["impression_id"].isin(clicks["impression_id"]).astype(np.int64)
    impressions["cost_micros"] = (impressions["cost"] * MICROS).round().astype(np.int64)
    purchases = pd.read_parquet(logs / "purchases.parquet").astype({"user_id": known})
    revenue_micros = (purchases["revenue"] * MICROS).round()
    purchases["margin_micros"] = (revenue_micros * MARGIN_RATE).round().astype(np.int64)
    for events in (impressions, purchases):
        events["day"] = events["ts"].dt.floor("D")
    return impressions, purchases, pd.CategoricalIndex(users, dtype=known)


def daily(impressions: pd.DataFrame, purchases: pd.DataFrame, panel: pd.MultiIndex) -> pd.DataFrame:
    """Counts and money per user and day."""
    by_channel = impressions.groupby([*KEYS, "channel"], observed=True).agg(
        shown=("impression_id", "size"), clicks=("clicks", "sum")
    )
    wide = by_channel.unstack("channel", fill_value=0)
    wide.columns = [f"{what}_{channel}" for what, channel in wide.columns]
    spend = impressions.groupby(KEYS, observed=True)["cost_micros"].sum().rename("spend_micros")
    bought = purchases.groupby(KEYS, observed=True).agg(
        purchases=("purchase_id", "size"), margin_micros=("margin_micros", "sum")
    )
    parts = [part.reindex(panel, fill_value=0) for part in (wide, spend, bought)]
    return pd.concat(parts, axis=1)


def state(by_day: pd.DataFrame) -> pd.DataFrame:
    """What was known of a user before each day: counts in windows, money so far, tenure, weekday."""
    shown = [f"shown_{c}" for c in CHANNELS]
    counts = [*shown, *(f"clicks_{c}" for c in CHANNELS), "purchases"]
    users = by_day.groupby(level="user_id", observed=True)
    before = users[counts].shift(1, fill_value=0)
    found = []
    for window in WINDOWS_DAYS:
        columns = shown if window == 1 else counts
        rolled = before[columns].groupby(level="user_id", observed=True).rolling(window, min_periods=1).sum()
        found.append(rolled.droplevel(0).add_suffix(f"_{window}d").astype(np.float32))
    so_far = users[["spend_micros", "margin_micros"]].cumsum() - by_day[["spend_micros", "margin_micros"]]
    found.append(np.log1p(so_far / MICROS).add_suffix("_so_far").astype(np.float32))
    whole = pd.concat(found, axis=1)
    day = whole.index.get_level_values("day")
    whole["tenure"] = np.log1p(users.cumcount()).astype(np.float32)
    whole["weekday_sin"] = np.sin(2 * np.pi * day.day_of_week / 7).astype(np.float32)
    whole["weekday_cos"] = np.cos(2 * np.pi * day.day_of_week / 7).astype(np.float32)
    return whole


def decisions(impressions: pd.DataFrame, idle_days: pd.MultiIndex) -> pd.DataFrame:
    """The rows: what was shown, with what was shown earlier that day, and `none` where nothing was."""
    shown = impressions.groupby([*KEYS, "channel"], observed=True).agg(
        ts=("ts", "min"), cost_micros=("cost_micros", "sum"), clicks=("clicks", "sum")
    )
    shown = shown.reset_index().rename(columns={"channel": "action"})
    idle = idle_days.to_frame(index=False)
    idle = idle.assign(action="none", ts=idle["day"], cost_micros=0, clicks=0)
    shown["action"] = shown["action"].astype(str)
    table = pd.concat([shown, idle], ignore_index=True)
    table = table.sort_values(["user_id", "ts"], ignore_index=True)
    today = table.groupby(KEYS, observed=True)
    table["rank"] = today.cumcount().astype(np.float32)
    for channel in CHANNELS:
        is_it = (table["action"] == channel).astype(np.float32)
        table[f"shown_today_{channel}"] = is_it.groupby(
            [table["user_id"], table["day"]], observed=True
        ).cumsum()
        table[f"shown_today_{channel}"] -= is_it
    return table


def with_recency(table: pd.DataFrame, impressions: pd.DataFrame, purchases: pd.DataFrame) -> pd.DataFrame:
    """Days since each channel was last shown, and since the last purchase, before the day; 1,000 if never."""
    events = {f"since_{c}": impressions.loc[impressions["channel"] == c] for c in CHANNELS}
    events["since_purchase"] = purchases
    asked = table[["user_id", "day"]].reset_index().sort_values("day")
    for name, rows in events.items():
        seen = rows[["user_id", "ts"]].sort_values("ts")
        found = pd.merge_asof(
            asked, seen, left_on="day", right_on="ts", by="user_id", allow_exact_matches=False
        )
        days = ((found["day"] - found["ts"]).dt.total_seconds() / 86_400).fillna(1_000).astype(np.float32)
        table[name] = pd.Series(days.to_numpy(), index=found["index"])
    return table
