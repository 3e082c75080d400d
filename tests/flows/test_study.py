"""A study file is read with its defaults; whatever is wrong with one is told in one sentence."""
# ruff: noqa: E501 (one case per line)

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.flat_settings import MACHINE_SETTINGS, flatten
from flows.study import read_study, with_threads
from sql.errors import StudyError

STUDIES = Path(__file__).parent.parent.parent / "flows" / "studies"


def write(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_name_is_enough(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, 'name = "shop"'))
    assert (study.name, study.currency, study.time_zone, study.entity) == ("shop", "EUR", "UTC", "user")
    assert study.log_folder == tmp_path


def test_the_log_folder_lies_beside_the_study_unless_the_caller_names_another(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "shop"\n[logs]\nfolder = "ads"')
    assert read_study(path).log_folder == tmp_path / "ads"
    assert read_study(path, Path("/elsewhere")).log_folder == Path("/elsewhere")


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_study_is_valid(path: Path) -> None:
    assert read_study(path).name == path.stem


def test_what_the_machine_decides_is_in_no_output(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "shop"\n[logs]\nthreads = 1')
    one = read_study(path)
    four = with_threads(read_study(path, tmp_path / "elsewhere"), 4)
    assert four.logs.threads == 4
    assert four.log_folder == tmp_path / "elsewhere"
    assert flatten(one) == flatten(four)
    assert not set(flatten(one)) & set(MACHINE_SETTINGS)


def test_a_table_tells_only_what_was_written_of_it(tmp_path: Path) -> None:
    text = 'name = "shop"\n[logs.tables.totals]\npath = ["a.csv", "b.csv"]\nconstants.channel = "tv"'
    flat = flatten(read_study(write(tmp_path, text)))
    assert {key: said for key, said in flat.items() if key.startswith("logs.tables")} == {
        "logs.tables.totals.constants.channel": "tv",
        "logs.tables.totals.money_unit": "currency",
        "logs.tables.totals.path": "a.csv, b.csv",
    }


@pytest.mark.parametrize("section", ["", 'path = "a.csv"\n[[logs.tables.totals.parts]]\npath = "b.csv"'])
def test_a_table_without_a_path_or_with_two_kinds_is_told(tmp_path: Path, section: str) -> None:
    path = write(tmp_path, f'name = "shop"\n[logs.tables.totals]\n{section}')
    with pytest.raises(StudyError, match=r"logs.tables.totals.*give it either a `path`, or `parts`"):
        read_study(path)


def test_settings_flatten_to_plain_text(tmp_path: Path) -> None:
    text = """
    name = "shop"
    [split.channels.search]
    min = 10
    [[event]]
    first = 2026-11-01
    last = 2026-11-02
    why = "sale"
    """
    flat = flatten(read_study(write(tmp_path, text)))
    assert flat["split.channels.search.min"] == "10.0"
    assert flat["split.channels.search.max"] == "(none)"
    assert flat["event.1.first"] == "2026-11-01"
    assert flat["decision.single_step"] == "false"
    assert flat["agents.seeds"] == "1, 2, 3"
    assert list(flat) == sorted(flat)


N = 'name = "shop"\n'
WRONG = {
    "nothing": ("", "`name` is missing"),
    "unknown key": (N + "[split]\nperiod_day = 7", "unknown key `split.period_day`; did you mean 'period_days'?"),
    "unknown section": (N + "colour = 1", "unknown key `colour`; known keys here: agents,"),
    "unknown channel key": (N + "[split.channels.tv]\nmni = 3", "`split.channels.tv.mni`; did you mean 'min'?"),
    "policy without rules": (N + "[policies.mine]", "policies.mine: has no rule; begin each rule with a line [[policies.mine.rule]]"),
    "policy with the name of a split found": (
        N + '[[policies."best split found".rule]]\nshow = "none"',
        "names a policy that every night has",
    ),
    "policy with a taken name": (N + '[[policies.dqn.rule]]\nshow = "none"', "names a policy that every night has"),
    "policy with a wrong share": (N + '[[policies.mine.rule]]\nshow = "none"\nshare = 2', "policies.mine, rule 1: `share` is 2"),
    "policy without a condition": (N + '[[policies.mine.rule]]\nwhen = "visits_7d >"\nshow = "none"', 'policies.mine, rule 1: `when` is no expression: "visits_7d >" ends too early.'),
    "unknown table": (N + '[logs.tables.clickz]\npath = "x"', "unknown key `logs.tables.clickz`; did you mean 'clicks'?"),
    "table of another kind": (N + '[logs.tables.weather]\npath = "x"', "`logs.tables.weather`; use one of 'impressions', 'clicks',"),
    "path in the name": ('name = "../up"', '`name` is "../up"; use lower-case letters'),
    "newline in the name": ('name = "up\\n"', '`name` is "up\\n"'),
    "currency": (N + 'currency = "euro"', "three capitals like EUR"),
    "time zone": (N + 'time_zone = "Europe/Berln"', "did you mean 'Europe/Berlin'?"),
    "summer time": (N + 'time_zone = "CEST"', '`time_zone` is "CEST"; no time zone of the tz database; write for example Europe/Berlin.'),
    "margin in percent": (N + "[decision]\nmargin_rate = 40", "`decision.margin_rate` is 40; it must be above 0 and at most 1, such as 0.4 for 40 %."),
    "path as time zone": (N + 'time_zone = "/etc/passwd"', "no time zone of the tz database"),
    "section as number": (N + "logs = 3", "write a table with this name"),
    "fraction": (N + "[decision]\nhorizon_days = 1.5", "`decision.horizon_days` is 1.5; write a whole number."),
    "too small": (N + "[decision]\nhorizon_days = 0", "it must be at least 1."),
    "too large": (N + "[evaluation]\nlevel = 1.0", "it must be below 1."),
    "truth as number": (N + "seed = true", "`seed` is true; write a number."),
    "nan": (N + "[split]\nrounding = nan", "`split.rounding`"),
    "infinity": (N + "[split]\ntotal = inf", "`split.total` is inf; write a finite number."),
    "algorithm": (N + '[agents]\nalgorithms = ["dqm"]', "`agents.algorithms.1`: no algorithm is called \"dqm\"; did you mean 'dqn'?"),
    "no seeds": (N + "[agents]\nseeds = []", "`agents.seeds`: is empty"),
    "no prices": (N + "[agents]\nprices = []", "`agents.prices`: is empty; write for example [1.0, 1.5, 2.0]."),
    "no softness": (N + "[agents]\nsoftness = []", "`agents.softness`: is empty"),
    "no layers": (N + "[agents]\nhidden_units = []", "`agents.hidden_units`: is empty"),
    "not soft at all": (N + "[agents]\nsoftness = [0]", "`agents.softness`: [0.0]: a temperature is above 0"),
    "hard": (N + "[agents]\nsoftness = [0.1, -1.0]", "`agents.softness`: [0.1, -1.0]: a temperature is above 0"),
    "seed twice": (N + "[agents]\nseeds = [1, 1]", "names an entry twice"),
    "price above max": (N + "[agents]\nprices = [9.0]", "leaves the range [0, max_price = 4]"),
    "shares": (
        N + "[evaluation]\ntrain_share = 0.9",
        "`evaluation.train_share` left the study: everybody teaches, chooses and reports, by folds; take the "
        "line out.",
    ),
    "bounds": (N + "[split.channels.tv]\nmin = 3\nmax = 2", "`split.channels.tv.min`: 3 is above max = 2"),
    "minima": (N + "[split]\ntotal = 5\n[split.channels.tv]\nmin = 9", "less than the channels' minima together (9)"),
    "no target": (N + '[split]\ngoal = "target_roas"', "`split.target`: is missing: goal is target_roas; write the target, for example 3,"),
    "no cost per purchase": (N + '[split]\ngoal = "target_cpa"', "`split.target`: is missing: goal is target_cpa; write the target, for example 25,"),
    "target of profit": (N + "[split]\ntarget = 2", "`split.target`: 2: goal is profit, which has no target; leave it out"),
    "horizon": (N + "[decision]\nepoch_days = 7\nhorizon_days = 3", "shorter than one epoch"),
    "half a pair": (N + '[decision]\nstock = ["sold"]', "`decision.stock.2` is missing; add it."),
    "copies in another store": (N + '[publish]\nstore = "gs://b"', "names a store of another kind; write s3://bucket/prefix."),
    "order of one decision": (
        N + '[decision]\nsingle_step = true\n[state]\nencoder = "gru"',
        "`state.encoder`: reads what came before; with one decision each, leave it out.",
    ),
    "days": (N + '[[exclude]]\nfirst = 2026-01-02\nlast = 2026-01-01\nwhy = "x"', "`exclude.1.last`: 2026-01-01"),
    "date in quotes": (N + '[[event]]\nfirst = "x"\nlast = 2026-01-01\nwhy = "x"', "write a date without quotes"),
    "yes in quotes": (N + '[decision]\nsingle_step = "yes"', '`decision.single_step` is "yes"; write true or false, without quotes'),
    "level in quotes": (N + '[decision]\nsingle_step = true\nlevels = ["0", 5, 10]', '`decision.levels.1` is "0"; write the number, without quotes'),
    "no quotes": ("name = shop", 'line 1, column 8: not valid TOML: Invalid value; the line reads "name = shop"; text stands in quotes: name = "shop".'),
    "no quotes before a comment": (N + "currency = GBP  # theirs", 'theirs"; text stands in quotes: currency = "GBP".'),
    "open string": (N + 'currency = "EUR', "line 2"),
    "name twice": (N + N, "line 2"),
    "many": (N + "a = 1\nb = 2\nc = 3", "(2 more problems after this one.)"),
}  # fmt: skip


def test_a_study_may_hold_policies_of_its_own(tmp_path: Path) -> None:
    text = 'name = "shop"\n[[policies.lapsed.rule]]\nwhen = "purchases_30d == 0"\nshow = "video"\nshare = 1'
    (rules,) = read_study(write(tmp_path, text)).rules
    assert rules.name == "lapsed"
    assert [(r.when, r.show, r.share) for r in rules.rules] == [("purchases_30d == 0", "video", 1.0)]


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_study_is_told_in_one_sentence(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_study(write(tmp_path, text))
    sentence = str(caught.value)
    assert expected in sentence
    assert str(tmp_path / "my.toml") in sentence
    assert "\n" not in sentence
    assert "pydantic" not in sentence


def test_a_missing_study_names_the_ones_there_are(tmp_path: Path) -> None:
    write(tmp_path, 'name = "shop"')
    with pytest.raises(StudyError, match=r"There is no study file .*your\.toml; there is .*my\.toml\.$"):
        read_study(tmp_path / "your.toml")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "allot"')  # is none
    (tmp_path / "shop.toml").write_text('name = "shop"')
    with pytest.raises(StudyError, match=r"your\.toml; there are \S*/my\.toml, \S*/shop\.toml\.$"):
        read_study(tmp_path / "your.toml")
    with pytest.raises(StudyError, match=r"no study file \S*/shop_w\.toml; did you mean \S*/shop\.toml\?$"):
        read_study(tmp_path / "shop_w.toml")
    with pytest.raises(StudyError, match=r"There is no study file \S*\.toml\.$"):
        read_study(tmp_path / "nowhere" / "shop.toml")


def test_a_folder_and_a_binary_file_are_no_studies(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is a folder"):
        read_study(tmp_path)
    with pytest.raises(StudyError, match=r"/dev/zero is no regular file"):
        read_study(Path("/dev/zero"))
    (tmp_path / "log.csv").write_bytes(b"1," * 500_001)
    with pytest.raises(StudyError, match=r"log\.csv has 1,000,002 bytes, too many for a study"):
        read_study(tmp_path / "log.csv")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StudyError, match="is not UTF-8 at byte 0"):
        read_study(tmp_path / "x.toml")


KEYS = [
    "name",
    "seed",
    "currency",
    "time_zone",
    "entity",
    "entities",
    "action",
    "min",
    "max",
    "first",
    "last",
    "why",
    "tables",
    "path",
]
KEYS += [
    "logs",
    "vocabulary",
    "decision",
    "agents",
    "evaluation",
    "split",
    "exclude",
    "event",
    "channels",
    "columns",
    "seeds",
]
KEYS += ["horizon_days", "prices", "total", "level", "x y", ""]
SCALARS = ["1", "-1", "0.5", "nan", "inf", "true", '""', '"x"', '"dqn"', '"\\u0000"', "2026-01-01", "1e999"]
SCALARS += ["9" * 30, "12:00:00", "''", '"Europe/Berlin"', '"EUR"', "-0.0"]
VALUES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]")
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3).map(
            lambda table: "{" + ", ".join(f'"{key}" = {value}' for key, value in table.items()) + "}"
        )
    ),
    max_leaves=6,
)
DOCUMENTS: Any = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5).map(
    lambda table: "".join(f'"{key}" = {value}\n' for key, value in table.items())
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=DOCUMENTS.map(lambda text: 'name = "shop"\n' + text if '"name"' not in text else text) | st.text()
)
def test_no_input_leads_to_a_traceback(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        study = read_study(path)
    except StudyError as error:
        assert "\n" not in str(error)
        assert str(path) in str(error)
    else:
        assert all(isinstance(value, str) for value in flatten(study).values())


@pytest.mark.parametrize(
    ("currency", "told"), [("JPY", "JPY has no cents"), ("KWD", "the smaller unit of KWD is a thousandth")]
)
def test_cents_of_a_currency_that_has_none_are_refused(tmp_path: Path, currency: str, told: str) -> None:
    text = """
    name = "shop"
    currency = "{}"
    [logs.tables.purchases]
    path = "orders.csv"
    money_unit = "cents"
    """
    assert read_study(write(tmp_path, text.format("EUR"))).currency == "EUR"
    with pytest.raises(StudyError) as caught:
        read_study(write(tmp_path, text.format(currency)))
    assert "`logs.tables.purchases.money_unit`" in str(caught.value)
    assert told in str(caught.value) and 'write money_unit = "currency"' in str(caught.value)
