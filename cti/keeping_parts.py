"""The shelves and keys of recordings as the settings say, for the process that keeps them and for commands."""

from collections.abc import Callable
from functools import partial

from cti.recording_settings import S3Part
from cti.settings import Settings
from recording.keeping.folder import FolderShelf
from recording.keeping.master_keys import read_keys
from recording.keeping.shelf import Shelf
from recording.keeping.shelves import Shelves


def shelves_of(settings: Settings) -> Shelves:
    """The shelves. Nothing is connected to, and no client of a store imported, before one is needed."""
    said = settings.recordings
    make: dict[str, Callable[[], Shelf]] = {"folder": lambda: _folder(settings)}
    if said.s3 is not None:
        make["s3"] = partial(_bucket, said.s3)
    settings.recordings_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Shelves(
        make, said.store, settings.recordings_folder, lambda: read_keys(settings.recording_keys), said.encrypt
    )


def _folder(settings: Settings) -> FolderShelf:
    folder = settings.recordings.folder
    return FolderShelf(folder or settings.recordings_folder, make=folder is None)


def _bucket(said: S3Part) -> Shelf:
    from recording.keeping.s3 import S3Shelf  # noqa: PLC0415 (a third of a second, and 40 MB)

    return S3Shelf(
        said.bucket,
        endpoint=said.endpoint,
        region=said.region,
        prefix=said.prefix,
        path_style=said.path_style,
        credentials=said.credentials,
        ca=said.ca,
        connect_s=said.connect_s,
        read_s=said.read_s,
        tries=said.tries,
        part_bytes=said.part_mb * 1024 * 1024,
    )
