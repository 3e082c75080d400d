"""`allot evaluate` on a simulated log: rules and tables of an analyst, from the file to the sentence."""

import re
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from flows.evaluation_words import uplift_sentence, verdict
from flows.policy_files.table import pseudonym
from models.mdp.build_transitions import build_transitions
from models.results import FewDiffer, HealthCheck, Refusal, Uplift
from models.settings import DecisionSettings
from tests.conftest import KEY

STUDY = """
name = "shop"
time_zone = "Europe/Berlin"
[logs]
folder = "logs"
[decision]
tail_days = 0
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study and the logs of a small world."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.toml").write_text(STUDY)
    size = ["--entities", "600", "--days", "30"]
    assert main(["simulate", "demo", "--out", str(folder / "logs"), *size]) == 0
    return folder


def evaluate(shop: Path, policy: str, text: str) -> int:
    (shop / policy).write_text(text)
    files = [str(shop / "shop.toml"), "--policy", str(shop / policy)]
    return main(["evaluate", *files, "--as-of", "2026-11-20"])


@pytest.mark.usefixtures("pseudonym_key")
def test_a_rule_is_scored_beside_today(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = '[[rule]]\nwhen = \'segment == "regulars"\'\nshow = "none"\nshare = 0.2\n'
    assert evaluate(shop, "calm.toml", rule) == 0
    out = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if " per 7 days " in line}
    today, ours, low, high = (float(figure.replace(",", "")) for figure in rows["cost"][-4:])
    assert low < ours < high
    assert ours < today  # a fifth of the ads for half of the users is not shown
    assert re.search(r"^Against today's delivery: ", out, re.MULTILINE)
    assert re.search(r"^Effective sample size: [\d,]+ of [\d,]+ journeys", out, re.MULTILINE)
    assert re.search(r'^Rule 1 \(segment == "regulars"\) holds first in \d', out, re.MULTILINE)
    assert re.search(r"^Verdict: ", out, re.MULTILINE)


@pytest.mark.usefixtures("pseudonym_key")
def test_a_table_of_everybody_is_so_bold_that_the_logs_cannot_tell(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never an ad for anybody: next to no journey went that way from end to end. State by state there is a
    figure; its interval is as wide as that, and holds what is true: no spend."""
    users = pl.read_parquet(shop / "logs" / "users.parquet")["user_id"]
    assert evaluate(shop, "calm.csv", "user_id,action\n" + "".join(f"{user},none\n" for user in users)) == 0
    out = capsys.readouterr().out
    assert "The table names 100.0% of the " in out
    low, high = (float(x) for x in re.search(r"^cost .* (\S+) +(\S+)$", out, re.MULTILINE).groups())  # type: ignore[union-attr]
    assert low < 0.0 < high
    few = re.search(r"(\d+) that went this way from end to end", out)
    assert few is not None and int(few[1]) < 50
    assert "Verdict: no difference that these logs can tell from chance" in out
    assert users[0] not in out


@pytest.mark.usefixtures("pseudonym_key")
@pytest.mark.parametrize(
    ("policy", "text", "sentence"),
    [
        ("odd.csv", "user_id,action\nnobody,none\n", "names no decision of these logs in its one line; "),
        ("odd.toml", '[[rule]]\nwhen = "visit_7d > 0"\nshow = "video"\n', "did you mean 'visits_7d'?"),
    ],
)
def test_a_policy_that_does_not_fit_the_logs_exits_with_2(
    shop: Path, policy: str, text: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(shop, policy, text) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("pseudonym_key")
def test_a_file_without_sense_is_told_before_the_logs_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.toml").write_text('name = "shop"')
    assert evaluate(tmp_path, "empty.toml", "rule = []") == 2
    assert "empty.toml has no rule" in capsys.readouterr().err


def test_pseudonyms_are_those_of_the_logs(shop: Path, tmp_path: Path) -> None:
    from datetime import date

    from flows.study import read_study
    from sql.stage import stage_logs

    study = read_study(shop / "shop.toml")
    events = stage_logs(
        study.logs,
        folder=study.log_folder,
        work=tmp_path,
        as_of=date(2026, 11, 20),
        time_zone=study.time_zone,
        margin_rate=1.0,
        attribution_days=7,
        delay_quantile=0.95,
        single_step=False,
        exclude=(),
        key=KEY.encode(),
    )
    staged = set(build_transitions(events, DecisionSettings()).entity.tolist())
    users = pl.read_parquet(shop / "logs" / "users.parquet")["user_id"].to_list()
    assert staged
    assert staged <= {pseudonym(user, KEY.encode()) for user in users}


def gain(low: float, high: float) -> Uplift:
    return Uplift("profit", (low + high) / 2, low, high, 0.95, 0.9)


DISPUTED = HealthCheck("witness", "warn", 4.0, "standard errors", "at most 2", "The headline is above.", "p")


@pytest.mark.parametrize(
    ("found", "tier", "witness", "words"),
    [
        (gain(1, 3), "A", None, "Verdict: better than today's delivery"),
        (gain(-3, -1), "A+", None, "Verdict: worse than today's delivery"),
        (gain(-1, 3), "A", None, "Verdict: no difference that these logs can tell"),
        (
            gain(1, 3),
            "B",
            None,
            "Verdict: none, whatever the figures; these logs are of tier B: impressions only",
        ),
        (gain(1, 3), "A", DISPUTED, "Verdict: unclear, two estimators disagree. The headline is above."),
        (FewDiffer("profit"), "B", None, "Verdict: these logs cannot tell"),
    ],
)
def test_the_verdict_in_words(
    found: Uplift | Refusal, tier: str, witness: HealthCheck | None, words: str
) -> None:
    assert verdict(found, tier, "impressions only", witness).startswith(words)


def test_the_uplift_in_words() -> None:
    assert uplift_sentence(gain(-1, 3), "EUR per 7 days", "user") == (
        "Against today's delivery: profit +1.00 EUR per 7 days (-1.00 to +3.00 at 95%), "
        "better with probability 0.900."
    )
    assert uplift_sentence(FewDiffer("profit"), "EUR", "shop") == (
        "Against today's delivery: no credible estimate: the profit of too few shops differs from today's "
        "delivery."
    )
