"""Whole nights of presets on their own worlds, each in a process of its own."""

import json
from pathlib import Path

import polars as pl

from models.worlds import simulate
from tests.conftest import REPOSITORY
from tests.flows.typed import run

AS_OF = "2026-11-20"


def night_of(preset: str, folder: Path, *, seed: int, entities: int | None = None) -> Path:
    """The published night of a preset on a fresh draw of its world. Raises RuntimeError where it failed."""
    simulate(preset, out=folder / "logs", seed=seed, entities=entities)
    study = REPOSITORY / f"flows/studies/{preset}.toml"
    ended = run("run", study, "--logs", "logs", "--as-of", AS_OF, "--out", "out", cwd=folder)
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr)
    return folder / "out" / preset / AS_OF


def evidence_of(night: Path, policy: str) -> dict[str, object]:
    """One row of evidence.csv."""
    return pl.read_csv(night / "evidence.csv").row(by_predicate=pl.col("policy") == policy, named=True)


def plan_by_fact(night: Path, fact: str) -> pl.DataFrame:
    """What next_best_action.parquet gives, on average by the value of one feature; an entity's newest row."""
    names = [one["name"] for one in json.loads((night / "transitions/columns.json").read_text())["features"]]
    rows = pl.read_parquet(night / "transitions/transitions.parquet", columns=["entity", "features"])
    known = rows.select("entity", pl.col("features").arr.get(names.index(fact)).alias(fact))
    plan = pl.read_parquet(night / "next_best_action.parquet")
    told = plan.join(known.unique("entity", keep="last"), on="entity")
    return told.group_by(fact).agg(pl.col("^probability:.*$").mean()).sort(fact)
