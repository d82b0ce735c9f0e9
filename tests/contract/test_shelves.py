"""Every shelf does the same: a folder, and a bucket of an S3 server that is not ours."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from recording.keeping.folder import FolderShelf
from recording.keeping.s3 import S3Shelf
from recording.keeping.shelf import NotConfirmed, NotOnShelf, Shelf, ShelfAway
from tests.s3_server import BUCKET, S3Server, s3_client, s3_server

pytestmark = pytest.mark.contract

NAME = "2026/11/22/0123abcd-1.flac"
SOUND = bytes(range(256)) * 40
PART = 5 * 1024 * 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[S3Server, Path]]:
    with s3_server(tmp_path) as (server, credentials):
        yield server, credentials


def _bucket(server: tuple[S3Server, Path], **options: Any) -> S3Shelf:
    s3, credentials = server
    return S3Shelf(BUCKET, endpoint=s3.endpoint, credentials=credentials, part_bytes=PART, **options)


@pytest.fixture(params=["folder", "bucket", "bucket with versions"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return FolderShelf(tmp_path / "kept", make=True)
    server = request.getfixturevalue("server")
    if request.param == "bucket with versions":
        s3_client(server[0]).put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return _bucket(server, prefix="centre1/" if request.param == "bucket" else "")


def _file(folder: Path, content: bytes = SOUND) -> Path:
    file = folder / "finished"
    file.write_bytes(content)
    return file


def _read(shelf: Shelf, *span: int | None) -> bytes:
    return b"".join(shelf.read(NAME, *span))  # type: ignore[arg-type]


def test_what_is_put_is_confirmed_read_whole_and_listed(shelf: Shelf, tmp_path: Path) -> None:
    file = _file(tmp_path)
    put = shelf.put(NAME, file)
    assert (put.bytes, put.sha256) == (len(SOUND), sha256(SOUND).hexdigest())
    assert _read(shelf) == SOUND
    assert shelf.size(NAME) == len(SOUND)
    assert list(shelf.names()) == list(shelf.names("2026/11/")) == [NAME]
    assert list(shelf.names("2026/12/")) == []
    assert file.read_bytes() == SOUND


@pytest.mark.parametrize(
    ("start", "length"), [(0, 1), (1, 255), (5_000, 5_240), (10_239, 1), (10_000, 10_000), (0, None), (9_999, None)]
)
def test_a_range_is_read_as_it_was_asked_for(shelf: Shelf, tmp_path: Path, start: int, length: int | None) -> None:
    shelf.put(NAME, _file(tmp_path))
    assert _read(shelf, start, length) == SOUND[start : None if length is None else start + length]


def test_a_range_of_nothing_is_empty(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(NAME, _file(tmp_path))
    assert _read(shelf, 5, 0) == b""
    assert _read(shelf, len(SOUND), 10) == b""


def test_a_long_file_comes_through_whole(shelf: Shelf, tmp_path: Path) -> None:
    long = os.urandom(2 * PART + 12_345)
    assert shelf.put(NAME, _file(tmp_path, long)).sha256 == sha256(long).hexdigest()
    assert _read(shelf) == long
    assert _read(shelf, PART - 100, 200) == long[PART - 100 : PART + 100]


def test_an_empty_file_is_a_file(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.put(NAME, _file(tmp_path, b"")).bytes == 0
    assert shelf.size(NAME) == 0
    assert _read(shelf) == b""


def test_the_same_name_again_replaces_what_was_there(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(NAME, _file(tmp_path))
    shelf.put(NAME, _file(tmp_path, b"another"))
    assert _read(shelf) == b"another"


def test_what_is_deleted_is_gone_and_deleting_it_again_is_no_error(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(NAME, _file(tmp_path))
    shelf.put(NAME, _file(tmp_path, b"another"))
    for _ in range(2):
        shelf.delete(NAME)
        assert shelf.size(NAME) is None
        assert list(shelf.names()) == []
        with pytest.raises(NotOnShelf):
            _read(shelf)


def test_deleting_one_leaves_those_whose_names_begin_alike(shelf: Shelf, tmp_path: Path) -> None:
    for name in (NAME, f"{NAME}.peaks"):
        shelf.put(name, _file(tmp_path))
    shelf.delete(NAME)
    assert list(shelf.names()) == [f"{NAME}.peaks"]


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../outside", "a/../b", "a//b", "a\n"])
def test_a_name_cannot_lead_out_of_the_shelf(shelf: Shelf, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a file"):
        shelf.put(name, _file(tmp_path))
    with pytest.raises(ValueError, match="is no name of a file"):
        shelf.delete(name)


def test_in_a_bucket_with_versions_no_version_is_left(server: tuple[S3Server, Path], tmp_path: Path) -> None:
    client = s3_client(server[0])
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    shelf = _bucket(server)
    for content in (b"one", b"two"):
        shelf.put(NAME, _file(tmp_path, content))
    shelf.delete(NAME)
    left = client.list_object_versions(Bucket=BUCKET)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")


def test_a_store_that_is_back_in_time_is_asked_again(server: tuple[S3Server, Path], tmp_path: Path) -> None:
    shelf = _bucket(server)
    server[0].refuse = 2
    shelf.put(NAME, _file(tmp_path))
    assert _read(shelf) == SOUND


@pytest.mark.parametrize("length", [100, PART + 100])
def test_what_came_through_damaged_is_not_confirmed(server: tuple[S3Server, Path], tmp_path: Path, length: int) -> None:
    shelf = _bucket(server)
    server[0].damage = True
    with pytest.raises((NotConfirmed, ShelfAway)):
        shelf.put(NAME, _file(tmp_path, os.urandom(length)))


def test_parts_of_a_file_that_broke_off_are_given_up(server: tuple[S3Server, Path], tmp_path: Path) -> None:
    shelf = _bucket(server, tries=1)
    long = _file(tmp_path, os.urandom(PART + 100))
    uploading = shelf._client.upload_part

    def break_off(**part: Any) -> Any:
        if part["PartNumber"] == 2:
            server[0].refuse = 1
        return uploading(**part)

    shelf._client.upload_part = break_off
    with pytest.raises(ShelfAway):
        shelf.put(NAME, long)
    assert not s3_client(server[0]).list_multipart_uploads(Bucket=BUCKET).get("Uploads")
    assert shelf.size(NAME) is None


def test_a_store_that_is_away_says_so_and_works_when_it_is_back(server: tuple[S3Server, Path], tmp_path: Path) -> None:
    shelf = _bucket(server, tries=1)
    shelf.put(NAME, _file(tmp_path))
    server[0].stop()
    for ask in (
        lambda: shelf.put(NAME, _file(tmp_path)),
        lambda: _read(shelf),
        lambda: shelf.size(NAME),
        lambda: shelf.delete(NAME),
        lambda: list(shelf.names()),
    ):
        with pytest.raises(ShelfAway, match="the store does not answer"):
            ask()
    server[0].start()
    assert _read(shelf) == SOUND


def test_where_the_bucket_is_not_there_nothing_is_taken_for_gone(server: tuple[S3Server, Path]) -> None:
    s3, credentials = server
    shelf = S3Shelf("another", endpoint=s3.endpoint, credentials=credentials, tries=1)
    with pytest.raises(ShelfAway, match="NoSuchBucket"):
        shelf.size(NAME)


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        ("[default]\naws_access_key_id = test\n", 0o600, "expected \\[default\\] with aws_access_key_id and"),
        ("let-me-in", 0o600, "expected \\[default\\] with aws_access_key_id and"),
        ("[default]\naws_access_key_id = a\naws_secret_access_key = b\n", 0o644, "expected a file of mode 0600"),
    ],
)
def test_credentials_that_cannot_be_used_are_told_without_their_content(
    tmp_path: Path, content: str, mode: int, expected: str
) -> None:
    file = tmp_path / "credentials"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(ShelfAway, match=expected) as raised:
        S3Shelf(BUCKET, credentials=file)
    assert "let-me-in" not in str(raised.value)


def test_a_folder_that_is_not_mounted_is_away_and_not_made(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path / "mounted/recordings")
    with pytest.raises(ShelfAway, match="is not there"):
        shelf.put(NAME, _file(tmp_path))
    with pytest.raises(ShelfAway, match="is not there"):
        shelf.size(NAME)
    assert not (tmp_path / "mounted").exists()


def test_a_file_that_lies_where_it_is_kept_stays(tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(SOUND)
    assert FolderShelf(tmp_path).put(NAME, file).sha256 == sha256(SOUND).hexdigest()
    assert file.read_bytes() == SOUND


def test_a_full_disk_is_a_shelf_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    shelf = FolderShelf(tmp_path / "kept", make=True)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ShelfAway, match="No space left"):
        shelf.put(NAME, _file(tmp_path))
    monkeypatch.undo()
    assert list(shelf.names()) == []


def test_an_emptied_day_leaves_no_folder_behind(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path / "kept", make=True)
    shelf.put(NAME, _file(tmp_path))
    shelf.delete(NAME)
    assert list((tmp_path / "kept").iterdir()) == []
