"""The study file: one TOML that says where the logs are, what may be decided, and how sure to be."""

import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, PrivateAttr, ValidationError

from flows.currencies import cents_conflict, known_currency
from flows.init.lines import open_question
from flows.policy_files.rules import RuleFile, rules_of
from flows.store.address import StoreAddress, store_address
from flows.store.settings import PublishSettings, address_faults, nights_among_logs
from flows.study_agents import agent_contradictions
from flows.study_budgets import budget_contradictions
from flows.study_counts import words_of_counts
from flows.study_errors import others_beside, show, suggest, toml_sentence, validation_sentence
from flows.study_levels import level_contradictions
from flows.study_outcomes import outcome_contradictions
from models.agent_settings import ALGORITHM_NAMES, AgentSettings
from models.policies import KNOWN_POLICIES
from models.privacy import PrivacySettings
from models.results import Vocabulary, vocabulary_of
from models.settings import (
    DecisionSettings,
    EvaluationSettings,
    OutcomeSettings,
    SplitSettings,
    StateSettings,
    VocabularySettings,
)
from models.totals import TotalsSettings
from sql.errors import StudyError
from sql.settings import DayRange, LogSettings, Settings

TAKEN = ("recommended split", "best split found", *(known.name for known in KNOWN_POLICIES), *ALGORITHM_NAMES)
"""Names of policies that a night compares by itself."""
LARGEST = 1_000_000
"""Bytes of a study file."""


def _known_time_zone(name: str) -> str:
    if name not in available_timezones():
        example = "; write for example Europe/Berlin"
        places = [zone for zone in available_timezones() if "/" in zone]  # EST is near CEST in letters alone
        raise ValueError(f"no time zone of the tz database{suggest(name, places, example)}")
    return name


