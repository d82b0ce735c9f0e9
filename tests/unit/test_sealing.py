"""Sealed recordings: any range can be opened, and nothing can be changed unnoticed."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.keeping.master_keys import (
    KeyMissing,
    KeyNameTaken,
    KeysError,
    KeyWrong,
    MasterKeys,
    add_key,
    read_keys,
    remove_key,
)
from recording.keeping.sealing import CHUNK, HEADER, Tampered, open_span, open_whole, part_key, seal, sealed_size, span
from recording.keeping.wrapped import Wrapped

pytestmark = pytest.mark.unit

KEY = bytes(range(32))
SOUND = os.urandom(3 * CHUNK + 1_000)
FILE = "2026/11/22/0123abcd-1.flac"


def _sealed(sound: bytes = SOUND) -> bytes:
    return b"".join(seal([sound], KEY))


def _opened(sealed: bytes, size: int, start: int, end: int) -> bytes:
    wanted = span(size, start, end)
    return b"".join(open_span([sealed[wanted.offset : wanted.offset + wanted.length]], KEY, size, wanted))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 1_000])
def test_what_is_sealed_is_opened_whole_at_every_length(size: int) -> None:
    sealed = _sealed(SOUND[:size])
    assert len(sealed) == sealed_size(size)
    assert open_whole(sealed, KEY) == SOUND[:size]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_any_range_is_opened_from_the_bytes_that_were_named_alone(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(SOUND)]))
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    assert _opened(_sealed(SOUND[:size]), size, start, end) == SOUND[start:end]


@given(st.lists(st.integers(1, CHUNK), max_size=8))
@settings(max_examples=50, deadline=None)
def test_how_the_bytes_come_in_pieces_makes_no_difference(cuts: list[int]) -> None:
    pieces, rest = [], SOUND
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert b"".join(seal([*pieces, rest], KEY)) == _sealed()
    sealed = _sealed()[len(HEADER) :]
    pieces = [sealed[at : at + 10_000] for at in range(0, len(sealed), 10_000)]
    assert b"".join(open_span(pieces, KEY, len(SOUND), span(len(SOUND), 0, len(SOUND)))) == SOUND


def test_every_flipped_byte_is_noticed() -> None:
    sealed = _sealed(SOUND[:700])
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(Tampered):
            open_whole(bytes(changed), KEY)


@pytest.mark.parametrize("chunk", [0, 1, 2, 3])
def test_a_flipped_byte_in_any_chunk_is_noticed_where_it_is_read_and_nowhere_else(chunk: int) -> None:
    changed = bytearray(_sealed())
    changed[len(HEADER) + chunk * (CHUNK + 16) + 500] ^= 0x80
    for other in range(4):
        start, end = other * CHUNK, min((other + 1) * CHUNK, len(SOUND))
        if other == chunk:
            with pytest.raises(Tampered, match=f"chunk {chunk} "):
                _opened(bytes(changed), len(SOUND), start, end)
        else:
            assert _opened(bytes(changed), len(SOUND), start, end) == SOUND[start:end]


def test_nothing_can_be_cut_off_added_or_moved() -> None:
    sealed, chunk = _sealed(), CHUNK + 16
    body = sealed[len(HEADER) :]
    swapped = body[chunk : 2 * chunk] + body[:chunk] + body[2 * chunk :]
    for forged in (sealed[:-1], sealed[: len(HEADER) + 3 * chunk], sealed + b"\0" * 17, HEADER + swapped, HEADER, b""):
        with pytest.raises(Tampered):
            open_whole(forged, KEY)


def test_each_part_has_a_key_of_its_own() -> None:
    keys = {part_key(KEY, "audio"), part_key(KEY, "peaks"), part_key(bytes(32), "audio"), KEY}
    assert len(keys) == 4
    with pytest.raises(Tampered):
        open_whole(b"".join(seal([b"sound"], part_key(KEY, "audio"))), part_key(KEY, "peaks"))


def test_a_data_key_is_wrapped_for_one_file_under_the_current_key(tmp_path: Path) -> None:
    keys = add_key(tmp_path / "keys", "first")
    data_key, wrapped = keys.new(FILE)
    assert wrapped.key == "first"
    assert keys.unwrap(wrapped, FILE) == data_key
    with pytest.raises(KeyWrong):
        keys.unwrap(wrapped, "2026/11/22/another-1.flac")


def test_turning_over_wraps_the_same_data_key_under_the_new_key(tmp_path: Path) -> None:
    data_key, wrapped = add_key(tmp_path / "keys", "first").new(FILE)
    keys = add_key(tmp_path / "keys", "second")
    assert keys.unwrap(wrapped, FILE) == data_key
    turned = keys.turn_over(wrapped, FILE)
    assert turned.key == "second"
    left = remove_key(tmp_path / "keys", "first")
    assert left.unwrap(turned, FILE) == data_key
    with pytest.raises(KeyMissing, match="has no key first"):
        left.unwrap(wrapped, FILE)


def test_another_key_of_the_same_name_is_told_as_such(tmp_path: Path) -> None:
    _, wrapped = add_key(tmp_path / "keys", "first").new(FILE)
    with pytest.raises(KeyWrong, match="key first does not open"):
        add_key(tmp_path / "others", "first").unwrap(wrapped, FILE)
    with pytest.raises(KeyWrong):
        read_keys(tmp_path / "keys").unwrap(Wrapped("first", "nonsense"), FILE)


def test_every_flipped_byte_of_a_wrapped_key_is_noticed(tmp_path: Path) -> None:
    keys = add_key(tmp_path / "keys", "first")
    _, wrapped = keys.new(FILE)
    for at, letter in enumerate(wrapped.text):
        other = "A" if letter != "A" else "B"
        with pytest.raises(KeyWrong):
            keys.unwrap(Wrapped("first", wrapped.text[:at] + other + wrapped.text[at + 1 :]), FILE)


def test_the_file_of_keys_is_the_owners_alone_and_read_only_then(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    assert read_keys(file).keys == {}
    with pytest.raises(KeyMissing, match="keys add"):
        read_keys(file).new(FILE)
    add_key(file, "first")
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyNameTaken):
        add_key(file, "first")
    with pytest.raises(KeyNameTaken):
        add_key(file, "Not so")
    with pytest.raises(KeyMissing):
        remove_key(file, "first")  # the current one
    file.chmod(0o640)
    with pytest.raises(KeysError, match="expected a file of mode 0600"):
        read_keys(file)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": "a", "keys": {"a": "c2hvcnQ="}}', '{"keys": {"a": 1}}'])
def test_a_file_that_is_none_of_keys_is_told_and_never_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(KeysError, match="expected") as raised:
        read_keys(file)
    assert "c2hvcnQ" not in str(raised.value)


def test_keys_are_not_shown_where_they_are_printed(tmp_path: Path) -> None:
    keys: MasterKeys = add_key(tmp_path / "keys", "first")
    assert repr(keys.keys["first"]) not in repr(keys)
