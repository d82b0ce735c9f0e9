"""A caller hangs up at any step of any flow we ship, and of every good example: his call ends in good order, once, by
him, and leaves nothing behind.
"""

import asyncio

import pytest

from acd.facts import CallArrived, CallEnded, RecordingPaused, RecordingResumed
from acd.states import AgentState, EndedBy
from ivr.rehearsal.hand import Act, parse_act
from tests.contract.whole_calls import NAMES, STORIES, Call, Story, call

pytestmark = pytest.mark.contract

PEOPLE = {
    "silent": (),
    "first-choice": ("1",) * 6,
    "number": ("123456#",) * 4,
}


@pytest.mark.parametrize("acts", PEOPLE.values(), ids=PEOPLE)
@pytest.mark.parametrize("story", STORIES, ids=NAMES)
def test_a_caller_who_hangs_up_at_any_step_leaves_nothing_behind(story: Story, acts: tuple[str, ...]) -> None:
    asyncio.run(hang_up_everywhere(story, tuple(map(parse_act, acts))))


async def hang_up_everywhere(story: Story, acts: tuple[Act, ...]) -> None:
    """The same call, over and over, and each time he hangs up a command later."""
    whole = await call(story, acts)
    assert ended(whole).by is not EndedBy.CALLER
    for command in range(1, whole.commands):  # the last one is ours: that he be hung up on
        made = await call(story, acts, command)
        end = ended(made)
        assert (end.by, end.reason) == (EndedBy.CALLER, "hung_up"), f"at command {command}"


def ended(made: Call) -> CallEnded:
    """The one end of the call, after which nothing is left of it."""
    floor = made.floor
    assert floor.is_empty()
    assert floor.state is AgentState.READY
    assert len(floor.named(CallArrived)) == 1
    assert len(floor.named(RecordingPaused)) == len(floor.named(RecordingResumed))
    end: CallEnded
    (end,) = floor.named(CallEnded)
    assert floor.facts[-1] is end
    return end
