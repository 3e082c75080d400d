"""Ads in refused rows, by channel: a channel that loses many of them is judged by the rest."""

import duckdb

from sql.advice import way_out
from sql.database import model_text, rows
from sql.events import Finding
from sql.hints import listing, show

MAX_SHARE = 0.03
"""Of a channel's ads, in refused rows; more draws a warning."""


def ads_in_refused_rows(connection: duckdb.DuckDBPyConnection) -> Finding:
    """Share of its ads that the worst channel's refused rows hold; every channel above the limit is named."""
    found = [
        (refused / ads, channel, ads, refused, reason)
        for channel, ads, refused, reason in rows(connection, model_text("figures/refused_ads"))
    ]
    many = sorted((one for one in found if one[0] > MAX_SHARE), reverse=True)
    share = max((one[0] for one in found), default=0.0)
    text = "Nearly all ads of every channel were used."
    if many:
        lost = listing(f"{part:.0%} of {show(channel)} ({n} of {ads})" for part, channel, ads, n, _ in many)
        reasons = listing(sorted({reason for *_, reason in many}))
        advice = way_out("impressions", many[0][4]) or "mend them at the source"
        asked = rows(connection, "SELECT 1 FROM staging.opportunities LIMIT 1")
        uncounted = "Neither they nor the opportunities they came from" if asked else "They do not"
        text = (
            f"Impressions are in refused rows: {lost}, mostly for: {reasons}. {uncounted} count, "
            "and what is said of such a channel rests on its other rows. "
            f"{advice[0].upper()}{advice[1:]}."
        )
    return Finding(
        "ads in refused rows", bool(many), share, "share of the worst channel", f"<= {MAX_SHARE:g}", text
    )
