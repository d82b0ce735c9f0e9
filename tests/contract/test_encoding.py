"""Recordings made small by the encoder's own process, and read again; soundfile and sox are the witnesses."""

import asyncio
import math
import os
import signal
import subprocess
import sys
import wave
from array import array
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.encoding.codec import as_wav, decode, encode
from recording.encoding.encoder import Encoder, EncodingFailed
from recording.record import AudioFormat

pytestmark = pytest.mark.contract

RATE = 8000


def two_tones(seconds: float) -> bytes:
    """440 Hz on the left, 1,000 Hz on the right."""
    samples = array("h")
    for n in range(round(RATE * seconds)):
        samples.extend(round(9_000 * math.sin(2 * math.pi * hz * n / RATE)) for hz in (440, 1000))
    return samples.tobytes()


@pytest.fixture
async def encoder() -> AsyncIterator[Encoder]:
    one = Encoder()
    yield one
    await one.close()


def heard_by_sox(file: Path) -> bytes:
    """The samples, read by a program that is not ours."""
    return subprocess.run(["sox", str(file), "-t", "raw", "-"], check=True, capture_output=True).stdout


def names(folder: Path) -> list[str]:
    """What lies there."""
    return sorted(path.name for path in folder.iterdir())


def wav(file: Path) -> bytes:
    return b"".join(as_wav(file))


async def test_flac_gives_every_sample_back_and_both_checksums_hold(tmp_path: Path, encoder: Encoder) -> None:
    raw, flac = tmp_path / "n-1.1.raw", tmp_path / "2026/11/a-1.flac"
    raw.write_bytes(two_tones(3) + b"\x01")  # half a frame left by a crash
    made = await encoder.encode(raw, flac, AudioFormat.FLAC)
    assert made.sha256 == sha256(flac.read_bytes()).hexdigest()
    assert made.pcm_sha256 == sha256(two_tones(3)).hexdigest()
    assert made.bytes == flac.stat().st_size < raw.stat().st_size * 0.8
    with wave.open(BytesIO(wav(flac))) as read:
        assert (read.getnchannels(), read.getframerate(), read.getsampwidth()) == (2, RATE, 2)
        assert read.readframes(read.getnframes()) == two_tones(3)
    assert heard_by_sox(flac) == two_tones(3)
    assert names(flac.parent) == ["a-1.flac"]
    assert raw.exists()


async def test_opus_keeps_the_sides_apart_and_the_times_true(tmp_path: Path, encoder: Encoder) -> None:
    raw, opus = tmp_path / "n-1.1.raw", tmp_path / "a-1.opus"
    silence = bytes(4 * RATE)
    raw.write_bytes(two_tones(1) + silence + two_tones(1))
    made = await encoder.encode(raw, opus, AudioFormat.OPUS)
    assert made.pcm_sha256 == sha256(raw.read_bytes()).hexdigest()
    assert made.bytes == opus.stat().st_size < raw.stat().st_size / 3
    with wave.open(BytesIO(wav(opus))) as read:
        samples = array("h", read.readframes(read.getnframes()))
    assert len(samples) == raw.stat().st_size // 2
    for side, hz in ((0, 440), (1, 1000)):
        heard = samples[side::2]
        loud = [max(map(abs, heard[at : at + 80])) > 1_000 for at in range(0, len(heard), 80)]
        assert abs(loud.index(False) - 100) <= 3  # hundredths of a second
        assert abs(100 + loud[100:].index(True, 10) - 200) <= 3
        assert power(heard[:RATE], hz) > 100 * power(heard[:RATE], 1440 - hz)


def power(samples: Sequence[int], hz: int) -> float:
    """How much of this tone is in the samples."""
    turns = [2 * math.pi * hz * n / RATE for n in range(len(samples))]
    real = sum(one * math.cos(turn) for one, turn in zip(samples, turns, strict=True))
    other = sum(one * math.sin(turn) for one, turn in zip(samples, turns, strict=True))
    return math.hypot(real, other) + 1


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=20_000))
def test_any_samples_come_back_from_flac(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "raw").write_bytes(raw)
    whole = raw[: len(raw) // 4 * 4]
    if whole:
        encode(folder / "raw", folder / "a.flac", AudioFormat.FLAC)
        assert b"".join(decode(folder / "a.flac")) == whole


async def test_an_encoder_that_was_killed_is_started_again(tmp_path: Path, encoder: Encoder) -> None:
    raw, flac = tmp_path / "n-1.1.raw", tmp_path / "a-1.flac"
    raw.write_bytes(two_tones(1))
    await encoder.encode(raw, flac, AudioFormat.FLAC)
    assert encoder.process is not None
    os.kill(encoder.process, signal.SIGKILL)
    assert (await encoder.encode(raw, flac, AudioFormat.FLAC)).pcm_sha256 == sha256(two_tones(1)).hexdigest()


async def test_an_order_that_was_given_up_leaves_no_answer_for_the_next(tmp_path: Path, encoder: Encoder) -> None:
    long, short = tmp_path / "long.raw", tmp_path / "short.raw"
    long.write_bytes(two_tones(60))
    short.write_bytes(two_tones(1))
    await encoder.encode(short, tmp_path / "a.flac", AudioFormat.FLAC)
    given_up = asyncio.create_task(encoder.encode(long, tmp_path / "long.opus", AudioFormat.OPUS))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the order is written
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    made = await encoder.encode(short, tmp_path / "b.flac", AudioFormat.FLAC)
    assert made.bytes == (tmp_path / "b.flac").stat().st_size


async def test_audio_of_which_the_encoder_dies_is_told_as_such(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.raw").write_bytes(two_tones(1))
    monkeypatch.setattr("recording.encoding.encoder.WORKER", "no.such.module")
    with pytest.raises(EncodingFailed):
        await encoder.encode(tmp_path / "a.raw", tmp_path / "a.flac", AudioFormat.FLAC)


async def test_what_cannot_be_written_leaves_nothing_and_is_told_as_what_it_is(
    tmp_path: Path, encoder: Encoder
) -> None:
    with pytest.raises(FileNotFoundError):
        await encoder.encode(tmp_path / "gone.raw", tmp_path / "a-1.flac", AudioFormat.FLAC)
    (tmp_path / "a.raw").write_bytes(two_tones(1))
    with pytest.raises(FileExistsError):
        await encoder.encode(tmp_path / "a.raw", tmp_path / "a.raw" / "a-1.flac", AudioFormat.FLAC)
    assert names(tmp_path) == ["a.raw"]


def test_no_audio_is_not_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"no audio")
    for name in ("a.flac", "gone.flac"):
        with pytest.raises(soundfile.SoundFileError):
            wav(tmp_path / name)


def test_what_was_made_is_read_back_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "a.raw"
    raw.write_bytes(two_tones(1))
    monkeypatch.setattr("recording.encoding.codec.decode", lambda _: iter([two_tones(1)[:-4] + b"\1\0\1\0"]))
    with pytest.raises(soundfile.SoundFileError):
        encode(raw, tmp_path / "a.flac", AudioFormat.FLAC)
    assert names(tmp_path) == ["a.raw"]


def test_whatever_kills_the_keeper_the_recording_is_kept_once_and_whole(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.contract.keeper_under_fire", str(tmp_path)]
    said = subprocess.run(program, capture_output=True, text=True, check=False)
    lines = [line.split(" ", 2) for line in said.stdout.splitlines()]
    assert [what for _, _, what in lines] == ["whole"] * len(lines), said.stdout + said.stderr
    assert len(lines) > 8
    assert [how for _, how, _ in lines] == ["died"] * (len(lines) - 1) + ["lived"]
