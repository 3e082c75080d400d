"""The number of cores changes how long a night takes, and no bit of what it says."""

import os
from pathlib import Path

import pytest

from models.worlds import simulate
from tests.flows.short_night import STUDY
from tests.flows.typed import bytes_of, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.mark.slow
def test_one_core_and_three_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log long enough for Q's folds to be fitted side by side, as plans, prices and policies are."""
    simulate("demo", out=tmp_path / "logs", tier="A", entities=900, days=45)
    (tmp_path / "shop.toml").write_text(STUDY)
    nights = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, n=cores: set(range(n)), raising=False)
        done = run_here("run", "shop.toml", "--as-of", "2026-11-20", "--out", f"out-{cores}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        nights.append(bytes_of(tmp_path / f"out-{cores}/shop/2026-11-20"))
    assert nights[0] == nights[1] and "split.json" in nights[0] and "policies/dqn.json" in nights[0]
