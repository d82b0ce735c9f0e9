"""AGI command lines, taken apart again by the rules of Asterisk's own parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.agi.commands import LINE_BYTES, WORDS, encode_command
from ivr.agi.errors import AgiArgumentRefused
from tests.contract.fake_agi import split_words

pytestmark = pytest.mark.contract

one_line = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=50)


@given(st.lists(one_line, max_size=5))
def test_asterisk_reads_the_very_words_that_were_given(arguments: list[str]) -> None:
    line = encode_command("SET VARIABLE", *arguments)
    assert line.count(b"\n") == 1
    assert split_words(line.decode().removesuffix("\n")) == ["SET", "VARIABLE", *arguments]


def test_a_command_looks_as_asterisk_documents_it() -> None:
    assert encode_command("ANSWER") == b"ANSWER\n"
    assert encode_command("STREAM FILE", "a b", "12", -1) == b'STREAM FILE "a b" "12" "-1"\n'
    assert encode_command("SET VARIABLE", "A", 'say "x" \\ ${B}') == b'SET VARIABLE "A" "say \\"x\\" \\\\ ${B}"\n'


def test_bytes_that_were_not_utf_8_go_back_as_they_came() -> None:
    name = b"Zo\xe9".decode(errors="surrogateescape")
    assert encode_command("SET VARIABLE", "A", name) == b'SET VARIABLE "A" "Zo\xe9"\n'


@pytest.mark.parametrize("character", ["\n", "\r", "\0"])
def test_a_line_break_or_nul_in_an_argument_is_refused(character: str) -> None:
    with pytest.raises(AgiArgumentRefused) as caught:
        encode_command("SET VARIABLE", "A", f"0612345678{character}HANGUP")
    assert caught.value.id == "agi-argument-refused"
    assert "0612345678" not in str(caught.value)


def test_a_line_longer_than_asterisk_reads_is_refused() -> None:
    frame = len(encode_command("EXEC", "A", ""))
    assert len(encode_command("EXEC", "A", "é" * ((LINE_BYTES - frame) // 2))) in (LINE_BYTES, LINE_BYTES - 1)
    with pytest.raises(AgiArgumentRefused, match="2047 at most"):
        encode_command("EXEC", "A", "x" * (LINE_BYTES - frame + 1))


def test_more_words_than_asterisk_has_room_for_are_refused() -> None:
    encode_command("EXEC", *[""] * (WORDS - 1))
    with pytest.raises(AgiArgumentRefused, match="127 words at most"):
        encode_command("EXEC", *[""] * WORDS)
