"""Logs in an object store: a folder that is equal to them, loaded once, or one sentence that says why not."""

import gzip
import os
import re
import stat
from pathlib import Path

import pytest

from flows.store.address import StoreAddress, store_address
from flows.store.connect import trouble
from flows.store.mirror import UnsteadyLogError, mirror_logs
from flows.study import read_study
from sql.errors import AllotError, LogError, StudyError
from tests.object_store import SECRET, ObjectStore, denies

LOG = {
    "impressions.csv": b"impression_id,ts\ni1,2026-01-01\n",
    "purchases/day=1/a.csv": b"purchase_id\np1\n",
    "purchases/day=2/b.csv": b"purchase_id\np2\n",
    "clicks.csv.gz": gzip.compress(b"impression_id\ni1\n", mtime=0),
}


@pytest.fixture
def shop(store: ObjectStore) -> StoreAddress:
    """A small log below the key `shop`, beside what is none."""
    for name, content in LOG.items():
        store.put(f"shop/{name}", content)
    store.put("shop/notes.docx", b"not a log")
    store.put("shopping/impressions.csv", b"another log")
    return StoreAddress(store.bucket, "shop")


def quiet(_done: int, _total: int, _what: str) -> None:
    pass


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("logs", None),
        ("/data/s3/logs", None),
        ("s3://shop", StoreAddress("shop")),
        ("s3://shop/", StoreAddress("shop")),
        ("s3://shop.eu-1/ads/2026/", StoreAddress("shop.eu-1", "ads/2026")),
    ],
)
def test_addresses_are_read(text: str, address: StoreAddress | None) -> None:
    assert store_address(text) == address


def test_what_lies_below_an_address() -> None:
    assert str(StoreAddress("shop").below("demo", "2026-11-20")) == "s3://shop/demo/2026-11-20"
    assert StoreAddress("shop", "ads").below("demo").path == "shop/ads/demo"
    assert (StoreAddress("shop").name, StoreAddress("shop", "ads/2026").name) == ("shop", "2026")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("gs://shop/ads", "a store of another kind"),
        ("s3a://shop/ads", "a store of another kind"),
        ("s3://", "names no bucket"),
        ("s3://a b/ads", "names no bucket"),
        ("s3://shop/ads/../other", "without `..`"),
        ("s3://shop//ads", "without `..` or `//`"),
        ("s3://ID:topsecret@shop/ads", "environment variables alone"),
        ("s3://shop/ads?secret=topsecret", "environment variables alone"),
    ],
)
def test_other_addresses_are_refused_and_never_repeated(tmp_path: Path, text: str, right: str) -> None:
    path = tmp_path / "shop.toml"
    for key, study in (
        ("`logs.folder`", f'name = "shop"\n[logs]\nfolder = "{text}"\n'),
        ("`publish.store`", f'name = "shop"\n[publish]\nstore = "{text}"\n'),
    ):
        path.write_text(study)
        with pytest.raises(StudyError, match=f"shop.toml: {key}.*{re.escape(right)}") as caught:
            read_study(path)
        assert "topsecret" not in str(caught.value)
    path.write_text('name = "shop"\n')
    with pytest.raises(StudyError, match=f"--logs .*{re.escape(right)}"):
        read_study(path, text)


