"""`allot export`: an agent's contract in, an ONNX file out, or one sentence."""

import json
import shutil
from pathlib import Path

import pytest

from flows import export as exporting
from flows.cli import main
from flows.publishing.manifest import sha256
from models.agents.algorithms import AgentSettings
from models.agents.ensembles import train_agents
from models.agents.store import save_agent
from models.mdp import deal_folds
from models.settings import DecisionSettings
from tests.models.agents.outside import session_of
from tests.models.agents.tables import gold_rush, mu_of

RULES = "policies/policy.sql"
MANIFEST = {
    "study": "shop",
    "code": {"version": "0.1.0+abc"},
    "settings": {"currency": "EUR"},
}


def write_manifest(night: Path, *others: str) -> None:
    """As a night leaves it, over its agents and other files."""
    names = [*others, *(f"policies/{path.name}" for path in (night / "policies").glob("*.json"))]
    files = [{"name": name, "sha256": sha256(night / name)} for name in names]
    (night / "manifest.json").write_text(json.dumps(MANIFEST | {"files": files}))


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A published night with one agent that may be acted on."""
    world = gold_rush(400)
    settings = AgentSettings(algorithms=("advantage",))
    agents = train_agents(world, deal_folds(world.entity), settings, DecisionSettings(), mu_of(world))
    folder = tmp_path / "night"
    save_agent(
        agents.ensembles["advantage"], folder / "policies", as_of="2026-11-20", price=1.0, softness=0.1
    )
    (folder / RULES).write_text("SELECT 1")
    write_manifest(folder, RULES)
    return folder


def export(night: Path, out: Path, agent: str = "advantage") -> int:
    return main(["export", str(night / f"policies/{agent}.json"), "--out", str(out)])


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """What a failing command says: one line, and nothing besides."""
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "Traceback" not in err
    return err


def test_the_file_says_which_night_it_is_of(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "agent.onnx"
    out.write_text("of yesterday")
    assert export(night, out) == 0
    told = capsys.readouterr().out
    assert told == f"{out}: advantage of 2026-11-20, {out.stat().st_size:,} bytes, 1 features, 3 actions.\n"
    said = session_of(out.read_bytes()).get_modelmeta().custom_metadata_map
    assert {k: said[k] for k in ("study", "as_of", "code_version", "currency", "algorithm")} == {
        "study": "shop",
        "as_of": "2026-11-20",
        "code_version": "0.1.0+abc",
        "currency": "EUR",
        "algorithm": "advantage",
    }
    contract = json.loads((night / "policies/advantage.json").read_text())
    assert said["weights_sha256"] == contract["weights_sha256"]
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["agent.onnx"]


def test_a_contract_away_from_its_night_is_refused(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody could say whether to act on it."""
    shutil.copytree(night / "policies", tmp_path / "copy" / "policies")
    assert export(tmp_path / "copy", tmp_path / "agent.onnx") == 2
    assert "lies in no night" in sentence(capsys)
    assert not (tmp_path / "agent.onnx").exists()


def test_a_way_round_leads_to_the_same_night(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (night / "policies" / "sub").mkdir()
    (tmp_path / "latest").symlink_to(night)
    for way in ("latest", "night/policies/sub/../.."):
        assert export(tmp_path / way, tmp_path / "agent.onnx") == 0
    write_manifest(night)
    capsys.readouterr()
    assert export(night / "policies" / "sub" / ".." / "..", tmp_path / "agent.onnx") == 2
    assert "says that nobody should act" in sentence(capsys)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"price": 2.0}, "advantage.json is not as its night wrote it"),
        ({"softness": 0.2}, "advantage.json is not as its night wrote it"),
        ({"softness": 0.0}, "its price is 1 and its softness 0; nights write a price from 0 to 4 and"),
        ({"price": 9.0}, "its price is 9 and its softness 0.1; nights write a price from 0 to 4 and"),
        ({"actions": ["none", "search", "search"]}, "it names a feature or an action twice"),
    ],
)
def test_an_edited_contract_is_not_the_nights(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: dict, said: str
) -> None:
    path = night / "policies/advantage.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | edit))
    assert export(night, tmp_path / "agent.onnx") == 2
    assert said in sentence(capsys)


def test_a_contract_without_its_weights(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (night / "policies/advantage.safetensors").unlink()
    assert export(night, tmp_path / "agent.onnx") == 2
    assert "'advantage.safetensors' belongs beside it" in sentence(capsys)


def test_where_nobody_should_act_nothing_is_exported(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A night leaves out the rules where its report says so."""
    write_manifest(night)
    assert export(night, tmp_path / "agent.onnx") == 2
    assert "says that nobody should act on its agents" in sentence(capsys)
    assert not (tmp_path / "agent.onnx").exists()


@pytest.mark.parametrize(
    ("out", "agent", "said"),
    [
        ("agent.pb", "advantage", "give a file that ends in .onnx"),
        ("s3://bucket/agent.onnx", "advantage", "--out is local"),
        ("nowhere/agent.onnx", "advantage", "cannot be written: No such file or directory"),
        ("taken/agent.onnx", "advantage", "cannot be written: Not a directory"),
        (f"{'a' * 248}.onnx", "advantage", "cannot be written: File name too long"),
        ("begun.onnx", "advantage", "cannot be written: Is a directory"),
        ("agent.onnx", "dqn", "dqn.json; there are advantage.json, bare.json, taken.json"),
        ("agent.onnx", "../../nowhere/dqn", "dqn.json; a night of a test or of daily totals, and one"),
        ("agent.onnx", "a" * 300, "There is no agent"),
        ("agent.onnx", "taken", "taken.json: cannot be read as a policy contract"),
        ("agent.onnx", "encoder", "encoder.json: is not a policy contract of schema 2"),
        ("agent.onnx", "bare", "bare.json: the policy is incomplete"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, agent: str, said: str
) -> None:
    (night / "policies/encoder.json").write_text('{"kind": "sequence-encoder", "schema": 1}')
    (night / "policies/bare.json").write_text('{"kind": "advantage", "schema": 2}')
    (night / "policies/taken.json").mkdir()
    (tmp_path / "taken").touch()
    (tmp_path / ".begun.onnx.part").mkdir()
    place = Path(out) if out.startswith("s3:") else tmp_path / out
    assert export(night, place, agent) == 2
    assert said in sentence(capsys)


@pytest.mark.parametrize("text", ["{", '{"files": 3}', "[]"])
def test_a_spoilt_manifest_is_named(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (night / "manifest.json").write_text(text)
    assert export(night, tmp_path / "agent.onnx") == 2
    assert "manifest.json: cannot be read as a night's manifest" in sentence(capsys)


def test_an_agent_in_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "s3://bucket/shop/dqn.json", "--out", str(tmp_path / "agent.onnx")]) == 2
    assert "copy its night from the store first" in sentence(capsys)


def test_a_traceback_is_kept_beside_no_file_of_yours(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "policy_onnx", lambda *_: 1 / 0)
    assert export(night, tmp_path / "agent.onnx") == 1
    assert "unexpected ZeroDivisionError" in sentence(capsys)
    assert not (tmp_path / "agent.onnx").exists()


def test_an_out_that_is_a_folder(night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agent.onnx").mkdir()
    assert export(night, tmp_path / "agent.onnx") == 2
    assert "cannot be written" in sentence(capsys)
    assert not (tmp_path / ".agent.onnx.part").exists()
