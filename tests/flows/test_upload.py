"""A published night in an object store: whole, or without the manifest that its readers wait for."""

import hashlib
import json
from pathlib import Path

import pytest

from flows.publishing.manifest import write_manifest
from flows.publishing.upload import UnsteadyStoreError, upload_night
from flows.store.address import StoreAddress
from sql.errors import StoreError
from tests.object_store import SECRET, ObjectStore, denies

FILES = {"report.html": b"<p>report", "split.json": b"{}", "policies/dqn.json": b"[]", "empty.csv": b""}


@pytest.fixture
def address(store: ObjectStore) -> StoreAddress:
    return StoreAddress(store.bucket, "allot/shop/2026-11-20")


def published(folder: Path, run: str, files: dict[str, bytes] = FILES) -> Path:
    """A published folder; `run` tells its manifest from another's."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    write_manifest(folder, {"study": "shop"}, {"run": run})
    return folder


def quiet(_done: int, _total: int, _what: str) -> None:
    pass


def read(store: ObjectStore) -> dict[str, bytes] | None:
    """The night as who waits for its manifest reads it; None where there is no manifest."""
    content = {
        key.removeprefix("allot/shop/2026-11-20/"): value for key, value in store.content("allot/").items()
    }
    if "manifest.json" not in content:
        return None
    for file in json.loads(content["manifest.json"])["files"]:
        assert hashlib.sha256(content[file["name"]]).hexdigest() == file["sha256"], "half a night"
    return content


def here(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_store_holds_the_published_folder_and_its_manifest_came_last(
    store: ObjectStore, address: StoreAddress, tmp_path: Path
) -> None:
    folder = published(tmp_path / "night", "first")
    store.put("allot/shop/2026-11-2", b"another key with the same beginning")
    store.requests.clear()
    steps: list[tuple[int, int]] = []
    upload_night(folder, address, lambda done, total, _: steps.append((done, total)))
    puts = store.asked("PUT")
    assert puts[-1] == "allot/shop/2026-11-20/manifest.json"
    assert sorted(puts) == sorted(f"allot/shop/2026-11-20/{name}" for name in (*FILES, "manifest.json"))
    assert store.content("allot/shop/2026-11-2") == {
        "allot/shop/2026-11-2": b"another key with the same beginning"
    } | {f"allot/shop/2026-11-20/{name}": content for name, content in here(folder).items()}
    assert steps[-1] == (sum(map(len, FILES.values())),) * 2
    assert store.kind("allot/shop/2026-11-20/report.html") == "text/html"


def test_a_rerun_replaces_the_night_and_leaves_nothing_of_the_old_one(
    store: ObjectStore, address: StoreAddress, tmp_path: Path
) -> None:
    upload_night(published(tmp_path / "old", "first"), address, quiet)
    new = published(tmp_path / "new", "second", {"report.html": b"<p>new", "arms.csv": b"arm\n"})
    upload_night(new, address, quiet)
    assert read(store) == here(new)


def test_at_whatever_request_access_ends_a_reader_never_sees_half_a_night(
    store: ObjectStore, address: StoreAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (
        published(tmp_path / "old", "first"),
        published(tmp_path / "new", "second", {"split.json": b"[2]"}),
    )
    upload_night(old, address, quiet)
    store.requests.clear()
    upload_night(new, address, quiet)
    n_requests, ends = len(store.requests), set()
    assert 8 <= n_requests <= 40
    for after in range(n_requests):
        upload_night(old, address, quiet)
        with monkeypatch.context() as patch:
            denies(patch, after)
            with pytest.raises(StoreError, match="no access to s3://") as caught:
                upload_night(new, address, quiet)
        assert caught.value.exit_code == 5
        assert f"The night is published in {new}, but its copy at {address} is not complete" in str(
            caught.value
        )
        assert SECRET not in str(caught.value)
        seen = read(store)
        assert seen in (None, here(old))
        ends.add(seen is None)
        assert here(new)["split.json"] == b"[2]"
    assert ends == {True, False}
    upload_night(new, address, quiet)
    assert read(store) == here(new)


def test_no_bucket_and_no_endpoint_are_told(
    tmp_path: Path, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = published(tmp_path / "night", "first")
    with pytest.raises(StoreError, match="there is no bucket nowhere at"):
        upload_night(folder, StoreAddress("nowhere", "allot"), quiet)
    monkeypatch.setattr("flows.store.connect.TRIES", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(UnsteadyStoreError, match="run the night again to copy it"):  # after two tries more
        upload_night(folder, StoreAddress(store.bucket, "allot"), quiet)


def test_a_file_that_the_store_lost_is_missed_before_the_manifest(
    store: ObjectStore, address: StoreAddress, tmp_path: Path
) -> None:
    def lose(done: int, total: int, _what: str) -> None:
        if done == total:  # all was handed over: somebody else writes there too
            store.put("allot/shop/2026-11-20/stranger.csv", b"x")

    folder = published(tmp_path / "night", "first")
    with pytest.raises(UnsteadyStoreError, match="does not hold what was written to it"):
        upload_night(folder, address, lose)
    assert read(store) is None


def test_what_is_no_night_is_never_removed(store: ObjectStore, address: StoreAddress, tmp_path: Path) -> None:
    folder = published(tmp_path / "night", "first")
    logs = "allot/shop/2026-11-20/impressions.parquet"
    store.put(logs, b"a day of a log")
    with pytest.raises(StoreError, match=r"other files than a night's lie there, and stay"):
        upload_night(folder, address, quiet)
    assert store.content("allot/") == {logs: b"a day of a log"}
