"""Raw stereo to WAV: an independent reader (the standard library's) must find what Asterisk wrote."""

import os
import wave
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from recording.audio import convert, file_name, measure, wav_header
from recording.record import AudioFormat

pytestmark = pytest.mark.unit

SECOND = bytes(range(256)) * 125  # 32,000 bytes: one second of two channels


def test_the_wav_holds_the_very_samples_in_stereo(tmp_path: Path) -> None:
    raw, wav = tmp_path / "n-1.1.raw", tmp_path / "2026" / "11" / "a-1.wav"
    raw.write_bytes(SECOND * 3)
    audio = convert(raw, wav)
    with wave.open(str(wav)) as read:
        assert (read.getnchannels(), read.getframerate(), read.getsampwidth()) == (2, 8000, 2)
        assert read.readframes(read.getnframes()) == SECOND * 3
    assert audio.bytes == wav.stat().st_size
    assert audio.sha256 == sha256(wav.read_bytes()).hexdigest()
    assert audio.pcm_sha256 == sha256(SECOND * 3).hexdigest()
    assert sorted(path.name for path in wav.parent.iterdir()) == ["a-1.wav"]
    assert raw.exists()


def test_it_began_its_duration_before_it_was_closed(tmp_path: Path) -> None:
    raw = tmp_path / "n-1.1.raw"
    raw.write_bytes(SECOND * 2)
    os.utime(raw, (1_700_000_002, 1_700_000_002))
    assert measure(raw) == (datetime.fromtimestamp(1_700_000_000, UTC), len(SECOND) * 2)


def test_half_a_frame_left_by_a_crash_is_cut_off(tmp_path: Path) -> None:
    raw, wav = tmp_path / "n-1.1.raw", tmp_path / "a.wav"
    raw.write_bytes(SECOND + b"\x01\x02\x03")
    assert convert(raw, wav).pcm_sha256 == sha256(SECOND).hexdigest()
    with wave.open(str(wav)) as read:
        assert read.getnframes() == 8000


def test_a_failure_leaves_neither_half_a_file_nor_an_older_one_harmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    raw, wav = tmp_path / "n-1.1.raw", tmp_path / "a.wav"
    raw.write_bytes(SECOND)
    wav.write_bytes(b"older")
    monkeypatch.setattr("recording.audio.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        convert(raw, wav)
    assert wav.read_bytes() == b"older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "n-1.1.raw"]


def test_a_call_longer_than_a_wav_can_say_is_capped_in_the_header_only() -> None:
    assert len(wav_header(2**33)) == 44
    assert wav_header(2**33)[40:44] == (0xFFFFFFFF - 36).to_bytes(4, "little")


def test_files_lie_by_the_utc_day() -> None:
    began = datetime.fromisoformat("2026-01-01T01:00:00+08:00")
    assert str(file_name("abc", 2, began, AudioFormat.WAV)) == "2025/12/31/abc-2.wav"
