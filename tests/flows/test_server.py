"""The ephemeral Prefect server of a night dies with it, even when the night is killed."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent

NIGHT = """
import sys
from flows.process.environment import prepare
prepare(command_line=True)
from flows.process.server import start_server
from flows.process.tied_server import own_server
start_server()
assert "prefect.server.api.server" not in sys.modules, "it is for the other process, and large"
print(own_server().process.pid, flush=True)
input()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel to tie the two")
@pytest.mark.usefixtures("prefect_server")
def test_a_killed_night_leaves_no_server_behind(tmp_path: Path) -> None:
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL as DATABASE

    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PREFECT_HOME": str(tmp_path)}
    environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = str(
        DATABASE.value()
    )  # made once, it takes seconds
    night = subprocess.Popen(
        [sys.executable, "-c", NIGHT],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert night.stdout is not None
    server = int(night.stdout.readline())
    watch = os.pidfd_open(server)
    night.send_signal(signal.SIGKILL)
    out, err = night.communicate(timeout=60)  # returns only once nobody holds our pipes
    assert (out, err) == ("", "")
    assert select.select([watch], [], [], 60)[0], "the server is still alive"
    os.close(watch)
