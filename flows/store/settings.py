"""What a study says of object stores."""

from flows.store.address import StoreAddress, store_address
from sql.settings import Settings


class PublishSettings(Settings):
    """Where a published night is copied to, besides the folder it is published in."""

    store: str = ""
    """`s3://bucket/prefix`: once a night is published, its folder is copied to PREFIX/<study>/<as-of>/, and
    its manifest.json last, so that who waits for it never reads half a night. Empty: nowhere. Credentials
    and the endpoint come from the environment (docs/object_store.md)."""

    @property
    def address(self) -> StoreAddress | None:
        """The store's address, read; None where nights are copied nowhere."""
        return store_address(self.store, instead="")


def address_faults(log_folder: str, publish: PublishSettings) -> list[tuple[str, str]]:
    """(key, what is wrong and what would be right) of addresses that cannot be; no value is repeated."""
    try:
        store_address(log_folder)
    except ValueError as error:
        return [("logs.folder", str(error))]
    key = "publish.store"
    try:
        store = publish.address
    except ValueError as error:
        return [(key, str(error))]
    if publish.store and store is None:
        return [(key, "names no store; write s3://bucket/prefix (--out names the local folder).")]
    return []


def nights_among_logs(study: str, logs: StoreAddress | None, publish: PublishSettings) -> bool:
    """Would a study's nights be read as logs, or its logs be taken for an earlier run's night and removed?"""
    if logs is None or publish.address is None:
        return False
    nights = publish.address.below(study)
    return f"{nights.path}/".startswith(f"{logs.path}/") or f"{logs.path}/".startswith(f"{nights.path}/")
