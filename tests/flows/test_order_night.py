"""Nights whose state holds the order of events: taught once, read by the next night and by evaluate."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from models.encoder import load_encoder
from models.mdp import uniform_of
from models.mdp.entity_sample import SAMPLE_SALT
from models.worlds import LAST_DAY
from models.worlds.logs import first_day_of, write_logs
from models.worlds.order import ORDER, OrderWorld
from tests.flows.short_night import STUDY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
PEOPLE, DAYS, TEACHERS = 400, 35, 0.4
NIGHTS = ("2026-11-19", "2026-11-20")
AGENTS = 'algorithms = ["dqn", "advantage"]\nsteps = 5\nprices = [1.0]\nsoftness = [0.1, 0.4]'
READS_ORDER = f"""
[state]
encoder = "gru"
teachers = {TEACHERS}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights of the world of order, in which an offer nearly always sells to those to whom it sells."""
    folder = tmp_path_factory.mktemp("order")
    world = OrderWorld(replace(ORDER, sells=0.8), PEOPLE, 1, first_day_of(LAST_DAY, DAYS))
    write_logs(world, days=DAYS, tier="A", out=folder / "logs")
    study = STUDY.replace("steps = 5", AGENTS) + READS_ORDER
    (folder / "shop.toml").write_text(study)
    for as_of in NIGHTS:
        ended = run_here("run", "shop.toml", "--as-of", as_of, "--out", "out", cwd=folder)
        assert ended.returncode == 0, ended.stderr
    return folder


def test_the_state_names_what_it_reads_and_those_who_taught_it_judge_nothing(folder: Path) -> None:
    night = folder / "out/shop" / NIGHTS[0]
    columns = json.loads((night / "transitions/columns.json").read_text())["features"]
    reads = [c for c in columns if c["name"].startswith("sequence_")]
    assert [c["name"] for c in reads] == [*(f"sequence_{i}" for i in range(1, 19)), "sequence_recency"]
    assert reads[0]["text"].startswith("the order of the last events") and reads[0]["version"]
    judged = pl.read_parquet(night / "transitions/transitions.parquet")["entity"].unique().to_numpy()
    told = pl.read_parquet(night / "next_best_action.parquet")["entity"].to_numpy()
    assert (uniform_of(judged, SAMPLE_SALT) < 1 - TEACHERS).all()
    assert len(told) > len(judged) > PEOPLE / 2
    assert (uniform_of(told, SAMPLE_SALT) >= 1 - TEACHERS).sum() > PEOPLE / 4


def test_the_network_stays_as_it_is_and_agents_go_on_from_it(folder: Path) -> None:
    first, second = (folder / "out/shop" / as_of / "policies" for as_of in NIGHTS)
    for name in ("encoder.json", "encoder.safetensors"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    encoder = load_encoder(second)
    assert encoder is not None
    contract = json.loads((second / "dqn.json").read_text())
    assert {c.get("version") for c in contract["features"]} == {None, encoder.version}
    assert "trained afresh" not in page_text(second.parent)


def test_the_report_says_so_in_its_own_words(folder: Path) -> None:
    first, second = (page_text(folder / "out/shop" / as_of) for as_of in NIGHTS)
    assert "The state holds the order of the last events, as a network reads it that" in first
    assert "users set aside for it taught tonight" in first and "an earlier night taught" in second
    assert "“the order of the last events” matters most" in second


def test_a_published_agent_is_scored_with_the_network_it_reads(folder: Path) -> None:
    agent = "out/shop/2026-11-20/policies/advantage.json"
    ended = run_here("evaluate", "shop.toml", "--policy", agent, "--as-of", NIGHTS[1], cwd=folder)
    assert ended.returncode == 0, ended.stderr
    assert "Verdict: " in ended.stdout


def test_an_agent_that_read_other_channels_is_refused_in_a_sentence(folder: Path) -> None:
    (folder / "more").mkdir()
    for path in (folder / "logs").glob("*.parquet"):
        table = pl.read_parquet(path)
        if "channel" in table.columns:
            first = pl.int_range(pl.len()) < pl.len() // 2
            table = table.with_columns(channel=pl.when(first).then(pl.lit("post")).otherwise("channel"))
        table.write_parquet(folder / "more" / path.name)
    agent = "out/shop/2026-11-20/policies/advantage.json"
    asked = ("evaluate", "shop.toml", "--policy", agent, "--as-of", NIGHTS[1], "--logs", "more")
    ended = run_here(*asked, cwd=folder)
    assert ended.returncode == 2 and "cannot act on these logs" in ended.stderr


def test_everybody_says_that_it_pays(folder: Path) -> None:
    told = pl.read_csv(folder / "out/shop" / NIGHTS[1] / "evidence.csv")
    row = told.row(by_predicate=pl.col("policy") == "advantage", named=True)
    assert row["verdict"] == "better" and row["uplift_low"] > 0
