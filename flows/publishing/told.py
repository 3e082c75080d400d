"""What the figures handed on have told so far, read from the manifests of all published dates."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flows.publishing.manifest import MANIFEST
from flows.publishing.publish import published_dates
from models.json_file import read_json_object
from models.privacy import Told, together
from models.results import PrivacyLoss, SharedAggregates

PRIVACY = "privacy"
"""Its key in a manifest."""


def told_before(root: Path) -> tuple[Told, ...] | None:
    """What every published date of a study has told; None where one of them cannot be read."""
    try:
        found = (
            (name, read_json_object(root / name / MANIFEST).get(PRIVACY)) for name in published_dates(root)
        )
        return tuple(_told(name, said) for name, said in found if said is not None)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _told(as_of: str, said: dict[str, Any]) -> Told:
    loss, replaced = (
        PrivacyLoss(float(of["epsilon"]), float(of["rho"])) for of in (said["loss"], said["replaced"])
    )
    return Told(as_of, str(said["version"]), loss, replaced)


def privacy_of(shared: SharedAggregates | None, root: Path, as_of: date) -> dict[str, Any]:
    """The manifest's part on what is handed on; empty where nothing is, or ever was, of this date."""
    if shared is not None:
        said = asdict(shared)
        return {PRIVACY: {key: value for key, value in said.items() if key != "figures"}}
    gone: Sequence[Told] = [one for one in told_before(root) or () if one.as_of == as_of.isoformat()]
    if not gone:
        return {}
    replaced = together(*(loss for one in gone for loss in (one.loss, one.replaced)))
    return {PRIVACY: {"version": "", "loss": asdict(PrivacyLoss()), "replaced": asdict(replaced)}}
