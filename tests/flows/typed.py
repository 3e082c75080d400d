"""`allot` as users type it: in a process of its own, or quicker in this one."""

import contextlib
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import main
from tests.conftest import KEY, REPOSITORY

Ended = subprocess.CompletedProcess[str]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "flows.cli", *map(str, arguments)]


def environment(**extra: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "ALLOT_PSEUDONYM_KEY": KEY, **extra}


def shared_server() -> dict[str, str]:
    """Environment of a process that works on the server of the fixture `prefect_server`: one of its own takes
    as long to start as such a night takes."""
    from prefect.settings import PREFECT_API_URL

    return {"PREFECT_API_URL": str(PREFECT_API_URL.value())}


def run(*arguments: object, cwd: Path, **extra: str) -> Ended:
    """In a process of its own, with a Prefect server of its own: 15 seconds before the first stage.

    For what only a fresh process shows: other threads or locales, signals, what ends up on stderr.
    """
    return subprocess.run(
        command(*arguments), cwd=cwd, env=environment(**extra), capture_output=True, text=True, timeout=280
    )


def run_here(*arguments: object, cwd: Path) -> Ended:
    """In this process and folder `cwd`, on the server of the fixture `prefect_server`."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(cwd):
        patch.setenv("ALLOT_PSEUDONYM_KEY", KEY)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(map(str, arguments)))
    return subprocess.CompletedProcess(list(map(str, arguments)), code, out.getvalue(), err.getvalue())


def bytes_of(night: Path) -> dict[str, str]:
    """Digest of every published file; the manifest without its timings, which differ by nature."""
    digests = {}
    for path in sorted(p for p in night.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.name == "manifest.json":
            manifest = json.loads(content)
            del manifest["timings"]
            content = json.dumps(manifest).encode()
        digests[str(path.relative_to(night))] = hashlib.sha256(content).hexdigest()
    return digests


def page_text(night: Path) -> str:
    """What a night's report says, without its markup."""
    html = re.sub(r"<style>.*?</style>", "", (night / "report.html").read_text(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))
