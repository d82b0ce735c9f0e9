"""Recordings kept in a bucket of an S3-compatible store: Amazon's, or any other by its address.

The SHA-256 of every file, and of every part of a long one, goes along, so that a store that knows checksums refuses
what came through damaged. Whether it did is never taken on trust: a file counts as kept when the store has shown the
right checksum, or, where it shows none, when the file was read back.
"""

import base64
import logging
import os
from collections.abc import Iterator, Mapping
from configparser import ConfigParser, Error
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from recording.keeping.shelf import PIECE, NotConfirmed, NotOnShelf, Put, ShelfAway, fitting

logging.getLogger("botocore").setLevel(logging.ERROR)  # its warnings may hold addresses and names

_MISSING = {"404", "NoSuchKey", "NotFound"}
_NO_VERSIONS = {"NotImplemented", "MethodNotAllowed", "501", "405"}


class S3Shelf:
    """The files of a bucket, each under `prefix` and its name. `credentials` is a file in the form of AWS's shared
    credentials, None: those of the machine. `ca` are certificates to be trusted instead of the system's; connections
    are waited for `connect_s`, answers `read_s`, and everything is tried `tries` times, with growing pauses. Files
    longer than `part_bytes` go in parts. Connects to nothing yet; raises ShelfAway if the credentials cannot be read.
    """

    name = "s3"

    def __init__(
        self,
        bucket: str,
        *,
        endpoint: str | None = None,
        region: str = "us-east-1",
        prefix: str = "",
        path_style: bool = True,
        credentials: Path | None = None,
        ca: Path | None = None,
        connect_s: float = 5.0,
        read_s: float = 30.0,
        tries: int = 3,
        part_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._part_bytes = part_bytes
        self._client = boto3.session.Session(region_name=region, **_secrets(credentials)).client(
            "s3",
            endpoint_url=endpoint,
            verify=str(ca) if ca else None,
            config=Config(
                s3={"addressing_style": "path" if path_style else "virtual"},
                connect_timeout=connect_s,
                read_timeout=read_s,
                retries={"mode": "standard", "total_max_attempts": tries},
                # what is checked is ours to say: stores that do not know Amazon's newer checksums refuse them unasked
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, name: str, file: Path) -> Put:
        """See Shelf."""
        with file.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            with _reached(name):
                send = self._put_whole if size <= self._part_bytes else self._put_parts
                digest, shown = send(name, source)
                found = self._client.head_object(**self._at(name), ChecksumMode="ENABLED")
        if found["ContentLength"] != size or found.get("ChecksumSHA256") not in shown:
            self._read_back(name, digest)
        return Put(size, digest)

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See Shelf."""
        if length == 0:
            return
        last = "" if length is None else str(start + length - 1)
        asked = {"Range": f"bytes={start}-{last}"} if start or last else {}
        with _reached(name):
            try:
                body = self._client.get_object(**self._at(name), **asked)["Body"]
            except ClientError as error:
                if _code(error) == "InvalidRange":  # nothing is there, behind the end
                    return
                raise
            with body:
                yield from body.iter_chunks(PIECE)

    def size(self, name: str) -> int | None:
        """See Shelf."""
        try:
            with _reached(name):
                size: int = self._client.head_object(**self._at(name))["ContentLength"]
                return size
        except NotOnShelf:
            with _reached(name):  # the answer is the same where the bucket is not there: then nobody knows
                self._client.list_objects_v2(Bucket=self._bucket, MaxKeys=1)
            return None

    def delete(self, name: str) -> None:
        """See Shelf. In a bucket with versions every version of it goes, and the marks of its deletions."""
        at = self._at(name)
        with _reached(name):
            self._client.delete_object(**at)
            for version in self._versions(at["Key"]):
                self._client.delete_object(**at, VersionId=version)

    def lies_at(self, name: str, file: Path) -> bool:
        """See Shelf."""
        return False

    def names(self, prefix: str = "") -> Iterator[str]:
        """See Shelf."""
        with _reached(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix)

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + fitting(name)}

    def _read_back(self, name: str, wanted: str) -> None:
        back = sha256()
        for piece in self.read(name):
            back.update(piece)
        if back.hexdigest() != wanted:
            raise NotConfirmed(f"the store does not hold {name} as it was sent")

    def _put_whole(self, name: str, source: IO[bytes]) -> tuple[str, set[str]]:
        """The file's digest, and the forms in which a store may show it."""
        content = source.read()
        digest = sha256(content)
        shown = _shown(digest.digest())
        self._client.put_object(**self._at(name), Body=content, ChecksumSHA256=shown)
        return digest.hexdigest(), {shown}

    def _put_parts(self, name: str, source: IO[bytes]) -> tuple[str, set[str]]:
        upload = self._client.create_multipart_upload(**self._at(name), ChecksumAlgorithm="SHA256")["UploadId"]
        where = {**self._at(name), "UploadId": upload}
        whole, digests, parts = sha256(), b"", list[dict[str, Any]]()
        try:
            while piece := source.read(self._part_bytes):
                whole.update(piece)
                digest = sha256(piece).digest()
                part = {"PartNumber": len(parts) + 1, "ChecksumSHA256": _shown(digest)}
                sent = self._client.upload_part(**where, **part, Body=piece)
                parts.append({**part, "ETag": sent["ETag"]})
                digests += digest
            self._client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        except BaseException:
            self._give_up(where)
            raise
        composite = _shown(sha256(digests).digest())
        return whole.hexdigest(), {composite, f"{composite}-{len(parts)}"}

    def _give_up(self, where: Mapping[str, str]) -> None:
        """Parts that belong to nothing cost money; a store that is away keeps them until its own rule removes them."""
        try:
            self._client.abort_multipart_upload(**where)
        except (BotoCoreError, ClientError):
            return

    def _versions(self, key: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_object_versions")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=key):
                for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    if found["Key"] == key:
                        yield found["VersionId"]
        except ClientError as error:
            if _code(error) not in _NO_VERSIONS:
                raise


def _secrets(credentials: Path | None) -> dict[str, str]:
    if credentials is None:
        return {}
    try:
        if credentials.stat().st_mode & 0o077:
            raise ShelfAway("the credentials of the store can be read by others: expected a file of mode 0600")
        parser = ConfigParser(interpolation=None)
        parser.read_string(credentials.read_text("utf-8"))
        given = parser["default"]
        return {name: given[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    except OSError as error:
        raise ShelfAway(f"the credentials of the store: {error.strerror}") from error
    except (Error, KeyError, UnicodeDecodeError):  # their own words may hold the secret
        expected = "expected [default] with aws_access_key_id and aws_secret_access_key"
        raise ShelfAway(f"the credentials of the store cannot be read: {expected}") from None


def _shown(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _reached(name: str) -> Iterator[None]:
    """Talk to the store inside: its refusals and silences become errors of ours."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _MISSING:
            raise NotOnShelf(f"there is no {name} in the store") from None
        raise ShelfAway(f"the store refuses: {code or 'no reason given'}") from error
    except (BotoCoreError, OSError) as error:
        raise ShelfAway(f"the store does not answer: {type(error).__name__}") from error
