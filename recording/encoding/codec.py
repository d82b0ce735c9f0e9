"""Raw audio to FLAC or Ogg Opus and back, by libsndfile. It is imported only by the processes that encode and decode
(recording.encoding.worker, cti.keeping_service): it brings numpy along.

FLAC loses nothing, and every file is read back before it counts as made. Opus loses what nobody hears: there the number
of samples is held against the raw file's, so that times stay true.
"""

import os
from collections.abc import Iterator
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path

import soundfile

from recording.audio import CHANNELS, FRAME_SIZE, RATE, Encoded, wav_header
from recording.record import AudioFormat

PIECE = 1 << 16  # frames at once: 256 kB
_KINDS = {AudioFormat.FLAC: ("FLAC", "PCM_16"), AudioFormat.OPUS: ("OGG", "OPUS")}


def encode(raw: Path, target: Path, kind: AudioFormat) -> Encoded:
    """Writes `target` from Asterisk's raw file, whole or not at all. Raises OSError, and soundfile.SoundFileError where
    the encoder fails or what it made does not sound as the raw file does.
    """
    size = raw.stat().st_size // FRAME_SIZE * FRAME_SIZE  # Asterisk, killed, may leave half a frame
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        pcm = _write(raw, unfinished, kind, size)
        _read_back(unfinished, kind, size, pcm)
        with unfinished.open("rb+") as file:
            digest = _digest(unfinished)
            os.fsync(file.fileno())
        length = unfinished.stat().st_size
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Encoded(bytes=length, sha256=digest, pcm_sha256=pcm)


def decode(file: Path) -> Iterator[bytes]:
    """The samples of a recording, as in a raw file, in pieces. Raises soundfile.SoundFileError."""
    with soundfile.SoundFile(file) as source:
        while len(piece := source.buffer_read(PIECE, "int16")):
            yield bytes(piece)


def as_wav(file: Path) -> Iterator[bytes]:
    """A recording as a WAV file, in pieces. Raises soundfile.SoundFileError."""
    with soundfile.SoundFile(file) as source:
        frames = source.frames
    yield wav_header(frames * FRAME_SIZE)
    yield from decode(file)


def _write(raw: Path, target: Path, kind: AudioFormat, size: int) -> str:
    container, subtype = _KINDS[kind]
    checksum, left = sha256(), size
    try:
        with (
            raw.open("rb") as source,
            soundfile.SoundFile(
                target, "w", samplerate=RATE, channels=CHANNELS, format=container, subtype=subtype
            ) as encoder,
        ):
            while left and (piece := source.read(min(PIECE * FRAME_SIZE, left))):
                encoder.buffer_write(piece, "int16")
                checksum.update(piece)
                left -= len(piece)
    except soundfile.SoundFileError:
        free = os.statvfs(target.parent)
        if free.f_bavail * free.f_frsize < size:  # libsndfile does not say why it could not write
            raise OSError(ENOSPC, os.strerror(ENOSPC), target.name) from None
        raise
    if left:
        raise OSError(f"{raw.name} became shorter by {left} bytes while it was read; a finished file was expected")
    return checksum.hexdigest()


def _read_back(file: Path, kind: AudioFormat, size: int, pcm: str) -> None:
    checksum, length = sha256(), 0
    for piece in decode(file):
        checksum.update(piece)
        length += len(piece)
    if length != size or (kind is AudioFormat.FLAC and checksum.hexdigest() != pcm):
        raise soundfile.SoundFileError(f"{length} bytes were read back of {size}, or other ones")


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        checksum = sha256()
        while piece := source.read(PIECE):
            checksum.update(piece)
    return checksum.hexdigest()
