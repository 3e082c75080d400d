"""`allot export`: a published agent as an ONNX file, for programs without Python."""

import contextlib
from pathlib import Path
from typing import Any

from flows.evaluate import read_agent
from flows.publishing.manifest import MANIFEST, sha256
from flows.store.address import is_store, refuse_store
from models.agents import AgentPolicy, agent_of, policy_onnx, read_contract
from models.json_file import read_json_object
from sql.errors import StudyError

RULES = "policies/policy.sql"
"""A night writes it where its agents may be acted on."""


def export_agent(path: Path, out: Path) -> str:
    """Write the agent of a contract to `out`, whole or not at all; a sentence on what it takes and gives."""
    refuse_store(out)
    if out.suffix != ".onnx":
        raise StudyError(
            f"--out {f'is {out}' if out.name else 'names no file'}; give a file that ends in .onnx."
        )
    _refuse_absent(path)
    contract, found = read_contract(path), read_agent(path)
    saved = found.saved.folds[0]
    policy = AgentPolicy(agent_of(found.saved), found.price, found.softness, found.saved.algorithm)
    said = _said(path, contract)
    data = policy_onnx(policy, saved.features, saved.actions, said)
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(data)
        part.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):  # where it could not even be begun
            part.unlink(missing_ok=True)
        raise StudyError(f"{out} cannot be written: {error.strerror}.") from None
    return (
        f"{out}: {found.saved.algorithm} of {said['as_of']}, {len(data):,} bytes, "
        f"{len(saved.features)} features, {len(saved.actions)} actions."
    )


def _refuse_absent(path: Path) -> None:
    if is_store(path):
        raise StudyError("An agent is read from a local folder; copy its night from the store first.")
    with contextlib.suppress(OSError):  # a name too long for any file
        if path.exists():
            return
    agents = sorted(p.name for p in path.parent.glob("*.json") if p.stem != "encoder")
    none = "; a night of a test or of daily totals, and one that could judge nothing, has no agents"
    hint = f"; there are {', '.join(agents)}" if agents else none
    raise StudyError(f"There is no agent {path}{hint}.")


def _said(path: Path, contract: dict[str, Any]) -> dict[str, str]:
    """What the file says of where it comes from. StudyError where the contract is not as its night wrote it,
    and where the night says that nobody should act on its agents, as it does by leaving out the rules."""
    night, name = path.resolve().parent.parent, f"policies/{path.resolve().name}"
    place = night / MANIFEST
    if not place.is_file():
        raise StudyError(
            f"{path} lies in no night, which says whether to act on its agents; give the path inside the "
            "night's folder, like out/shop/latest/policies/dqn.json."
        )
    try:
        told = read_json_object(place)
        files = {file["name"]: file["sha256"] for file in told["files"]}
        said = {"study": str(told["study"]), "code_version": str(told["code"]["version"])}
        said |= {"currency": str(told["settings"]["currency"])}
    except (ValueError, LookupError, TypeError) as error:
        raise StudyError(f"{place}: cannot be read as a night's manifest ({error}).") from None
    if files.get(name) != sha256(path):
        raise StudyError(f"{path} is not as its night wrote it, by {place}; take the night's own file.")
    if RULES not in files:
        raise StudyError(
            f"{night} has no {RULES}: its report says that nobody should act on its agents, and why, or no "
            "decision had a choice; none is exported."
        )
    return said | {"as_of": contract["as_of"], "weights_sha256": contract["weights_sha256"]}
