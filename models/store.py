"""What the models write and read: policies as safetensors with a JSON contract, transitions as Parquet.

No pickle anywhere: a policy file is numbers and a contract, and cannot run code.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
import safetensors.torch
import torch

from models.agents.experience import Normalisation
from models.transition_table import Feature, Outcome, Transitions
from sql.errors import StudyError

ROWS_PER_GROUP = 131_072
NETWORKS, ADVANTAGE = "q-ensemble", "advantage"
"""Kinds of policy files; an advantage learner is named after its algorithm."""


@dataclass(frozen=True)
class SavedEnsemble:
    """An ensemble of Q-networks, or an advantage learner, with the contract it may be used under."""

    algorithm: str
    features: tuple[Feature, ...]
    actions: tuple[str, ...]
    normalisation: Normalisation
    value_unit: float
    max_price: float
    hidden_units: tuple[int, ...]
    weights: dict[int, dict[str, torch.Tensor]]
    """Network weights by seed; an advantage learner draws nothing, and has its tensors at 0."""

    def mismatch(self, features: tuple[Feature, ...], actions: tuple[str, ...]) -> str:
        """Why this ensemble may not act on such a table, or an empty string."""
        if self.actions != actions:
            return f"its actions are {', '.join(self.actions)}, the log's are {', '.join(actions)}"
        mine, theirs = [f.name for f in self.features], [f.name for f in features]
        if mine != theirs:
            odd = sorted(set(mine) ^ set(theirs)) or ["their order"]
            return f"its state and the log's differ in {', '.join(odd[:3])}"
        return ""


def save_ensemble(saved: SavedEnsemble, folder: Path, *, as_of: str, price: float, softness: float) -> None:
    """Write `<algorithm>.safetensors` and `<algorithm>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        f"seed{seed}.{name}": tensor
        for seed, weights in saved.weights.items()
        for name, tensor in weights.items()
    }
    data = safetensors.torch.save(dict(sorted(tensors.items())))
    (folder / f"{saved.algorithm}.safetensors").write_bytes(data)
    contract = {
        "schema": 1,
        "kind": ADVANTAGE if saved.algorithm == ADVANTAGE else NETWORKS,
        "algorithm": saved.algorithm,
        "as_of": as_of,
        "features": [
            {**asdict(f), "type": "float32", "mean": mean, "scale": scale, "missing": "0"}
            for f, mean, scale in zip(
                saved.features,
                saved.normalisation.mean.tolist(),
                saved.normalisation.scale.tolist(),
                strict=True,
            )
        ],
        "actions": list(saved.actions),
        "price": price,
        "price_range": [0.0, saved.max_price],
        "softness": softness,
        "value_unit": saved.value_unit,
        "hidden_units": list(saved.hidden_units),
        "seeds": sorted(saved.weights),
        "weights": f"{saved.algorithm}.safetensors",
        "weights_sha256": hashlib.sha256(data).hexdigest(),
    }
    text = json.dumps(contract, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{saved.algorithm}.json").write_text(text, encoding="utf-8")


def read_contract(path: Path) -> dict:
    """The JSON contract of a saved policy. StudyError in one sentence if it is not one."""
    try:
        contract = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StudyError(f"{path}: cannot be read as a policy contract ({error})") from error
    known = isinstance(contract, dict) and contract.get("kind") in (NETWORKS, ADVANTAGE)
    if not known or contract.get("schema") != 1:
        raise StudyError(f"{path}: is not a policy contract of schema 1; use the JSON of a policies/ folder")
    return contract


def load_ensemble(path: Path) -> SavedEnsemble:
    """A saved ensemble; StudyError if a part is missing or the weights are not those of the contract."""
    contract = read_contract(path)
    try:
        data = (path.parent / Path(contract["weights"]).name).read_bytes()
        if hashlib.sha256(data).hexdigest() != contract["weights_sha256"]:
            raise StudyError(f"{path}: {contract['weights']} is not the file this contract was written for")
        tensors = safetensors.torch.load(data)
        columns = contract["features"]
        return SavedEnsemble(
            algorithm=contract["algorithm"],
            features=tuple(Feature(c["name"], c["unit"], c["text"]) for c in columns),
            actions=tuple(contract["actions"]),
            normalisation=Normalisation(
                np.array([c["mean"] for c in columns]), np.array([c["scale"] for c in columns])
            ),
            value_unit=float(contract["value_unit"]),
            max_price=float(contract["price_range"][1]),
            hidden_units=tuple(contract["hidden_units"]),
            weights={
                seed: {
                    name.removeprefix(f"seed{seed}."): tensor
                    for name, tensor in tensors.items()
                    if name.startswith(f"seed{seed}.")
                }
                for seed in contract["seeds"]
            },
        )
    except (KeyError, TypeError, ValueError, OSError, safetensors.SafetensorError) as error:
        raise StudyError(f"{path}: the policy is incomplete ({error})") from error


def save_transitions(transitions: Transitions, folder: Path) -> None:
    """`transitions.parquet`: one row per decision, sorted by (entity, step); features one FLOAT[d] column.

    `columns.json` beside it names the entries of `features`, `eligible` and `outcomes` with units.
    """
    folder.mkdir(parents=True, exist_ok=True)
    d, a = transitions.features.shape[1], len(transitions.actions)
    frame = pl.DataFrame(
        {
            "entity": transitions.entity,
            "step": transitions.step,
            "day": pl.Series(transitions.day).cast(pl.Date),
            "action": transitions.action,
            "end": transitions.end,
            "mature": transitions.mature,
            "elapsed_days": transitions.elapsed_days,
            "segment": transitions.segment,
            "features": pl.Series(transitions.features, dtype=pl.Array(pl.Float32, d)),
            "eligible": pl.Series(transitions.eligible, dtype=pl.Array(pl.Boolean, a)),
            **{o.name: transitions.outcomes[:, i] for i, o in enumerate(transitions.outcome_spec)},
        }
    )
    if transitions.propensity is not None:
        frame = frame.with_columns(pl.Series("propensity", transitions.propensity))
    frame.write_parquet(folder / "transitions.parquet", row_group_size=ROWS_PER_GROUP, statistics=False)
    names = {
        "actions": list(transitions.actions),
        "segments": list(transitions.segments),
        "features": [asdict(f) for f in transitions.feature_spec],
        "outcomes": [asdict(o) for o in transitions.outcome_spec],
        "end": ["continues", "terminal", "timeout"],
    }
    text = json.dumps(names, indent=1, ensure_ascii=False) + "\n"
    (folder / "columns.json").write_text(text, encoding="utf-8")


def load_transitions(folder: Path) -> Transitions:
    """The table that `save_transitions` wrote, without the next decisions."""
    frame = pl.read_parquet(folder / "transitions.parquet")
    names = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
    logged = frame["propensity"].to_numpy() if "propensity" in frame.columns else None
    outcomes = tuple(Outcome(**o) for o in names["outcomes"])
    return Transitions(
        entity=frame["entity"].to_numpy(),
        day=frame["day"].cast(pl.Int32).to_numpy(),
        step=frame["step"].to_numpy(),
        action=frame["action"].to_numpy(),
        eligible=frame["eligible"].to_numpy().reshape(len(frame), len(names["actions"])),
        features=frame["features"].to_numpy().reshape(len(frame), len(names["features"])),
        outcomes=np.stack([frame[o.name].to_numpy() for o in outcomes], axis=1),
        elapsed_days=frame["elapsed_days"].to_numpy(),
        end=frame["end"].to_numpy(),
        mature=frame["mature"].to_numpy(),
        propensity=logged,
        segment=frame["segment"].to_numpy(),
        actions=tuple(names["actions"]),
        segments=tuple(names["segments"]),
        feature_spec=tuple(Feature(**f) for f in names["features"]),
        outcome_spec=outcomes,
    )
