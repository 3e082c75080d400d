"""Packages of our names from another distribution stop the start-up with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

from flows.process.guard import check_packages

REPOSITORY = Path(__file__).parent.parent.parent


def test_our_own_packages_pass() -> None:
    check_packages()


def test_a_foreign_package_in_front_of_ours_stops_with_2(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise SystemExit('the foreign package ran')")
    code = "import sys; from flows.cli import main; sys.exit(main(['--help']))"
    paths = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{REPOSITORY}", "PYTHONSAFEPATH": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (found.returncode, found.stdout) == (2, "")
    assert f"`models` would be imported from {tmp_path / 'models'}" in found.stderr
    assert f"it must be {REPOSITORY / 'models'}" in found.stderr
    assert found.stderr.count("\n") == 1
