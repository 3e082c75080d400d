"""The speed benchmark: tasks, processes of their own, records that resume, and the page of records."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.speed_page import page_text
from tests.benchmarks.speed_processes import run as run_process
from tests.benchmarks.speed_scoreboard import FORMAT, options_of, records_in, run, tasks_of
from tests.benchmarks.speed_tasks import WAYS, Task

RATE = {"algorithm": "dqn", "batch": 256, "ours": 500.0, "fit": 250.0}
TRAINED = {
    "on": "a chip", "torch": "2", "threads": 1, "size": "ten rows", "rates": [RATE],
    "sample_us": {"batch": 256, "ours": 100.0, "fit": 2_000.0}, "repeats": True,
}  # fmt: skip


def record(task: Task, cpu_s: float, found: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"format": FORMAT, "version": "8ab0ec1", "load": 0.1, "cores": 2, **asdict(task), "key": task.key}
    return {**whole, "wall_s": 2 * cpu_s, "cpu_s": cpu_s, "peak_gib": 1.0, "found": found, **more}


def transitions(who: str, size: int, repeat: int, cpu_s: float, margin: int = 7) -> dict[str, Any]:
    found = {"decisions": 2 * size, "shown": size, "clicks": 1, "margin_micros": margin, "cost_micros": 3}
    return record(Task("transitions", who, size, repeat), cpu_s, {**found, "features": 10})


def test_ways_are_measured_in_turn_and_parts_can_be_left_out() -> None:
    asked = options_of(["--parts", "transitions", "--impressions", "10", "20", "--repeats", "2"])
    tasks = tasks_of(asked)
    assert [(task.size, task.repeat, task.who) for task in tasks[:4]] == [
        (10, 0, "floor"), (10, 0, "table"), (10, 0, "ours"), (10, 0, "pandas"),
    ]  # fmt: skip
    assert len(tasks) == len({task.key for task in tasks}) == 2 * 2 * len(WAYS)
    assert {task.part for task in tasks_of(options_of([]))} == {
        "transitions",
        "training",
        "evaluation",
        "night",
    }


def test_a_process_of_its_own_tells_its_own_time_and_memory(tmp_path: Path) -> None:
    small_parent = """
import sys
from pathlib import Path
from tests.benchmarks.speed_processes import run
codes = ("x = bytearray(300 * 2**20); sum(range(3_000_000)); print('done')", "print('done')")
large, small = (run([sys.executable, "-c", code], Path(sys.argv[1]), {}) for code in codes)
assert (large.code, large.out, small.out) == (0, "done\\n", "done\\n")
assert large.peak_gib > 0.28 > small.peak_gib > 0  # what the first one took is not the second one's
assert large.cpu_s > small.cpu_s > 0
"""
    told = run_process([sys.executable, "-c", small_parent, str(tmp_path / "inner")], tmp_path, {})
    assert (told.code, told.error) == (0, "")
    broken = run_process([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path, {})
    assert (broken.code, broken.error) == (1, "no such thing")


def test_a_run_resumes_where_it_ended_and_tries_again_what_failed(tmp_path: Path) -> None:
    tasks = [Task("transitions", who, 2_000, 0) for who in WAYS]
    file = tmp_path / "speed.jsonl"
    failed = record(tasks[0], 0.0, {}) | {"failed": "exit -9: killed"}
    told = [failed, transitions("table", 2_000, 0, 123.0), record(Task("training"), 1.0, TRAINED)]
    file.write_text("".join(json.dumps(line) + "\n" for line in told) + '{"cut')
    run(tasks, tmp_path, resume=True)
    records = records_in(file)
    assert records[tasks[0].key]["found"]["events"] == 2_000 + 48 + 10  # measured now
    assert records[tasks[1].key]["cpu_s"] == 123.0  # as it was
    assert [records[task.key]["found"]["clicks"] for task in tasks[2:]] == [48, 48]
    run(tasks[:1], tmp_path, resume=False)
    assert set(records_in(file)) == {tasks[0].key, Task("training").key}  # other parts stay


def test_the_page_tells_medians_and_the_spread_of_ratios() -> None:
    cpu = {
        "floor": (0.5, 0.5, 1.0),
        "table": (0.5, 0.5, 1.0),
        "ours": (3.0, 4.0, 4.0),
        "pandas": (30.0, 40.0, 80.0),
    }
    records = [transitions(who, 1_000, r, cpu[who][r]) for r in range(3) for who in WAYS]
    text = page_text([*records, record(Task("training", size=100), 9.0, TRAINED)])
    assert (
        "| ours | 1,000 | 2,000 | 3 | 4.0 | 8.0 | 1.00 | 3.00 (2.00 to 4.00) | 0.10 (0.05 to 0.10) |" in text
    )
    assert "margin and cost are equal: yes" in text and "Growth from" not in text
    assert "| dqn | 256 | 500 | 250 | 2.0 | 2.0 to 2.0 |" in text
    assert "13 by 8ab0ec1" in text and "Other work ran" not in text and "Not measured" not in text


def test_the_page_tells_growth_unequal_answers_other_work_and_what_failed() -> None:
    records = [
        transitions(w, n, 0, n / 100, margin=n if w == "pandas" else 7) for n in (100, 400) for w in WAYS
    ]
    lost = record(Task("evaluation", size=50), 0.0, {}) | {
        "failed": "exit -9: killed, out of memory?",
        "load": 3.0,
    }
    text = page_text([*(r | {"load": 3.0} for r in records), lost])
    assert "Growth from 100 to 400: floor: CPU 1.00, peak memory 0.00; table: CPU 1.00" in text
    assert "margin and cost are equal: NO" in text
    assert "Other work ran on the machine" in text
    assert (
        "- evaluation, ours, 50, run 1: exit -9: killed, out of memory?" in text
        and "## Evaluation" not in text
    )


def test_the_page_tells_a_nights_stages_and_how_they_grow() -> None:
    nights = [
        record(
            Task("night", size=n, days=56),
            cpu,
            {"verdict": "KEEP"},
            stages={"read": n / 100, "look": n / 1_000, "wink": 0.01},
        )
        for n, cpu in ((100, 5.0), (400, 20.0))
    ]
    text = page_text(nights)
    assert "| 100 | 56 | KEEP | 1 | 5.0 | 10.0 | 1.00 |" in text
    assert "night: CPU 1.00, peak memory 0.00" in text
    assert "| look | 0.1 | 0.4 | – |" in text  # too short to say
    assert "| imports, Prefect and its server | 3.9 | 15.6 | 1.00 |" in text
    assert "| wink |" not in text
    by_stage = [line for line in text.splitlines() if line.startswith("| read |")]
    assert by_stage == ["| read | 1.0 | 4.0 | – |"]
    evaluation = record(
        Task("evaluation", size=7, policies=2, features=3),
        4.0,
        {"decisions": 7, "estimates": 9, "intervals": 8},
    )
    assert "| 2 | 7 | 3 | 8 of 9 | 1 | 4.0 | 8.0 | 1.00 |" in page_text([evaluation])


@pytest.mark.parametrize("part", ["night", "evaluation"])
def test_a_part_alone_is_a_page(part: str) -> None:
    found = {"verdict": "KEEP", "decisions": 7, "estimates": 9, "intervals": 8}
    text = page_text([record(Task(part, size=10, days=5), 4.0, found, stages={})])
    assert text.count("\n## ") == 1
