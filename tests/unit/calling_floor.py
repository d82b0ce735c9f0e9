"""A desk of call-backs on virtual time, with an Asterisk and agents' lines that do what a test says."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar, cast

from acd.callback_book import CallbackBook
from acd.callback_rules import CallbackRules, MessageRules
from acd.callbacks import Callback, VoiceMessage, Wish
from acd.facts import CallArrived, CallEnded, Fact, LinkChanged
from acd.queues import QueueSettings
from acd.states import AgentState, EndedBy
from cti.ami.codec import Headers
from cti.ami.errors import AmiError, AmiLinkLost
from cti.ami.message import Message
from cti.callbacks.desk import CallbackDesk
from cti.callbacks.means import Means, MessageAway
from ivr.agi.errors import AgiHungUp, AgiOver
from ivr.agi.session import AgiSession
from ivr.flow.steps import Prompt
from tests.unit.running_floor import Told, distributor

NUMBER = "13900000001"
Kind = TypeVar("Kind", bound=Fact)


def event(name: str, **headers: str) -> Message:
    """An AMI event."""
    return Message("\r\n".join([f"Event: {name}", *(f"{header}: {value}" for header, value in headers.items())]))


class FakeAmi:
    """Keeps what is sent. `refuses` is what the next action raises."""

    def __init__(self) -> None:
        self.up = True
        self.unsent = 0
        """Actions for which there was no link."""
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.refuses: AmiError | None = None

    async def action(
        self, name: str, headers: Headers | None = None, variables: Mapping[str, str] | None = None
    ) -> Message:
        if not self.up:
            self.unsent += 1
            assert self.unsent < 1_000, "asked for ever, and nobody else had a turn"
            raise AmiLinkLost("no link")
        if self.refuses is not None:
            raise self.refuses
        self.sent.append((name, {**dict(cast(Mapping[str, str], headers or {})), **(variables or {})}))
        return event("x")

    def post(self, name: str, headers: Headers | None = None) -> None:
        self.sent.append((name, dict(cast(Mapping[str, str], headers or {}))))

    def named(self, name: str) -> list[dict[str, str]]:
        """The actions of one name so far."""
        return [headers for sent, headers in self.sent if sent == name]


class AgentsLine:
    """A FastAGI session of an agent who has picked up. What is played is in `said`, each prompt's text; where a test
    has laid keys ready, the first of them is pressed at the first prompt."""

    def __init__(self, linkedid: str) -> None:
        self.environment = SimpleNamespace(arguments=(linkedid,), uniqueid=linkedid, script="callback")
        self.said: list[str] = []
        self.keys = ""
        self.dialled: list[str] = []
        self.hung_up = False
        self.listening = asyncio.Event()
        self.listening.set()
        self._over: AgiOver | None = None
        self._status = ""
        self._talk: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def stream_file(self, name: str, escape_digits: str = "") -> str | None:
        """Plays at once, unless a test holds it up by `listening`."""
        await self.listening.wait()
        self._require()
        self.said.append(name)
        key, self.keys = self.keys[:1], self.keys[1:]
        return key or None

    async def wait_for_digit(self, timeout_ms: int) -> str | None:
        """He thinks about it as long as he may."""
        self._require()
        await asyncio.sleep(timeout_ms / 1000)
        self._require()
        return None

    async def exec(self, application: str, options: str = "") -> int:
        """Dials until the test says what came of it."""
        self._require()
        self.dialled.append(options)
        self._status = await self._talk
        self._require()
        return 0

    async def get_full_variable(self, expression: str) -> str:
        return self._status

    async def hangup(self) -> None:
        self._require()
        self.hung_up = True
        self._over = AgiHungUp()

    def ends(self, status: str, cause: int = 16) -> None:
        """The Dial is over, the agent still there."""
        self._talk.set_result(f"{status},{cause}")

    def breaks(self, over: AgiOver) -> None:
        """He hangs up, or the connection breaks."""
        self._over = over
        if not self._talk.done():
            self._talk.set_result("")

    def _require(self) -> None:
        if self._over is not None:
            raise self._over


class AudioAtHand:
    """The audio of messages (cti.callbacks.means.MessageAudio) in files of one folder; `away` says what is."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        """Who has heard which file."""
        self.put_away: list[str] = []
        self.gone = False
        self.away: set[str] = set()
        """fetch, or heard_by."""

    async def fetch(self, message: VoiceMessage) -> "SoundAtHand | None":
        self.require("fetch")
        return None if self.gone else SoundAtHand(self, message.file)

    def tidy(self) -> None:
        """Nothing was left."""

    def require(self, what: str) -> None:
        if what in self.away:
            raise MessageAway("the store is away")


class SoundAtHand:
    """One of its files."""

    def __init__(self, audio: AudioAtHand, file: str) -> None:
        self.path = Path("/recordings") / file
        self._audio = audio
        self._file = file

    async def heard_by(self, agent: str) -> None:
        self._audio.require("heard_by")
        self._audio.heard.append((agent, self._file))

    def put_away(self) -> None:
        self._audio.put_away.append(self._file)


class CallingFloor:
    """The queues `sales` and `support`, some agents ready, and an Asterisk that is there."""

    def __init__(self, *agents: str, rules: CallbackRules | None = None) -> None:
        self.distributor = distributor(*agents)
        self.told = Told()
        self.distributor.on_fact.append(self.told)
        self.ami = FakeAmi()
        self.audio = AudioAtHand()
        self.channels: dict[str, str] = {}
        self.answered: set[str] = set()
        """What the ledger says: stays whose customers have answered."""
        with self.distributor.command() as (router, now_ms):
            router.define_queue(QueueSettings(name="support"), now_ms=now_ms)
        every = dict.fromkeys(("sales", "support"), rules or CallbackRules())
        self.book = CallbackBook(
            "node1", every.get, message_rules_of=lambda queue: MessageRules(calling=every.get(queue))
        )
        self.means = Means(
            client=self.ami,
            distributor=self.distributor,
            channels=lambda: self.channels,
            line=lambda: "carrier",
            shown=lambda: "4000",
            sound_of=_text,
            was_answered=self._was_answered,
            names_of=lambda queue: {"en": "Sales"},
            audio=self.audio,
        )
        self.desk = CallbackDesk(self.book, self.means)

    async def _was_answered(self, linkedid: str) -> bool:
        return linkedid in self.answered

    async def link(self, *, up: bool = True) -> None:
        """The link to Asterisk comes up, or goes down."""
        self.ami.up = up
        self.distributor.state(LinkChanged(at_ms=self.now_ms, node="node1", up=up))
        await settle()

    async def ask(self, number: str = NUMBER, queue: str = "sales") -> Callback:
        """Somebody is to be called back."""
        asked = self.desk.add(number, queue)
        await settle()
        return asked

    async def leave(self, number: str = NUMBER, queue: str = "sales") -> Callback:
        """A caller has left a message."""
        with self.desk.tell() as (book, now_ms):
            left = book.leave_message(
                VoiceMessage("voicemail/1.wav", 5_000), number, queue, Wish(), origin="node1-7.1",
                entered_ms=now_ms, now_ms=now_ms,
            )  # fmt: skip
        await settle()
        return left

    async def rings(self, linkedid: str) -> None:
        """The agent's phone has a channel."""
        self.channels[linkedid] = linkedid
        await settle()

    async def picks_up(self, linkedid: str, line: AgentsLine | None = None) -> AgentsLine:
        """The agent picks up; he hears all at once unless the line holds him up."""
        line = line or AgentsLine(linkedid)
        self.channels[linkedid] = linkedid
        self.desk.hear(event("OriginateResponse", Response="Success", Reason="4", Uniqueid=linkedid))
        serving = asyncio.create_task(self.desk(cast(AgiSession, line)))
        serving.add_done_callback(lambda _: self.hangs_up(linkedid))
        await settle()
        return line

    def hangs_up(self, linkedid: str, cause: int = 16) -> None:
        """The agent's channel is over."""
        if self.channels.pop(linkedid, None) is not None:
            self.desk.hear(event("Hangup", Uniqueid=linkedid, Cause=str(cause)))

    async def customer_answers(self, linkedid: str) -> None:
        """Asterisk tells that the customer has picked up."""
        with self.distributor.command() as (router, now_ms):
            router.answered(linkedid, now_ms=now_ms)
        await settle()

    async def caller(self, linkedid: str, number: str = NUMBER) -> None:
        """Somebody rings us."""
        self.distributor.state(
            CallArrived(
                at_ms=self.now_ms, linkedid=linkedid, channel="", caller=number, caller_name="", dialled="", flow=""
            )
        )  # fmt: skip
        await settle()

    async def caller_left(self, linkedid: str) -> None:
        """He hangs up."""
        self.distributor.state(
            CallEnded(at_ms=self.now_ms, linkedid=linkedid, by=EndedBy.CALLER, reason="hung_up")
        )  # fmt: skip
        await settle()

    @property
    def now_ms(self) -> int:
        return self.distributor.clock.now_ms()

    def state(self, agent: str) -> tuple[AgentState, str]:
        """What the floor sees of the agent, and why."""
        one = self.distributor.router.roster.agent(agent)
        return one.state, one.reason

    def stated(self, kind: type[Kind]) -> list[Kind]:
        """All facts of one kind so far."""
        return [fact for fact in self.told.facts if isinstance(fact, kind)]


def _text(prompt: Prompt) -> str:
    return prompt.text


@asynccontextmanager
async def calling(*agents: str, rules: CallbackRules | None = None) -> AsyncIterator[CallingFloor]:
    """A floor whose Asterisk is there; its tasks and timers are gone afterwards."""
    floor = CallingFloor(*agents, rules=rules)
    await floor.link()
    try:
        yield floor
    finally:
        floor.distributor.close()
        floor.desk.close()
        await settle()


async def settle() -> None:
    """Let everything that can happen at this moment happen."""
    for _ in range(20):
        await asyncio.sleep(0)


async def rung(floor: CallingFloor) -> tuple[Callback, AgentsLine]:
    """Agent 1001 has heard who it is; the customer's phone rings."""
    asked = await floor.ask()
    return asked, await floor.picks_up(asked.linkedid)
