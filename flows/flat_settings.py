"""A study's settings as the outputs show them: those that bear on the result, flattened to plain text."""

from datetime import date
from typing import Any

from flows.study import Study
from models.privacy import PrivacySettings
from models.settings import StateSettings, VocabularySettings

MACHINE_SETTINGS = ("logs.folder", "logs.keep_copy", "logs.threads", "publish.store")
"""Settings that say how a night runs, not what it finds: left out of every output."""
UNSAID = {
    "entities": "",
    "decision.action": "channel",
    "decision.idle": "none",
    "decision.repeat": "false",
    "outcome": "(none)",
    **{f"state.{key}": str(field.default) for key, field in StateSettings.model_fields.items()},
    **{f"privacy.{key}": str(field.default) for key, field in PrivacySettings.model_fields.items()},
    **{f"vocabulary.{word}": "(none)" for word in VocabularySettings.model_fields},
}
"""Settings that change nothing, flattened: left out of every output."""


def flatten(study: Study) -> dict[str, str]:
    """Effective settings that bear on the result, `split.period_days` -> `7`."""
    flat: dict[str, str] = {}

    def visit(prefix: str, value: Any) -> None:
        if isinstance(value, dict) and value:
            for key, inner in value.items():
                visit(f"{prefix}.{key}" if prefix else str(key), inner)
        elif isinstance(value, list | tuple):
            if any(isinstance(inner, dict) for inner in value):
                for index, inner in enumerate(value, start=1):
                    visit(f"{prefix}.{index}", inner)
            else:
                flat[prefix] = ", ".join(map(_plain, value)) or "(none)"
        else:
            flat[prefix] = _plain(value)

    visit("", study.model_dump())
    left_out = {*MACHINE_SETTINGS, *(key for key, unsaid in UNSAID.items() if flat.get(key) == unsaid)}
    left_out |= {key for key, text in flat.items() if key.startswith("logs.tables.") and text == "(none)"}
    return {key: flat[key] for key in sorted(flat) if key not in left_out}


def _plain(value: Any) -> str:
    if value is None or value == {}:
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
