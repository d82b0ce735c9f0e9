"""Reading rows: whatever the split, the tear or the text inside, every whole row is read once and none is invented."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.ledger import COLUMNS, ROW_LIMIT, LedgerRow, RowError, parse_row, read_rows, vanished_row
from tests.ledgers import NAMES, real_call

pytestmark = pytest.mark.unit

LEDGERS = b"".join(real_call(name).ledger for name in NAMES)
TWO_CALLS = real_call("served_by_ivr").ledger + real_call("answered_caller_hangs_up").ledger
ROW = real_call("served_by_ivr").ledger.splitlines(keepends=True)[0]


def _row(*, name: str = "", event: str = "CHAN_START", at: str = "1795318226.057137", extra: str = "") -> str:
    fields = [""] * COLUMNS
    fields[0], fields[1], fields[2], fields[13], fields[14], fields[18] = event, at, name, "n-1.1", "n-1.1", extra
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields)


def test_a_row_says_who_when_and_what() -> None:
    row = parse_row(ROW.decode().rstrip("\n"))
    assert (row.type, row.caller, row.extension, row.context) == ("CHAN_START", "5551234", "4000", "lines")
    assert row.channel.startswith("PJSIP/line-")
    assert row.uniqueid == row.linkedid
    assert row.at_us % 1_000_000 != 0


def test_every_real_row_is_read() -> None:
    reading = read_rows(LEDGERS)
    assert len(reading.events) == LEDGERS.count(b"\n")
    assert not reading.rejected
    assert reading.consumed == len(LEDGERS)


@settings(deadline=None)
@given(st.lists(st.integers(0, len(TWO_CALLS)), max_size=10))
def test_any_split_gives_the_same_rows(cuts: list[int]) -> None:
    rows: list[tuple[str, LedgerRow]] = []
    waiting = b""
    for start, end in pairwise([0, *sorted(cuts), len(TWO_CALLS)]):
        waiting += TWO_CALLS[start:end]
        reading = read_rows(waiting)
        assert not reading.rejected
        rows += reading.events
        waiting = waiting[reading.consumed :]
    assert rows == list(read_rows(TWO_CALLS).events)
    assert waiting == b""


@given(name=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_callers_name_is_text_and_only_text(name: str) -> None:
    """Quotes, commas, line breaks, and what looks like a row: nothing in a name ends its row or begins another."""
    data = (_row(name=name) + "\n").encode()
    reading = read_rows(ROW + data + ROW)
    assert not reading.rejected
    assert [row.caller_name for _, row in reading.events] == ["", name, ""]


def test_a_name_that_imitates_a_row_stays_a_name() -> None:
    forged = 'x\n"LINKEDID_END","1795318226.057137","'
    reading = read_rows((_row(name=forged) + "\n").encode())
    assert [row.caller_name for _, row in reading.events] == [forged]


@given(st.integers(1, len(ROW) - 2))
def test_a_torn_row_costs_itself_and_no_other(size: int) -> None:
    """Asterisk died after `size` bytes of a row; the next process goes on right behind them."""
    reading = read_rows(ROW + ROW[:size] + ROW + ROW)
    assert len(reading.events) == 3
    assert len(reading.rejected) == 1
    assert reading.consumed == 3 * len(ROW) + size


def test_a_half_row_waits_for_the_rest_unless_it_is_final() -> None:
    half = ROW[: len(ROW) // 2]
    assert read_rows(ROW + half).consumed == len(ROW)
    reading = read_rows(ROW + half, final=True)
    assert (reading.consumed, len(reading.rejected)) == (len(ROW) + len(half), 1)


def test_a_quote_that_is_never_closed_does_not_swallow_the_ledger() -> None:
    garbage = b'"' + b"x\n" * ROW_LIMIT
    reading = read_rows(garbage + ROW)
    assert [row.type for _, row in reading.events] == ["CHAN_START"]
    assert reading.rejected
    assert reading.consumed == len(garbage) + len(ROW)


def test_a_row_that_is_not_utf_8_is_read() -> None:
    reading = read_rows(_row(name="周").encode("gbk") + b"\n")
    assert [row.caller_name for _, row in reading.events] == [r"\xd6\xdc"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "0 columns; 19 were expected"),
        ('"ANSWER","1.000000"', "2 columns; 19 were expected"),
        (_row(at="yesterday"), "a CEL row was expected"),
        (_row(extra="{"), "a CEL row was expected"),
        (_row(name="\0"), "a zero byte"),
        (_row().replace("n-1.1", ""), "uniqueid or linkedid empty"),
        (_row().replace('"",', '""x,', 1), "a CEL row was expected"),
    ],
)
def test_a_bad_row_says_what_was_expected(body: str, why: str) -> None:
    with pytest.raises(RowError, match=why) as caught:
        parse_row(body)
    assert caught.value.id == "ledger-row-invalid"


def test_seconds_without_a_fraction_are_a_time() -> None:
    assert parse_row(_row(at="1795318226")).at_us == 1_795_318_226_000_000


def test_the_end_we_write_for_a_lost_call_is_a_row() -> None:
    row = parse_row(vanished_row("node1-1.7", 1_795_318_226_057_137))
    assert (row.type, row.linkedid, row.at_us) == ("LINKEDID_END", "node1-1.7", 1_795_318_226_057_137)
