"""A state encoder as it is kept beside the policies that read it: safetensors with a JSON contract."""

import hashlib
import json
from pathlib import Path

import numpy as np
import safetensors.numpy

from models.json_file import read_json_object
from models.mdp import SequenceEncoder, inputs_of, sequence_features
from sql.errors import StudyError

NAME = "encoder"
SCHEMA, KIND = 1, "sequence-encoder"
TENSORS = ("to_input", "to_hidden", "input_bias", "hidden_bias")
UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What a contract whose entries are missing, odd or of another kind may raise."""


def save_encoder(encoder: SequenceEncoder, folder: Path) -> None:
    """`encoder.safetensors` and `encoder.json`, the same bytes night after night."""
    folder.mkdir(parents=True, exist_ok=True)
    data = safetensors.numpy.save({name: getattr(encoder, name) for name in TENSORS})
    (folder / f"{NAME}.safetensors").write_bytes(data)
    contract = {
        "schema": SCHEMA,
        "kind": KIND,
        "actions": list(encoder.actions),
        "units": encoder.units,
        "teachers": encoder.teachers,
        "within_days": encoder.within_days,
        "features": [{"name": f.name, "unit": f.unit, "text": f.text} for f in sequence_features(encoder)],
        "version": encoder.version,
        "weights": f"{NAME}.safetensors",
        "weights_sha256": hashlib.sha256(data).hexdigest(),
    }
    text = json.dumps(contract, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{NAME}.json").write_text(text, encoding="utf-8")


def load_encoder(folder: Path) -> SequenceEncoder | None:
    """The encoder of a policies folder; None where there is none. StudyError in one sentence where it cannot
    be read, or its weights are not those of its contract."""
    path = folder / f"{NAME}.json"
    if not path.is_file():
        return None
    try:
        contract = read_json_object(path)
        if (contract["schema"], contract["kind"]) != (SCHEMA, KIND):
            raise ValueError(f"it is no {KIND} of schema {SCHEMA}")
        data = (folder / f"{NAME}.safetensors").read_bytes()
        if hashlib.sha256(data).hexdigest() != contract["weights_sha256"]:
            raise ValueError("its weights file is not the file this contract was written for")
        tensors = safetensors.numpy.load(data)
        found = SequenceEncoder(
            tuple(map(str, contract["actions"])),
            float(contract["teachers"]),
            int(contract["within_days"]),
            *(np.asarray(tensors[name], np.float32) for name in TENSORS),
        )
        _check(found)
    except (*UNREADABLE, safetensors.SafetensorError) as error:
        raise StudyError(f"{path}: the encoder is incomplete ({error}); publish it again.") from None
    return found


def _check(encoder: SequenceEncoder) -> None:
    """Raise ValueError for tensors that no encoder of these actions has."""
    u, i = encoder.units, inputs_of(len(encoder.actions) - 1)
    shapes = ((3 * u, i), (3 * u, u), (3 * u,), (3 * u,))
    for name, shape in zip(TENSORS, shapes, strict=True):
        found = getattr(encoder, name)
        if found.shape != shape:
            raise ValueError(f"{name} has the shape {found.shape}, not {shape}")
        if not np.isfinite(found).all():
            raise ValueError(f"{name} holds a number that is not finite")
    if not 0 < encoder.teachers < 1:
        raise ValueError(f"{encoder.teachers} is no share of entities")
