"""A recording sealed so that any range can be opened without the rest: AES-256-GCM (NIST SP 800-38D) in chunks.

A sealed file is a header (`HEADER`), then its chunks of 64 KiB, each followed by its tag of 16 bytes. Every file has a
data key of its own, from which each of its parts (the audio, its peaks) has one by HKDF (RFC 5869), so the chunk's
number can be its nonce. The last chunk has a nonce of another kind (Rogaway's STREAM), so that nothing can be cut off,
added, moved or changed unnoticed. Pure but for `seal`, which takes random bytes only through its key.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEADER = b"CCSEAL\x01\x00"
"""What every sealed file begins with: its kind and version 1."""

CHUNK = 64 * 1024
TAG = 16
KEY = 32
"""Bytes of a key."""

_NONCE = struct.Struct(">7xIB")


class Tampered(Exception):
    """A sealed file is not as it was sealed, or not under this key."""

    id = "recording-tampered"


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a sealed file the bytes from `start` to `end` (not included) of the open one are: `chunks`, from
    `offset` on, `length` bytes."""

    start: int
    end: int
    chunks: range
    offset: int
    length: int


def part_key(data_key: bytes, part: str) -> bytes:
    """The key of one part of what a data key seals: "audio", "peaks"."""
    return HKDF(algorithm=SHA256(), length=KEY, salt=None, info=f"callcenter {part}".encode()).derive(data_key)


def sealed_size(size: int) -> int:
    """How many bytes an open file of `size` bytes has when it is sealed."""
    return len(HEADER) + size + TAG * _chunks(size)


def seal(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The sealed file of what these pieces make up, under a key that seals nothing else, in pieces of its own."""
    cipher = AESGCM(key)
    yield HEADER
    number, waiting = 0, b""
    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK:  # whole, and not the last
            yield cipher.encrypt(_nonce(number, last=False), waiting[:CHUNK], HEADER)
            number, waiting = number + 1, waiting[CHUNK:]
    yield cipher.encrypt(_nonce(number, last=True), waiting, HEADER)


def is_sealed(data: bytes) -> bool:
    """Whether this is how a sealed file begins."""
    return data.startswith(HEADER)


def span(size: int, start: int, end: int) -> Span:
    """What is to be read of the sealed form of a file of `size` bytes to have its bytes from `start` to `end`."""
    if not 0 <= start <= end <= size:
        raise ValueError(f"bytes {start} to {end} of {size}")
    first = min(start, max(size - 1, 0))
    chunks = range(first // CHUNK, max(end - 1, first) // CHUNK + 1)
    offset = len(HEADER) + chunks.start * (CHUNK + TAG)
    return Span(start, end, chunks, offset, min(len(chunks) * (CHUNK + TAG), sealed_size(size) - offset))


def open_span(pieces: Iterable[bytes], key: bytes, size: int, wanted: Span) -> Iterator[bytes]:
    """The wanted bytes of a file of `size` bytes, from the pieces that `span` named. Raises Tampered before anything of
    a changed chunk is given out."""
    cipher = AESGCM(key)
    chunks = _split(pieces)
    last = _chunks(size) - 1
    for number in wanted.chunks:
        begin = number * CHUNK
        sealed = next(chunks, b"")
        if len(sealed) != min(CHUNK, size - begin) + TAG:
            raise Tampered(f"chunk {number} of a sealed recording is missing or cut short")
        try:
            opened = cipher.decrypt(_nonce(number, last=number == last), sealed, HEADER)
        except InvalidTag:
            raise Tampered(f"chunk {number} of a sealed recording is not as it was sealed") from None
        yield opened[max(0, wanted.start - begin) : wanted.end - begin]


def open_whole(sealed: bytes, key: bytes) -> bytes:
    """A small sealed file, opened. Raises Tampered."""
    if not is_sealed(sealed):
        raise Tampered("what should be a sealed recording does not begin like one")
    body = sealed[len(HEADER) :]
    chunks = max(1, -(-len(body) // (CHUNK + TAG)))
    size = len(body) - chunks * TAG
    if size < 0:
        raise Tampered("a sealed recording is cut short")
    return b"".join(open_span([body], key, size, span(size, 0, size)))


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _nonce(number: int, *, last: bool) -> bytes:
    return _NONCE.pack(number, last)


def _split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK + TAG:
            yield waiting[: CHUNK + TAG]
            waiting = waiting[CHUNK + TAG :]
    if waiting:
        yield waiting
