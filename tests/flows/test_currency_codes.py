"""A study's currency is one that there is; a slip of the fingers is told, and what was probably meant."""

import re
from pathlib import Path

import pytest

from flows.currencies import IN_THOUSANDTHS, WITHOUT_MINOR_UNIT
from flows.currency_codes import ACTIVE, KNOWN
from flows.study import read_study
from sql.errors import StudyError

ROOT = Path(__file__).parents[2]


def read(folder: Path, code: str) -> str:
    (folder / "my.toml").write_text(f'name = "shop"\ncurrency = "{code}"')
    return read_study(folder / "my.toml").currency


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("GPB", "no currency of ISO 4217; did you mean 'GBP'?"),
        ("EUO", "no currency of ISO 4217; did you mean 'EUR'?"),
        ("USS", "no currency of ISO 4217; did you mean 'USD' or 'USN' or 'UZS'?"),
        ("QQQ", "no currency of ISO 4217, like EUR or USD."),
        ("gbp", "write an ISO 4217 code, three capitals like EUR: did you mean 'GBP'?"),
        ("\u20ac", "write an ISO 4217 code, three capitals like EUR."),
    ],
)
def test_a_code_that_is_none_is_refused_with_the_one_that_was_meant(
    tmp_path: Path, code: str, told: str
) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, code)
    assert "`currency` is " in str(caught.value) and str(caught.value).endswith(told)


@pytest.mark.parametrize("code", ["GBP", "JPY", "XCG", "ZWG", "BGN"])
def test_currencies_of_today_and_of_last_year_are_read(tmp_path: Path, code: str) -> None:
    assert read(tmp_path, code) == code


def test_the_list_is_whole_and_holds_every_currency_that_is_named_here() -> None:
    assert len(ACTIVE) == 178 and all(re.fullmatch("[A-Z]{3}", code) for code in KNOWN)
    assert WITHOUT_MINOR_UNIT | IN_THOUSANDTHS < ACTIVE
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "flows" / "studies").glob("*.toml")]
    named = {code for page in pages for code in re.findall(r'currency = "(.*?)"', page.read_text())}
    assert "EUR" in named and named <= KNOWN
