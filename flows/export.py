"""`allot export`: a published agent as an ONNX file, for programs without Python."""

from pathlib import Path
from typing import Any

from flows.evaluate import read_agent
from flows.publishing.manifest import MANIFEST
from flows.store.address import refuse_store
from models.agents import AgentPolicy, agent_of, policy_onnx, read_contract
from models.json_file import read_json_object
from sql.errors import StudyError

RULES = "policies/policy.sql"
"""A night writes it where its agents may be acted on."""


def export_agent(path: Path, out: Path) -> str:
    """Write the agent of a contract to `out`, whole or not at all; a sentence on what it takes and gives."""
    refuse_store(out)
    if out.suffix != ".onnx":
        raise StudyError(f"--out is {out}; give a file that ends in .onnx.")
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
        part.unlink(missing_ok=True)
        raise StudyError(f"{out} cannot be written: {error.strerror}.") from None
    return (
        f"{out}: {found.saved.algorithm} of {said['as_of']}, {len(data):,} bytes, "
        f"{len(saved.features)} features, {len(saved.actions)} actions."
    )


def _said(path: Path, contract: dict[str, Any]) -> dict[str, str]:
    """What the file says of where it comes from. StudyError where the night says that nobody should act on
    its agents, as it does by leaving out the rules; a contract without its night is taken as it is."""
    said = {
        "as_of": str(contract.get("as_of", "")),
        "weights_sha256": str(contract.get("weights_sha256", "")),
    }
    place = path.absolute().parent.parent / MANIFEST
    if not place.is_file():
        return said
    try:
        night = read_json_object(place)
        files = {file["name"] for file in night["files"]}
        said |= {"study": str(night["study"]), "code_version": str(night["code"]["version"])}
        said |= {"currency": str(night["settings"]["currency"])}
    except (ValueError, LookupError, TypeError) as error:
        raise StudyError(f"{place}: cannot be read as a night's manifest ({error}).") from None
    if RULES not in files:
        raise StudyError(
            f"The report of {place.parent} says that nobody should act on its agents, and why; none is "
            "exported."
        )
    return said
