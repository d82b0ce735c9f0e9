"""The manifest of one recorded file: what it is a recording of, and how anybody can tell that it is whole and not
changed.

It is read off the call's record, and lies beside the audio as JSON, so that a folder of recordings can be understood
without the data base. Who wants to check: `sha256` is of the file as it lies there, `pcm_sha256` of its samples.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from recording.record import AudioFormat, CallRecord, LegKind, Missing, Pause, Recording

SUFFIX = ".json"


class Kind(StrEnum):
    """What a recording is of."""

    CALL = "call"
    MESSAGE = "message"  # what its caller has said for an agent to hear


MEDIA_TYPES = {AudioFormat.WAV: "audio/wav", AudioFormat.FLAC: "audio/flac", AudioFormat.OPUS: "audio/ogg"}
"""What browsers call the formats (RFC 2361, RFC 9639, RFC 7845)."""


class Manifest(BaseModel):
    """One recorded file. Times are aware UTC; positions (`pauses`) are milliseconds from the file's beginning.

    `call` is the public id of the call, `number` counts its recordings of this `kind` from 1, `channel` is the uniqueid
    of the leg on which it was made (left what that leg said, right what it heard; a message is what it said). `sha256`
    and `bytes` are of the audio file before any encryption, `pcm_sha256` of its samples. `missing` is what the call's
    talk lacks in all of its recordings.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1] = 1
    kind: Kind = Kind.CALL
    call: str
    linkedid: str
    number: int
    channel: str
    file: str
    place: str = ""
    format: AudioFormat
    media_type: str
    channels: int
    rate: int
    started_at: datetime
    ended_at: datetime
    duration_ms: int
    bytes: int
    sha256: str
    pcm_sha256: str
    pauses: tuple[Pause, ...] = ()
    missing: tuple[Missing, ...] = ()


class TakesRecordings(Protocol):
    """Where finished recordings go (recording/keeping/). Both may be called again with the same manifest, also after a
    crash half way: then they do it again, or see that it is done. They raise OSError where it cannot be done now; it is
    tried again later, and the raw audio stays until then."""

    async def take(self, manifest: Manifest, path: Path) -> str:
        """Take the finished audio file at `path` (in the folder of recordings, under `manifest.file`) and its manifest.
        Returns its `place`, empty for the folder itself. Afterwards `path` is the taker's to leave or to remove."""

    async def describe(self, manifest: Manifest) -> None:
        """Put this manifest in the place of the one that lies beside the audio: more is known, such as a pause."""


def manifest(
    call: str, linkedid: str, number: int, recording: Recording, *, channel: str = "", missing: Sequence[Missing] = ()
) -> Manifest:
    """The manifest of the call's `number`-th recording. `channel` is said where it is not that of the linkedid."""
    return Manifest(
        call=call,
        linkedid=linkedid,
        number=number,
        channel=channel or linkedid,
        media_type=MEDIA_TYPES[recording.format],
        ended_at=recording.started_at + timedelta(milliseconds=recording.duration_ms),
        missing=tuple(missing),
        **dict(recording),
    )


def manifests(record: CallRecord) -> tuple[Manifest, ...]:
    """One for each recording of the call, in their order; all are made on the caller's leg."""
    channel = next((leg.uniqueid for leg in record.legs if leg.kind is LegKind.CALLER), "")
    return tuple(
        manifest(record.id, record.linkedid, number, one, channel=channel, missing=record.missing)
        for number, one in enumerate(record.recordings, 1)
    )


def manifest_name(file: str) -> str:
    """Where the manifest of an audio file lies: `2026/11/22/<call>-1.flac` → `2026/11/22/<call>-1.json`."""
    return str(PurePosixPath(file).with_suffix(SUFFIX))
