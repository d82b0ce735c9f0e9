"""What is written of each version beside its files: who published it, when and why, and the digest of every file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cti.versions.files import Files, digest, kind_of

MANIFEST = "manifest.json"


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _one_line(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("expected words in one line")
    return text.strip()


def _named(files: Mapping[str, "Entry"]) -> Mapping[str, "Entry"]:
    if any(kind_of(name) is None for name in files):
        raise ValueError("expected names of a centre's files")
    return files


Utc = Annotated[datetime, AfterValidator(_utc)]
Who = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_one_line)]
Why = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_one_line)]


class Entry(BaseModel):
    """One file of a version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: int


class Manifest(BaseModel):
    """One version. `parent` is the version before it, null for the first; `restores` the one to which it went back,
    null where it did not; `digest` is that of all its names and digests together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[int, Field(ge=1)]
    at: Utc
    by: Who
    why: Why
    parent: int | None
    restores: int | None = None
    digest: str
    files: Annotated[Mapping[str, Entry], AfterValidator(_named)]

    @property
    def told(self) -> str:
        """The version in one line, for people."""
        return f"version {self.number} by {self.by}, {self.at:%Y-%m-%d %H:%M} UTC: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """That files become a version: in whose name, why, and from which version (`base`) their edit began. `restores` is
    the version whose files they are, where an edit is taken back. `tested`: only if the conversations kept beside the
    flows go as they expect."""

    base: int
    by: str
    why: str
    restores: int | None = None
    tested: bool = True


def entries_of(files: Files) -> dict[str, Entry]:
    """What a manifest says of these files, by name."""
    return {name: Entry(sha256=digest(files[name]), bytes=len(files[name])) for name in sorted(files)}


def digest_of(entries: Mapping[str, Entry]) -> str:
    """The digest of a whole version: the same where the same files say the same."""
    return sha256("".join(f"{name}\0{entries[name].sha256}\n" for name in sorted(entries)).encode()).hexdigest()
