"""charts.csv: the figures of all actions, however few of them a picture has room for."""

from dataclasses import replace
from pathlib import Path

import samples
from test_report_exports import rows_of, written


def test_charts_have_every_action_behind_pictures_that_draw_six_or_ten_of_forty_six(tmp_path: Path) -> None:
    files = written(samples.many(), tmp_path)
    rows = rows_of(files["charts.csv"])
    of_each = {
        chart: {r["channel"] for r in rows if r["chart"] == chart} for chart in (r["chart"] for r in rows)
    }
    assert {chart: len(channels) for chart, channels in of_each.items()} == {
        "margin at other budgets": 46,
        "earned per segment": 46,
        "earned by the n-th": 5,  # the sample has no more
        "cost of the n-th": 5,
        "chosen when possible": 46,
        "nothing chosen instead": 46,
        "hardly ever chosen": 46,
        "predicted and chosen": 46,
    }
    assert "; charts.csv holds all." in files["report.html"].decode()


def test_of_a_segment_of_too_few_people_charts_csv_tells_no_figure(tmp_path: Path) -> None:
    few = replace(samples.move().pictures.segment_slopes[0], few=True)
    night = samples.pictured(samples.move(), segment_slopes=(few,))
    row = next(
        r for r in rows_of(written(night, tmp_path)["charts.csv"]) if r["chart"] == "earned per segment"
    )
    assert (row["channel"], row["estimate"], row["low"], row["high"]) == (few.channel, "", "", "")
