"""Messages are WAV files, because telephones play them, and lie packed on their shelf: as FLAC, which gives back the
very bytes. So checksums, lengths and ranges of a message are those of the WAV file, whatever lies on the shelf. It
decides neither where a message lies nor whether it is sealed.
"""

import wave
from hashlib import sha256
from io import BytesIO

PACKED_SUFFIX = ".flac"
"""What the name of a packed message has behind that of its WAV file."""

_SAMPLE_SIZE = 2
_FLAC = b"fLaC"  # RFC 9639, section 8


class Unpackable(Exception):
    """What should be a packed message is none."""

    id = "message-unreadable"


def packed(wav: bytes) -> bytes | None:
    """The same as FLAC; None where it would not give these very bytes back, or be no smaller."""
    import soundfile  # noqa: PLC0415 (numpy, for the process that keeps recordings alone)

    try:
        with wave.open(BytesIO(wav)) as sound:
            shape = sound.getnchannels(), sound.getframerate(), sound.getsampwidth()
            samples = sound.readframes(sound.getnframes())
        if shape[2] != _SAMPLE_SIZE:
            return None
        made = BytesIO()
        with soundfile.SoundFile(
            made, "w", samplerate=shape[1], channels=shape[0], format="FLAC", subtype="PCM_16"
        ) as sink:
            sink.buffer_write(samples, "int16")
        found = made.getvalue()
        same = sha256(unpacked(found)).digest() == sha256(wav).digest()
    except (wave.Error, EOFError, soundfile.SoundFileError, ValueError, Unpackable):
        return None
    return found if same and len(found) < len(wav) else None


def unpacked(flac: bytes) -> bytes:
    """The WAV file that was packed. Raises Unpackable."""
    import soundfile  # noqa: PLC0415 (as above)

    if not flac.startswith(_FLAC):
        raise Unpackable("a packed message does not begin like one")
    try:
        with soundfile.SoundFile(BytesIO(flac)) as source:
            channels, rate = source.channels, source.samplerate
            samples = bytes(source.buffer_read(-1, "int16"))
    except soundfile.SoundFileError as error:
        raise Unpackable(f"a packed message cannot be opened: {error}") from None
    made = BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(_SAMPLE_SIZE)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return made.getvalue()
