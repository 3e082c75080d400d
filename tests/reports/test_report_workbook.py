"""split.xlsx: what it opens with, and that nothing in it runs."""

import io
from pathlib import Path

import openpyxl
import pytest
import samples
from test_report_exports import written


def test_the_workbook_holds_text_and_numbers_and_no_formula(tmp_path: Path) -> None:
    night = samples.move_partly()
    book = openpyxl.load_workbook(io.BytesIO(written(night, tmp_path)["split.xlsx"]))
    heads = [str(cell.value) for cell in book["budgets"][1]]
    typed = heads.index("Type in, EUR every 4 weeks")
    for row, shown in zip(night.split.rows, book["budgets"].iter_rows(min_row=2), strict=True):
        assert str(shown[0].value).removeprefix("'") == row.channel
        assert shown[typed].value == pytest.approx(row.recommended, abs=0.005)
    for page in book:
        for line in page.iter_rows():
            assert all(cell.data_type != "f" for cell in line)


def test_the_workbook_opens_with_the_verdict_and_its_sentence_and_budgets_have_units(tmp_path: Path) -> None:
    night = samples.move()
    book = openpyxl.load_workbook(io.BytesIO(written(night, tmp_path)["split.xlsx"]))
    assert book.sheetnames == ["answer", "budgets"]
    lines = [(a.value, b.value) for a, b in book["answer"].iter_rows()]
    assert lines[0] == ("Verdict", "Move")
    assert lines[1] == ("What to do", "Move 1,412 EUR a week from search to social and video.")
    names = [name for name, _ in lines]
    assert names.index("Condition") < names.index("What to expect")  # before every percentage
    assert ("Extra profit, EUR a week", 11_977.31) in lines
    sheet = book["budgets"]
    assert sheet.freeze_panes == "B2"
    heads = [str(cell.value) for cell in sheet[1]]
    assert heads[:6] == [
        "Channel", "Today, EUR a week", "Type in, EUR a week", "Change, EUR a week", "Times today's", "Why",
    ]  # fmt: skip
    assert not any("_" in head for head in heads)
    search = dict(zip(heads, sheet[2], strict=True))
    assert search["Change, EUR a week"].value == pytest.approx(-1_412.37)
    assert search["Type in, EUR a week"].number_format == "#,##0.00"
    assert sheet.column_dimensions["A"].width > 30  # names are read whole