def _matching(pattern: str, words: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(words)
        return text

    return AfterValidator(check)


class Study(Settings):
    """Everything a night needs to know. Each setting is explained beside its default, in its section."""

    name: Annotated[
        str,
        _matching(
            "[a-z0-9][a-z0-9_-]{0,63}",
            "use lower-case letters, digits, `_` and `-`, starting with a letter or digit, at most 64",
        ),
    ]
    """Names the output folder."""
    currency: Annotated[str, AfterValidator(known_currency)] = "EUR"
    """ISO 4217 code, for labels. One study has one currency."""
    time_zone: Annotated[str, AfterValidator(_known_time_zone)] = "UTC"
    """Where a day begins."""
    entity: Annotated[
        str, _matching("[A-Za-z][A-Za-z ]{0,31}", "write a singular noun in letters, like user or SKU")
    ] = "user"
    """What decisions are made for, in the singular: `user`, `household`, `SKU`."""
    entities: Annotated[
        str, _matching("([A-Za-z][A-Za-z ]{0,39})?", "write the plural of `entity` in letters, like users")
    ] = ""
    """Its plural, where it is not the regular one."""
    seed: int = Field(default=1, ge=0, lt=2**32)
    """Seeds everything random besides the agents, which have seeds of their own."""
    logs: LogSettings = Field(default_factory=LogSettings)
    decision: DecisionSettings = Field(default_factory=DecisionSettings)
    outcome: tuple[OutcomeSettings, ...] = ()
    """What follows decisions, and what it is to the study; see `OutcomeSettings`."""
    vocabulary: VocabularySettings = Field(default_factory=VocabularySettings)
    state: StateSettings = Field(default_factory=StateSettings)
    agents: AgentSettings = Field(default_factory=AgentSettings)
    evaluation: EvaluationSettings = Field(default_factory=EvaluationSettings)
    split: SplitSettings = Field(default_factory=SplitSettings)
    totals: TotalsSettings = Field(default_factory=TotalsSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    publish: PublishSettings = Field(default_factory=PublishSettings)
    exclude: tuple[DayRange, ...] = ()
    """Days to take out (an outage, a broken tag), widened by the purchase delay."""
    event: tuple[DayRange, ...] = ()
    """Days to mark (a promotion)."""
    policies: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Policies of your own, as rules, compared with all others every night: `[[policies.NAME.rule]]` with
    `when`, `show` and `share`, as in a file for `allot evaluate`."""

    _log_folder: Path = PrivateAttr(default=Path())
    _log_store: StoreAddress | None = PrivateAttr(default=None)

    @property
    def rules(self) -> tuple[RuleFile, ...]:
        """The policies of `policies`, by name."""
        named = sorted(self.policies.items())
        at = f"The study {self.name}, policies"
        return tuple(rules_of(raw["rule"], name, f"{at}.{name}") for name, raw in named)

    @property
    def words(self) -> Vocabulary:
        """What the study's readers call entities, actions and outcomes."""
        own = self.vocabulary.model_dump(exclude_none=True)
        if "success" not in own:
            own = words_of_counts(self.logs.tables) | own
        return vocabulary_of(self.entity, self.entities, self.decision.action, own, idle=self.decision.idle)

    @property
    def counted_in(self) -> dict[str, str]:
        """Outcome -> its unit, of those for which the study names one."""
        return {one.name: one.unit for one in self.outcome if one.unit is not None}

    @property
    def guardrails(self) -> tuple[OutcomeSettings, ...]:
        """Outcomes that may not get worse."""
        return tuple(one for one in self.outcome if one.role == "guardrail")

    @property
    def log_folder(self) -> Path:
        """The logs' folder, resolved: `logs.folder` beside the study file, or what the caller gave. Means
        nothing where `log_store` is set."""
        return self._log_folder

    @property
    def log_store(self) -> StoreAddress | None:
        """Where the logs lie instead, if that is an object store."""
        return self._log_store


def read_study(path: Path, logs: Path | str | None = None) -> Study:
    """Read and check a study file; `logs` replaces its log folder: a folder, or s3://bucket/prefix.

    Raises StudyError with one sentence that names the file, the key, the value and what would be right.
    """
    raw = _read_toml(path)
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        raise StudyError(validation_sentence(path, Study, error)) from None
    _refuse_odd_numbers(path, raw, study, ())
    for key, sentence in _contradictions(study):
        raise StudyError(f"{path}: `{key}`: {sentence}")
    for name, rules in study.policies.items():
        _check_rules(path, name, rules)
    try:
        study._log_store = store_address(study.logs.folder if logs is None else str(logs))
    except ValueError as error:
        raise StudyError(f"--logs {error}") from None
    if nights_among_logs(study.name, study.log_store, study.publish):
        raise StudyError(
            f"{path}: `publish.store`: copies of nights would lie among the logs, or the logs among them; "
            "name another prefix."
        )
    study._log_folder = (path.parent / study.logs.folder if logs is None else Path(logs)).absolute()
    return study


def read_answered_study(path: Path, logs: Path | str | None = None) -> Study:
    """`read_study`, of a study in which no line of `allot init` still asks.

    Raises StudyError as `read_study` does, and with the first question that is open: a night would answer it
    with a default that nobody chose.
    """
    study = read_study(path, logs)
    if unanswered := open_question(path.read_text(encoding="utf-8-sig")):
        line, key, question = unanswered
        end = "" if question.endswith(("?", ".")) else "."
        raise StudyError(f"{path}, line {line}: `{key}` wants an answer: {question}{end}")
    return study


def _read_toml(path: Path) -> dict[str, Any]:
    if path.is_dir():
        raise StudyError(f"{path} is a folder; name the study's TOML file in it.")
    try:
        if path.exists() and not path.is_file():
            raise StudyError(f"{path} is no regular file; name the study's TOML file.")
        if (size := path.stat().st_size) > LARGEST:
            raise StudyError(f"{path} has {size:,} bytes, too many for a study; name the study's TOML file.")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise StudyError(f"There is no study file {path}{others_beside(path)}") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8 text.") from None
    except (OSError, ValueError) as error:
        raise StudyError(f"{show(str(path))} cannot be read: {error}.") from None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise StudyError(toml_sentence(path, text, error)) from None


def _refuse_odd_numbers(path: Path, raw: Any, value: Any, at: tuple[str, ...]) -> None:
    """`true` where a number belongs, `"yes"`, `"5"`, `nan`, `inf`: TOML allows them, no setting does."""
    if isinstance(raw, float) and not math.isfinite(raw):
        raise StudyError(f"{path}: `{'.'.join(at)}` is {raw}; write a finite number.")
    if isinstance(raw, bool) and not isinstance(value, bool):
        raise StudyError(f"{path}: `{'.'.join(at)}` is {str(raw).lower()}; write a number.")
    if isinstance(raw, str) and isinstance(value, bool | int | float):
        right = "write true or false" if isinstance(value, bool) else "write the number"
        raise StudyError(f"{path}: `{'.'.join(at)}` is {show(raw)}; {right}, without quotes.")
    if isinstance(raw, dict):
        for key, inner in raw.items():
            if not at and key == "policies":
                continue  # rules have their own checks
            typed = getattr(value, key) if isinstance(value, BaseModel) else value[key]
            _refuse_odd_numbers(path, inner, typed, (*at, key))
    elif isinstance(raw, list):
        for index, (inner, typed) in enumerate(zip(raw, value, strict=True), start=1):
            _refuse_odd_numbers(path, inner, typed, (*at, str(index)))


def _check_rules(path: Path, name: str, raw: dict[str, Any]) -> None:
    """One policy of the study; its names are checked against the logs later, when these are known."""
    where = f"{path}, policies.{name}"
    if name in TAKEN or not name.strip():
        raise StudyError(f"{where}: {show(name)} names a policy that every night has; choose another name.")
    unknown = next((key for key in raw if key != "rule"), None)
    if unknown is not None or "rule" not in raw:
        what = "has no rule" if unknown is None else f"unknown key {show(unknown)}"
        raise StudyError(f"{where}: {what}; begin each rule with a line [[policies.{name}.rule]].")
    rules_of(raw["rule"], name, where)


def _contradictions(study: Study) -> list[tuple[str, str]]:
    """Settings that are fine alone and wrong together: (key, what is wrong and what would be right)."""
    found = []
    in_cents = (
        name
        for name, table in study.logs.tables.items()
        if any("cents" in (files.money_unit, *files.money_units.values()) for files in table.files)
    )
    conflict = cents_conflict(study.currency, in_cents)
    if conflict is not None:
        found.append(conflict)
    for section, ranges in (("exclude", study.exclude), ("event", study.event)):
        for index, days in enumerate(ranges, start=1):
            if days.last < days.first:
                found.append(
                    (
                        f"{section}.{index}.last",
                        f"{days.last} lies before first = {days.first}; swap them.",
                    )
                )
    found.extend(agent_contradictions(study.agents))
    found.extend(level_contradictions(study.decision, study.split))
    if study.decision.single_step and study.state.encoder != "counts":
        found.append(("state.encoder", "reads what came before; with one decision each, leave it out."))
    windows = study.decision.windows_days
    if not windows or any(days < 1 for days in windows) or len(set(windows)) < len(windows):
        found.append(("decision.windows_days", f"{list(windows)}: give different lengths of 1 day or more."))
    if study.decision.horizon_days < study.decision.epoch_days and not study.decision.single_step:
        found.append(
            (
                "decision.horizon_days",
                f"{study.decision.horizon_days} is shorter than one epoch "
                f"(epoch_days = {study.decision.epoch_days}); make it at least as long.",
            )
        )
    found.extend(address_faults(study.logs.folder, study.publish))
    found.extend(outcome_contradictions(study.outcome, study.currency))
    found.extend(budget_contradictions(study.split))
    return found


def with_threads(study: Study, threads: int | None) -> Study:
    """The study with another number of DuckDB threads; None leaves it as it is."""
    if threads is None:
        return study
    return study.model_copy(update={"logs": study.logs.model_copy(update={"threads": threads})})
