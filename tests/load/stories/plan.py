"""What happens in one random call: a walk through what callers and agents can do, the same for the same seed. It
decides nothing about telephones and knows no time.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto

AGENTS = ("1001", "1002", "1003", "1004")
QUEUES = ("sales", "support")
MOST_STEPS = 9
MOST_DEATHS = 2
BUSY_ENDS_AFTER = 4
"""Steps before a call may end where it need not."""


class Act(StrEnum):
    """One thing that somebody does."""

    COME_IN = auto()  # a caller comes to the menu
    DIAL_OUTSIDE = auto()  # an agent calls somebody outside
    DIAL_COLLEAGUE = auto()  # or a colleague, about nobody
    REACH = auto()
    BE_BUSY = auto()
    LEAVE_MESSAGE = auto()
    ASK_BACK = auto()  # to be called back; from here on it is the call-back that is told of
    CALL_BACK = auto()
    REFUSE_BACK = auto()  # the agent's phone refuses it
    WITHDRAW = auto()
    DIE_OWING = auto()
    ASTERISK_DIES = auto()
    CHOOSE = auto()  # the caller chooses a queue in the menu
    OVERFLOW = auto()  # he chooses one that holds nobody for long
    ANSWER = auto()
    ANSWER_AFTER_DEATH = auto()  # the daemon is killed while the phone rings
    MISS = auto()
    REFUSE = auto()
    PICK_UP = auto()
    PICK_UP_DESKTOP = auto()
    TAKE = auto()
    DIE = auto()
    BE_AWAY = auto()  # the daemon is away for a while
    LEAVE_RINGING = auto()
    HOLD = auto()
    HOLD_AND_DIE = auto()
    MUTE = auto()
    PAUSE = auto()
    SEND_TO_QUEUE = auto()
    SEND_TO_QUEUE_DESKTOP = auto()
    SEND_TO_AGENT = auto()
    SEND_TO_AGENT_DESKTOP = auto()
    SEND_AWAY = auto()  # to a queue while the daemon is away; a colleague answers there
    JOIN_RINGING = auto()
    PARK = auto()
    PARK_DESKTOP = auto()
    ASK = auto()
    ASK_QUEUE = auto()
    AGENT_ENDS = auto()
    GIVE_UP = auto()
    ASKED_LEAVES = auto()
    ANNOUNCE = auto()
    CONFER = auto()
    FIRST_LEAVES = auto()
    SECOND_LEAVES = auto()
    FETCH = auto()
    FETCH_DESKTOP = auto()
    COME_BACK = auto()  # nobody fetches him
    MARK = auto()
    BE_SILENT = auto()
    CALLER_ENDS = auto()


class Where(StrEnum):
    """What the caller is in."""

    NOWHERE = auto()
    MENU = auto()
    WAITING = auto()
    TALKING = auto()
    ASKING = auto()  # held, while his agent speaks with another
    CONFERENCE = auto()
    PARKED = auto()
    SURVEY = auto()
    DIALLING = auto()  # a phone outside rings
    DIRECT = auto()  # an agent speaks with somebody outside, or two agents speak with each other
    OWED = auto()  # he is to be called back
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """`act`, with the agents and the queue it is about."""

    act: Act
    agent: str = ""
    other: str = ""
    queue: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.act.value, self.agent, self.other, self.queue)))


@dataclass(frozen=True, slots=True)
class State:
    """Who is where. `by_phone`: the agent's telephone may send the caller on, which it may not after a conference.
    `cut`: the daemon died in this conversation, so that the call is over with it. `left`: whose caller it was has left
    him in a conference with a colleague, who can do little with him."""

    where: Where = Where.NOWHERE
    agent: str = ""
    other: str = ""
    queue: str = ""
    by_phone: bool = True
    cut: bool = False
    left: bool = False


def plan(seed: int) -> tuple[tuple[Step, State], ...]:
    """The story of this seed, to its end: each step with what it leads to."""
    chance = random.Random(seed)
    state, steps = State(), list[tuple[Step, State]]()
    while state.where is not Where.OVER:
        found = list(_possible(state, chance))
        deaths = sum(step.act in _DEADLY for step, _ in steps)
        found = [one for one in found if deaths < MOST_DEATHS or one[0].act not in _DEADLY]
        going_on = [one for one in found if one[1].where is not Where.OVER or one[0].act in _WHOLE]
        early, late = len(steps) < BUSY_ENDS_AFTER, len(steps) >= MOST_STEPS
        if early and going_on:
            found = going_on
        elif late:
            found = [one for one in found if one[0].act in _ENDS] or found
        step, state = chance.choice(found)
        steps.append((step, state))
    return tuple(steps)


_DEADLY = {Act.DIE, Act.DIE_OWING, Act.BE_AWAY, Act.ANSWER_AFTER_DEATH, Act.HOLD_AND_DIE, Act.SEND_AWAY}
_WHOLE = {Act.LEAVE_MESSAGE, Act.BE_BUSY}
"""Which are a story though they end it at once."""
_ENDS = {Act.WITHDRAW, Act.BE_BUSY, Act.AGENT_ENDS, Act.MARK, Act.BE_SILENT, Act.CALLER_ENDS, Act.LEAVE_RINGING}


def _possible(state: State, chance: random.Random) -> Iterator[tuple[Step, State]]:
    """Each act that is possible, with what comes of it."""
    free = chance.sample([one for one in AGENTS if one not in (state.agent, state.other)], 2)
    queue = chance.choice(QUEUES)
    match state.where:
        case Where.NOWHERE:
            yield from _at_first(free)
        case Where.MENU:
            yield from _in_the_menu(queue)
        case Where.WAITING:
            yield from _while_waiting(state, free)
        case Where.TALKING:
            yield from _while_talking(state, free, queue)
        case Where.ASKING:
            yield from _while_asking(state)
        case Where.CONFERENCE:
            yield from _in_conference(state, free, queue)
        case Where.PARKED:
            yield from _while_parked(state, free)
        case Where.DIRECT:
            yield from _directly(state)
        case Where.SURVEY | Where.DIALLING | Where.OWED | Where.OVER:
            yield from _in_between(state, free)


def _in_between(state: State, free: list[str]) -> Iterator[tuple[Step, State]]:
    match state.where:
        case Where.SURVEY:
            for act in (Act.MARK, Act.BE_SILENT, Act.CALLER_ENDS):
                yield Step(act), State(Where.OVER)
        case Where.DIALLING:
            yield Step(Act.REACH, state.agent), replace(state, where=Where.DIRECT)
            yield Step(Act.BE_BUSY, state.agent), State(Where.OVER)
        case Where.OWED:
            yield Step(Act.CALL_BACK, free[0]), State(Where.DIRECT, free[0], cut=True)
            yield Step(Act.REFUSE_BACK, free[0]), state
            yield Step(Act.DIE_OWING), state
            yield Step(Act.WITHDRAW), State(Where.OVER)
        case _:
            pass


def _in_the_menu(queue: str) -> Iterator[tuple[Step, State]]:
    for _ in range(3):
        yield Step(Act.CHOOSE, queue=queue), State(Where.WAITING, queue=queue)
    yield Step(Act.OVERFLOW, queue="support"), State(Where.WAITING, queue="support")
    yield Step(Act.LEAVE_MESSAGE), State(Where.OVER)
    yield Step(Act.ASK_BACK), State(Where.OWED, queue="sales")


def _at_first(free: list[str]) -> Iterator[tuple[Step, State]]:
    """Most stories are of callers who come in."""
    one, two = free
    for _ in range(4):
        yield Step(Act.COME_IN), State(Where.MENU)
    yield Step(Act.DIAL_OUTSIDE, one), State(Where.DIALLING, one)
    yield Step(Act.DIAL_COLLEAGUE, two, one), State(Where.DIRECT, two)


def _directly(state: State) -> Iterator[tuple[Step, State]]:
    mine = state.agent
    yield Step(Act.HOLD, mine), state
    yield Step(Act.MUTE, mine), state
    yield Step(Act.DIE, mine), replace(state, cut=True)
    yield Step(Act.AGENT_ENDS, mine), State(Where.OVER)
    yield Step(Act.CALLER_ENDS), State(Where.OVER)
    yield Step(Act.ASTERISK_DIES), State(Where.OVER)


def _while_waiting(state: State, free: list[str]) -> Iterator[tuple[Step, State]]:
    one, two = free
    talking = State(Where.TALKING, one, queue=state.queue)
    for act in (Act.ANSWER, Act.ANSWER, Act.ANSWER, Act.TAKE):
        yield Step(act, one), talking
    yield Step(Act.ANSWER_AFTER_DEATH, one), replace(talking, cut=True)
    for act in (Act.PICK_UP, Act.PICK_UP_DESKTOP):
        yield Step(act, two, one), talking
    for act in (Act.MISS, Act.REFUSE):
        yield Step(act, one), state
    for act in (Act.DIE, Act.BE_AWAY):
        yield Step(act), state
    yield Step(Act.LEAVE_RINGING, one), State(Where.OVER)
    yield Step(Act.ASTERISK_DIES), State(Where.OVER)
    yield Step(Act.CALLER_ENDS), State(Where.OVER)


def _while_talking(state: State, free: list[str], queue: str) -> Iterator[tuple[Step, State]]:
    mine, one = state.agent, free[0]
    waiting, talking = State(Where.WAITING, queue=queue), State(Where.TALKING, one, queue=state.queue)
    asking, parked = (
        replace(state, where=Where.ASKING, other=one),
        State(Where.PARKED, mine, queue=state.queue),
    )
    yield Step(Act.CALLER_ENDS), State(Where.OVER)
    yield Step(Act.HOLD, mine), state
    if state.left:
        return
    for act in (Act.MUTE, Act.PAUSE):
        yield Step(act, mine), state
    for act in (Act.DIE, Act.HOLD_AND_DIE):
        yield Step(act, mine), replace(state, cut=True)
    yield Step(Act.SEND_TO_QUEUE_DESKTOP, mine, queue=queue), waiting
    yield Step(Act.SEND_TO_AGENT_DESKTOP, mine, one), talking
    yield Step(Act.PARK_DESKTOP, mine), parked
    if state.by_phone:
        yield Step(Act.SEND_TO_QUEUE, mine, queue=queue), waiting
        yield Step(Act.SEND_TO_AGENT, mine, one), talking
        yield Step(Act.SEND_AWAY, mine, one, queue), replace(talking, queue=queue, cut=True)
        yield Step(Act.JOIN_RINGING, mine, one), talking
        yield Step(Act.PARK, mine), parked
        yield Step(Act.ASK, mine, one), asking
        yield Step(Act.ASK_QUEUE, mine, one, queue), asking
    yield Step(Act.AGENT_ENDS, mine), State(Where.OVER if state.cut else Where.SURVEY)
    yield Step(Act.ASTERISK_DIES), State(Where.OVER)


def _while_asking(state: State) -> Iterator[tuple[Step, State]]:
    mine, other = state.agent, state.other
    alone = replace(state, where=Where.TALKING, other="")
    for act in (Act.GIVE_UP, Act.ASKED_LEAVES):
        yield Step(act, mine, other), alone
    yield Step(Act.ANNOUNCE, mine, other), replace(alone, agent=other)
    for _ in range(2):
        yield Step(Act.CONFER, mine, other), replace(state, where=Where.CONFERENCE, by_phone=False)
    yield Step(Act.DIE, mine), replace(state, cut=True)
    yield Step(Act.CALLER_ENDS), State(Where.OVER)


def _in_conference(state: State, free: list[str], queue: str) -> Iterator[tuple[Step, State]]:
    alone = replace(state, where=Where.TALKING, other="")
    yield Step(Act.FIRST_LEAVES, state.agent, state.other), replace(alone, agent=state.other, left=True)
    yield Step(Act.SECOND_LEAVES, state.agent, state.other), alone
    yield Step(Act.SEND_TO_QUEUE_DESKTOP, state.agent, queue=queue), State(Where.WAITING, queue=queue)
    yield (
        Step(Act.SEND_TO_AGENT_DESKTOP, state.agent, free[0]),
        State(Where.TALKING, free[0], queue=state.queue),
    )
    yield Step(Act.DIE, state.agent), replace(state, cut=True)
    yield Step(Act.CALLER_ENDS), State(Where.OVER)


def _while_parked(state: State, free: list[str]) -> Iterator[tuple[Step, State]]:
    for act in (Act.FETCH, Act.FETCH_DESKTOP):
        yield Step(act, free[0]), State(Where.TALKING, free[0], queue=state.queue)
    yield Step(Act.COME_BACK), State(Where.WAITING, queue=state.queue)
    yield Step(Act.ASTERISK_DIES), State(Where.OVER)
    for act in (Act.DIE, Act.BE_AWAY):
        yield Step(act), state
    yield Step(Act.CALLER_ENDS), State(Where.OVER)
