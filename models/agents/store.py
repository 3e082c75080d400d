"""What the models write and read: policies as safetensors with a JSON contract, transitions as Parquet.

No pickle anywhere: a policy file is numbers and a contract, and cannot run code.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import safetensors.torch
import torch
from numpy.typing import NDArray

from models.agents.algorithms import ALGORITHMS, Algorithm, algorithm_named
from models.agents.saved_ensemble import SavedAgent, SavedEnsemble
from models.json_file import read_json_object
from models.mdp import AGENT_FOLDS, Feature, Outcome, Transitions
from models.training import Normalisation
from sql.errors import StudyError

ROWS_PER_GROUP = 131_072
ZSTD_LEVEL = 1
"""Of transitions: a quarter less time than at the usual level 3, for files a sixteenth larger."""
SCHEMA = 2
"""Of the contract. 1 had networks that were taught by other entities than the folds'."""
UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What a contract whose entries are missing, odd or of another kind may raise."""


def save_agent(
    agent: SavedAgent,
    folder: Path,
    *,
    as_of: str,
    price: float,
    softness: float,
    algorithms: tuple[Algorithm, ...] = ALGORITHMS,
) -> None:
    """Write `<algorithm>.safetensors` and `<algorithm>.json`. A tensor is called fold<f>.seed<s>.<name>: the
    entities of fold f never taught it, and neither do they where it is trained on."""
    folder.mkdir(parents=True, exist_ok=True)
    saved = agent.folds[0]
    tensors = {
        f"fold{fold}.seed{seed}.{name}": tensor
        for fold, part in enumerate(agent.folds)
        for seed, weights in part.weights.items()
        for name, tensor in weights.items()
    }
    data = safetensors.torch.save(dict(sorted(tensors.items())))
    (folder / f"{saved.algorithm}.safetensors").write_bytes(data)
    contract = {
        "schema": SCHEMA,
        "kind": algorithm_named(saved.algorithm, algorithms).kind,
        "algorithm": saved.algorithm,
        "as_of": as_of,
        "features": [{**_column(f), "type": "float32", "missing": "0"} for f in saved.features],
        "actions": list(saved.actions),
        "price": price,
        "price_range": [0.0, saved.max_price],
        "softness": softness,
        "hidden_units": list(saved.hidden_units),
        "folds": [
            {
                "seeds": sorted(part.weights),
                "value_unit": part.value_unit,
                "mean": part.normalisation.mean.tolist(),
                "scale": part.normalisation.scale.tolist(),
            }
            for part in agent.folds
        ],
        "weights": f"{saved.algorithm}.safetensors",
        "weights_sha256": hashlib.sha256(data).hexdigest(),
    }
    text = json.dumps(contract, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{saved.algorithm}.json").write_text(text, encoding="utf-8")


def read_contract(path: Path, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> dict:
    """The JSON contract of a saved policy. StudyError in one sentence if it is not one."""
    try:
        contract = read_json_object(path)
    except ValueError as error:
        raise StudyError(f"{path}: cannot be read as a policy contract ({error}).") from None
    if contract.get("kind") not in [a.kind for a in algorithms] or contract.get("schema") != SCHEMA:
        raise StudyError(
            f"{path}: is not a policy contract of schema {SCHEMA}; use the JSON of a policies/ folder "
            "that this version wrote."
        )
    return contract


def load_agent(path: Path, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> SavedAgent:
    """A saved agent that can act; StudyError if a part is missing, the weights are not those of the
    contract, or no policy could have them."""
    contract = read_contract(path, algorithms)
    try:
        weights = path.parent / Path(contract["weights"]).name
        if not weights.is_file():
            raise StudyError(f"{path}: the policy is incomplete; {weights.name!r} belongs beside it.")
        data = weights.read_bytes()
        if hashlib.sha256(data).hexdigest() != contract["weights_sha256"]:
            raise StudyError(f"{path}: its weights file is not the file this contract was written for.")
        algorithm = algorithm_named(_text(contract["algorithm"]), algorithms)
        if algorithm.kind != contract["kind"]:
            raise ValueError("its kind and its algorithm contradict each other")
        tensors = safetensors.torch.load(data)
        saved = SavedAgent(tuple(_saved(contract, fold, tensors) for fold in range(len(contract["folds"]))))
    except (*UNREADABLE, safetensors.SafetensorError) as error:
        raise StudyError(f"{path}: the policy is incomplete ({type(error).__name__}: {error}).") from None
    if len(saved.folds) != AGENT_FOLDS:
        raise StudyError(f"{path}: the policy is incomplete (it has {len(saved.folds)} folds).")
    wrong = next((why for part in saved.folds if (why := _fault_of(part) or algorithm.fault(part))), "")
    if wrong:
        raise StudyError(f"{path}: the policy cannot act ({wrong}); publish it again.")
    return saved


def _saved(contract: dict, fold: int, tensors: dict[str, torch.Tensor]) -> SavedEnsemble:
    columns, own = contract["features"], contract["folds"][fold]
    return SavedEnsemble(
        algorithm=_text(contract["algorithm"]),
        features=tuple(map(_feature, columns)),
        actions=tuple(map(_text, contract["actions"])),
        normalisation=Normalisation(
            _numbers(own["mean"], len(columns)), _numbers(own["scale"], len(columns))
        ),
        value_unit=float(own["value_unit"]),
        max_price=float(contract["price_range"][1]),
        hidden_units=tuple(map(int, contract["hidden_units"])),
        weights={
            int(seed): {
                name.removeprefix(f"fold{fold}.seed{seed}."): tensor
                for name, tensor in tensors.items()
                if name.startswith(f"fold{fold}.seed{seed}.")
            }
            for seed in own["seeds"]
        },
    )


def _numbers(values: object, d: int) -> NDArray[np.float64]:
    """(d,) one for each feature."""
    found = np.array(values, np.float64)
    if found.shape != (d,):
        raise ValueError(f"{d} features need as many means and scales, not {found.shape}")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is no text")
    return value


def _fault_of(saved: SavedEnsemble) -> str:
    """Why a complete policy of any algorithm cannot act, or an empty string."""
    d, a = len(saved.features), len(saved.actions)
    if a < 2 or not d:
        return "it has no feature, or no action beside none"
    if len({f.name for f in saved.features}) < d or len(set(saved.actions)) < a:
        return "it names a feature or an action twice"
    if not (saved.normalisation.scale > 0).all():
        return "a feature has a scale that is not above 0"
    if not (saved.value_unit > 0 and saved.max_price > 0):
        return "its value unit or its highest price is not above 0"
    return ""


def _column(feature: Feature) -> dict[str, str]:
    """What the files say of a feature; how a learner groups it is no part of them."""
    version = {"version": feature.version} if feature.version else {}
    return {"name": feature.name, "unit": feature.unit, "text": feature.text, **version}


def _feature(column: dict) -> Feature:
    """A feature as `_column` wrote it."""
    name, unit, text = (_text(column[key]) for key in ("name", "unit", "text"))
    return Feature(name, unit, text, version=_text(column.get("version", "")))


def _said(outcome: Outcome) -> dict[str, Any]:
    """What the files say of an outcome: a goal's weight and a guardrail's bound where there are any."""
    usual = {"weight": 1.0, "worst": None}
    return {key: value for key, value in asdict(outcome).items() if key not in usual or value != usual[key]}


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
    frame.write_parquet(
        folder / "transitions.parquet",
        compression_level=ZSTD_LEVEL,
        row_group_size=ROWS_PER_GROUP,
        statistics=False,
    )
    names = {
        "actions": list(transitions.actions),
        "segments": list(transitions.segments),
        "features": [_column(f) for f in transitions.feature_spec],
        "outcomes": [_said(o) for o in transitions.outcome_spec],
        "end": ["continues", "terminal", "timeout"],
    }
    text = json.dumps(names, indent=1, ensure_ascii=False) + "\n"
    (folder / "columns.json").write_text(text, encoding="utf-8")


def load_transitions(folder: Path) -> Transitions:
    """The table that `save_transitions` wrote, without the next decisions and the features' groups."""
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
