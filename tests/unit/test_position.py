"""A caller's position as it stands on his channel: whatever he has told us comes back as it was."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.agi.commands import encode_command
from ivr.agi.session import AgiSession
from ivr.flow.expressions import Value
from ivr.flow.position import Position, Standing
from ivr.whereabouts import EVERYTHING, NAMES, keep, kept

pytestmark = pytest.mark.unit

NAME = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.builds(lambda word, times: word * times, st.text(min_size=1, max_size=3) | st.just('"\\'), st.integers(0, 900)),
)
DATA: st.SearchStrategy[dict[str, Value]] = st.dictionaries(NAME, VALUES, max_size=4)
STANDING = st.builds(Standing, NAME, NAME, DATA, st.lists(NAME, max_size=4).map(tuple))
POSITION = st.builds(
    Position, NAME, st.lists(STANDING, min_size=1, max_size=2).map(tuple), DATA, st.integers(0, 100_000)
)


class Channel:
    """A caller's channel as AGI shows it: variables, and commands no longer than Asterisk reads."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}

    async def set_variable(self, name: str, value: str) -> None:
        encode_command("SET VARIABLE", name, value)
        self.variables[name] = value

    async def get_full_variable(self, expression: str) -> str:
        assert expression == EVERYTHING
        return "".join(self.variables.get(name, "") for name in NAMES)


def session(channel: Channel) -> AgiSession:
    return channel  # type: ignore[return-value]


@given(POSITION)
def test_a_position_is_one_line_of_ascii_and_comes_back_as_it_was(position: Position) -> None:
    written = position.to_json()
    assert written.isascii()
    assert written.isprintable()
    assert Position.from_json(written) == position


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "7", '"x"', '{"v":1}', '{"v":1,"l":"en","s":[],"a":{}}'),
        '{"v":1,"l":"en","s":[["f"]],"a":{}}',
        '{"v":"x","l":"en","s":[["f","n",{},[]]],"a":{}}',
        '{"v":1,"l":"en","s":[["f","n",{"x":["?"]},[]]],"a":{}}',
    ],
)
def test_what_is_no_position_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="no position"):
        Position.from_json(text)


@settings(max_examples=40)
@given(st.lists(POSITION, min_size=1, max_size=3))
async def test_the_last_position_written_is_the_one_read_whatever_its_length(positions: list[Position]) -> None:
    channel = Channel()
    for position in positions:
        await keep(session(channel), position)
    found = await kept(session(channel))
    assert found in (positions[-1], positions[-1].without_data())


async def test_data_too_long_for_a_channel_are_left_out_and_the_place_is_kept() -> None:
    channel = Channel()
    position = Position("en", (Standing("hotline", "topic", {"story": "long " * 2000}, ("language",)),), {}, 3)
    await keep(session(channel), position)
    assert await kept(session(channel)) == Position("en", (Standing("hotline", "topic", {}, ("language",)),), {}, 3)


async def test_six_kilobytes_of_data_are_kept() -> None:
    channel = Channel()
    data: dict[str, Value] = {"story": "x" * 5_000, "owed": Decimal("12.50")}
    position = Position("en", (Standing("hotline", "topic", data, ()),), {})
    await keep(session(channel), position)
    assert await kept(session(channel)) == position