def test_a_study_says_where_its_logs_lie(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('name = "shop"\n[logs]\nfolder = "s3://shop/ads"\n')
    assert read_study(path).log_store == StoreAddress("shop", "ads")
    assert read_study(path, "elsewhere").log_store is None
    assert read_study(path, "s3://other").log_store == StoreAddress("other")
    path.write_text('name = "shop"\n[publish]\nstore = "out"\n')
    with pytest.raises(StudyError, match=r"`publish.store`: names no store; write s3://bucket/prefix"):
        read_study(path)


@pytest.mark.parametrize(
    "logs",
    ["s3://ads", "s3://ads/shops", "s3://ads/nights/", "s3://ads/nights/shop", "s3://ads/nights/shop/raw"],
)
def test_nights_are_not_copied_among_the_logs_nor_logs_read_among_nights(tmp_path: Path, logs: str) -> None:
    """The night of a study lies at STORE/<study>/<as-of>/, and what lay there before is removed."""
    study = 'name = "shop"\n[logs]\nfolder = "{}"\n[publish]\nstore = "s3://ads/nights"\n'
    path = tmp_path / "shop.toml"
    path.write_text(study.format(logs))
    if logs == "s3://ads/shops":  # beside each other
        assert read_study(path).publish.address == StoreAddress("ads", "nights")
        return
    with pytest.raises(StudyError, match=r"`publish.store`: copies of nights would lie among the logs"):
        read_study(path)
    assert read_study(path, tmp_path).log_store is None  # what --logs names is what is read
    path.write_text(study.format("logs"))
    with pytest.raises(StudyError, match=r"`publish.store`: copies of nights would lie among the logs"):
        read_study(path, logs)


def test_a_folder_is_made_equal_to_the_log(shop: StoreAddress, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    folder = mirror_logs(shop, tmp_path / "mirror", lambda done, total, _: steps.append((done, total)))
    assert files(folder) == LOG  # packed files stay packed
    assert folder.name == "shop"
    assert steps[-1] == (sum(map(len, LOG.values())),) * 2
    assert stat.S_IMODE((tmp_path / "mirror").stat().st_mode) == 0o700


def test_only_what_has_changed_is_loaded_again(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path
) -> None:
    folder = mirror_logs(shop, tmp_path / "mirror", quiet)
    assert sorted(store.asked("GET")) == sorted(f"shop/{name}" for name in LOG)
    mirror_logs(shop, tmp_path / "mirror", quiet)
    assert store.asked("GET") == []
    store.put("shop/impressions.csv", b"longer than before, and so another file\n")
    store.put("shop/visits.csv", b"user_id,ts\n")
    (folder / "clicks.csv.gz").write_bytes(b"somebody else wrote here")
    assert mirror_logs(shop, tmp_path / "mirror", quiet) == folder
    assert sorted(store.asked("GET")) == ["shop/clicks.csv.gz", "shop/impressions.csv", "shop/visits.csv"]
    assert files(folder)["clicks.csv.gz"] == LOG["clicks.csv.gz"]


def test_an_object_of_the_same_size_and_a_later_time_is_loaded_again(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path
) -> None:
    folder = mirror_logs(shop, tmp_path / "mirror", quiet)
    before = (folder / "impressions.csv").stat().st_mtime_ns
    os.utime(folder / "impressions.csv", ns=(before, before - 10**9))  # as of the version a second ago
    store.asked("GET")
    mirror_logs(shop, tmp_path / "mirror", quiet)
    assert store.asked("GET") == ["shop/impressions.csv"]


def test_what_is_gone_from_the_store_is_gone_here(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path
) -> None:
    folder = mirror_logs(shop, tmp_path / "mirror", quiet)
    store.remove("shop/purchases/day=2/b.csv")
    store.remove("shop/clicks.csv.gz")
    mirror_logs(shop, tmp_path / "mirror", quiet)
    assert set(files(folder)) == {"impressions.csv", "purchases/day=1/a.csv"}
    assert not (folder / "purchases" / "day=2").exists()


def test_the_copy_of_another_log_and_of_a_killed_run_is_removed(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path
) -> None:
    mirror_logs(shop, tmp_path / "mirror", quiet)
    (tmp_path / "mirror" / "arriving").mkdir()
    (tmp_path / "mirror" / "arriving" / "half").touch()
    mirror_logs(StoreAddress(store.bucket, "shopping"), tmp_path / "mirror", quiet)
    assert list(files(tmp_path / "mirror").values()) == [b"another log"]


def test_a_log_that_changes_while_it_is_read_is_told(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path
) -> None:
    def rewrite(_done: int, _total: int, _what: str) -> None:
        for name in LOG:
            store.put(f"shop/{name}", b"the export goes on\n")

    with pytest.raises(UnsteadyLogError, match=r"was written or removed while it was read; run again"):
        mirror_logs(shop, tmp_path / "mirror", rewrite)
    folder = mirror_logs(shop, tmp_path / "mirror", quiet)
    assert set(files(folder).values()) == {b"the export goes on\n"}


@pytest.mark.parametrize("key", ["a/../../b.csv", "a//b.csv", "./b.csv", "impressions.csv/b.csv"])
def test_keys_that_are_no_file_names_are_refused(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path, key: str
) -> None:
    store.put(f"shop/{key}", b"x")
    with pytest.raises(LogError, match=r"cannot be the name of a file; rename that object"):
        mirror_logs(shop, tmp_path / "mirror", quiet)
    assert files(tmp_path) == {}


def told(address: StoreAddress, tmp_path: Path) -> tuple[int, str]:
    """(exit code, sentence) of a log that cannot be read."""
    with pytest.raises(AllotError) as caught:
        mirror_logs(address, tmp_path / "mirror", quiet)
    assert SECRET not in str(caught.value) and "AWS Error" not in str(caught.value)
    return caught.value.exit_code, str(caught.value)


def test_no_bucket_nothing_there_and_no_log_are_three_things(
    shop: StoreAddress, store: ObjectStore, tmp_path: Path
) -> None:
    code, sentence = told(StoreAddress("nowhere", "shop"), tmp_path)
    assert (code, "there is no bucket nowhere at 127.0.0.1:" in sentence) == (4, True)
    code, sentence = told(StoreAddress(shop.bucket, "empty"), tmp_path)
    assert (code, f"nothing lies below s3://{shop.bucket}/empty" in sentence) == (4, True)
    store.put("notes/notes.docx", b"x")
    code, sentence = told(StoreAddress(shop.bucket, "notes"), tmp_path)
    assert (code, "holds no log file; name Parquet, CSV" in sentence) == (4, True)


def test_no_access_is_told(shop: StoreAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for after in (0, 1, 3):  # at the listing, at the first object, amid them
        with monkeypatch.context() as patch:
            denies(patch, after)
            code, sentence = told(shop, tmp_path)
        assert (code, f"no access to {shop}: the credentials" in sentence) == (4, True)
    assert len(files(mirror_logs(shop, tmp_path / "mirror", quiet))) == len(LOG)


def test_an_endpoint_that_does_not_answer_is_told_and_may_be_tried_again(
    shop: StoreAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.store.connect.TRIES", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")  # before AWS_ENDPOINT_URL
    with pytest.raises(UnsteadyLogError, match=r"the endpoint 127\.0\.0\.1:1 cannot be reached") as caught:
        mirror_logs(shop, tmp_path / "mirror", quiet)
    assert caught.value.exit_code == 4


def test_the_environment_is_told_by_its_names_alone(
    shop: StoreAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("localhost:9000", "ftp://store", "https://me:topsecret@store", "http://store:99999999"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", wrong)
        code, sentence = told(shop, tmp_path)
        assert (code, sentence.startswith("AWS_ENDPOINT_URL is no endpoint")) == (2, True)
        assert "topsecret" not in sentence
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", " ")
    code, sentence = told(shop, tmp_path)
    assert (code, "AWS_SECRET_ACCESS_KEY is not set" in sentence) == (2, True)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set" in told(shop, tmp_path)[1]


def test_a_library_without_s3_is_told(
    shop: StoreAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.fs", None)
    code, sentence = told(shop, tmp_path)
    assert (code, "this pyarrow knows none: install pyarrow with S3" in sentence) == (2, True)


@pytest.mark.parametrize(
    ("said", "means", "passes"),
    [
        ("AWS Error SLOW_DOWN during GetObject operation: x", "overloaded", True),
        ("AWS Error UNKNOWN (HTTP status 503) during GetObject operation: x", "overloaded", True),
        ("AWS Error UNKNOWN (HTTP status 301) during HeadBucket operation: x", "another region", False),
        ("AWS Error UNKNOWN (HTTP status 400) during ListObjectsV2: key AKIA", "answers UNKNOWN", False),
        ("AWS Error EXPIRED_TOKEN during ListObjectsV2 operation: x", "no access", False),
    ],
)
def test_what_a_store_can_say(said: str, means: str, passes: bool) -> None:
    found = trouble(OSError(said), StoreAddress("shop"))
    assert found is not None and means in found.sentence and found.passes == passes
    assert "AKIA" not in found.sentence


def test_a_full_disk_is_not_the_stores_fault() -> None:
    assert trouble(OSError(28, "No space left on device"), StoreAddress("shop")) is None
