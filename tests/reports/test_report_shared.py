"""What is handed on with noise: its file, and what the report says of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from samples import move

from models.results import PrivacyLoss, SharedAggregates, SharedFigure
from reports.exports.aggregates import aggregates_csv
from reports.sentences.shared import handed_on
from reports.write import write_reports

SHARED = SharedAggregates(
    noise="gaussian",
    epsilon=0.5,
    delta=1e-6,
    total_epsilon=1.5,
    max_epsilon=10.0,
    withheld="",
    nights=9,
    figures=(
        SharedFigure("entities", "", False, 1203.0, 31.5),
        SharedFigure("entities", "=search", False, -4.0, 31.5),
        SharedFigure("cost", "=search", True, 812.25, 90.0),
    ),
    hidden=2,
    most_decisions=30,
    most_money=500.0,
    version="ab",
    loss=PrivacyLoss(rho=0.01),
    replaced=PrivacyLoss(),
)
NIGHT = replace(move(), shared=SHARED)


def test_every_figure_stands_beside_the_size_of_its_noise() -> None:
    assert aggregates_csv(NIGHT).decode() == (
        "statistic,channel,value,unit,noise_95\n"
        "entities,,1203.0,count,31.5\n"
        "entities,'=search,-4.0,count,31.5\n"  # below 0 is noise; a name is no formula
        "cost,'=search,812.25,EUR,90.0\n"
    )


def test_the_report_says_whom_the_promise_is_about_and_where_it_ends() -> None:
    said = handed_on(SHARED, NIGHT).replace("\u00a0", " ")
    assert "of each user its first 30 decisions to act and 500 EUR of cost and of margin at most" in said
    assert "Gaussian noise of epsilon 0.5 and delta 1e-06; 2 channels not shown" in said
    assert "All other files are exact" in said


@pytest.mark.parametrize(("figures", "there"), [(SHARED.figures, True), ((), False)])
def test_a_night_that_withholds_the_file_does_not_write_it(
    tmp_path: Path, figures: tuple[SharedFigure, ...], there: bool
) -> None:
    withheld = replace(SHARED, figures=figures, withheld="" if figures else "budget")
    names = {path.name for path in write_reports(replace(NIGHT, shared=withheld), tmp_path)}
    assert ("aggregates.csv" in names) is there
    page = (tmp_path / "report.html").read_text()
    assert ("nothing: aggregates.csv is withheld" in page) is not there
