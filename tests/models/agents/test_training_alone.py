"""Training on a bare GPU machine: torch, d3rlpy and numpy alone; the same code on CUDA where there is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.benchmarks.training_speed import made_up_experience, measure, repeats
from tests.benchmarks.training_told import told
from tests.conftest import REPOSITORY

BLOCKED = """
import sys
for name in ("polars", "duckdb", "pydantic", "prefect", "pyarrow", "safetensors", "cyclopts", "rich"):
    sys.modules[name] = None  # importing it raises ImportError
import models.training, tests.benchmarks.training_speed
"""


def test_training_needs_torch_d3rlpy_and_numpy_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_d3rlpy_is_silent_in_whatever_order_a_night_imports(tmp_path: Path) -> None:
    """The study is read before Prefect is there, the stages after it: nothing in between may wake the lines
    of d3rlpy's log, which would stand between the night's own on stdout."""
    code = (
        "from flows.process.environment import prepare; prepare(command_line=True)\n"
        "import flows.study, flows.nightly\n"
        "from d3rlpy.logging import LOG; LOG.warning('Skip building models')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_speed_table_is_written_on_the_cpu() -> None:
    record = measure("cpu", steps=2, rows=2_000)
    assert all(rate["ours"] > 0 and rate["fit"] > 0 for rate in record["rates"])
    text = "\n".join(told([record]))
    assert text.count("| dqn |") == 3 and text.count("| cql |") == 3
    assert "the same bits: yes" in text


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_gpu_run_repeats_itself_bit_for_bit() -> None:
    assert repeats(made_up_experience(20_000), "cuda:0")
