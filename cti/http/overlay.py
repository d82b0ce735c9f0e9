"""Files that a program gives: what it changes in a version. Nothing is known of paths but the names a centre's files
have, which are judged where the files are (cti/versions/files.py).
"""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Base64Bytes, Field, model_validator

from cti.administration import Administration
from cti.http.endpoints import Given
from cti.http.versions import NUMBER_AT_MOST
from cti.versions.store import Versions

BODY_AT_MOST = 8 * 1024 * 1024
"""Bytes of an edit: some minutes of recorded prompts. More would take the loop too long to parse; others come next."""


class Content(Given):
    """A file's content, as text or, for sounds, as base64."""

    text: str | None = None
    base64: Base64Bytes | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.text is None) == (self.base64 is None):
            raise ValueError("expected either text or base64")
        return self

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.base64 if self.base64 is not None else (self.text or "").encode(errors="replace")


Changes = Annotated[Mapping[str, Content | None], Field(max_length=1_000)]


class Overlay(Given):
    """What an edit changes in version `base`: contents by file name, null for a file that goes. Without a base: in the
    version that holds."""

    base: int | None = Field(None, ge=1, le=NUMBER_AT_MOST)
    files: Changes = Field(default_factory=dict)


async def files_of_overlay(administration: Administration, overlay: Overlay) -> dict[str, bytes]:
    """The files that an edit makes. Raises UnknownVersion, VersionsDamaged."""
    base = administration.version.number if overlay.base is None else overlay.base
    return await asyncio.to_thread(overlaid, administration.versions, base, overlay.files)


def overlaid(versions: Versions, base: int, changes: Mapping[str, Content | None]) -> dict[str, bytes]:
    """The files of a version with these changes. Raises UnknownVersion, VersionsDamaged."""
    files = versions.files(base)
    for name, change in changes.items():
        if change is None:
            files.pop(name, None)
        else:
            files[name] = change.content
    return files
