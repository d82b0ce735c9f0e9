"""Takes a caller's message for a queue: greeting, tone, his words, and what he wants done with them. Who hears it, and
until when it is kept, is decided elsewhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

from ivr import message_words, variables, waiting_words
from ivr.agi.errors import AgiHungUp
from ivr.agi.session import AgiSession
from ivr.caller import Caller
from ivr.desk import Desk
from ivr.flow.parts import BACK_KEY, OPERATOR_KEY
from ivr.flow.steps import MessageTaken, Piece, Prompt, TakeMessage
from ivr.messages import Messages, Note, Take
from ivr.review import KEYS, LEAST_MS, Act, Review

ENDS_BY = "#"
ANSWER_MS = 5_000
"""How long he may think about what to do with his message."""


Play = Callable[[tuple[Piece, ...], str], Awaitable[str | None]]


class Taken(StrEnum):
    """What came of it."""

    LEFT = "left"
    NOTHING = "nothing"
    OPERATOR = "operator"  # he wants an agent instead
    BACK = "back"  # he wants what he was asked before


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """How a message is taken: what greets him, given the keys that end it (the one that did, or none); its greatest
    length, the silence that ends it, whether he is asked what to do with it, whether 0 leads to an agent, and whether
    star leads back from the greeting."""

    greet: Callable[[str], Awaitable[str | None]]
    most_ms: int
    silence_s: int
    review: bool = True
    operator: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place and the wishes with which a message stands in its queue."""

    entered_ms: int
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    requires: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


class TakingMessage:
    """One caller who leaves a message for `queue`. `run` it once."""

    def __init__(
        self, desk: Desk, session: AgiSession, recording: Recording, queue: str, language: str, place: Place
    ) -> None:
        self._desk = desk
        self._session = session
        self._recording = recording
        self._queue = queue
        self._language = language
        self._place = place
        self._length_ms = 0
        self._again = False

    async def run(self, messages: Messages, linkedid: str, number: str) -> Taken:
        """Greet him, record until the hash key, silence, the time limit or his hang-up, let him decide, and thank him.

        Raises what the session does; a message that he ended by hanging up is kept all the same.
        """
        key = await self._recording.greet(self._before)
        if key == OPERATOR_KEY:
            return Taken.OPERATOR
        if key == BACK_KEY:
            return Taken.BACK
        note = Note(
            linkedid=linkedid,
            channel=self._session.environment.uniqueid,
            number=number,
            queue=self._queue,
            language=self._language,
            begun_ms=self._desk.distributor.clock.now_ms(),
            entered_ms=self._place.entered_ms,
            priority=self._place.priority,
            skills=self._place.skills,
            requires=self._place.requires,
            data=self._place.data,
        )
        with messages.taking(note) as take:
            taken = await self._take(take)
            await note_on_channel(self._session, "", "")
        return taken

    async def _take(self, take: Take) -> Taken:
        review = Review(asks=self._recording.review, operator=self._recording.operator)
        do: Mapping[Act, Callable[[Take, Review], Awaitable[Act]]] = {
            Act.RECORD: self._record,
            Act.ASK: self._ask,
            Act.PLAY: self._play,
        }
        act = Act.RECORD
        try:
            while act in do:
                act = await do[act](take, review)
        except AgiHungUp:
            self._end(take, keep=review.spoken)
            raise
        self._end(take, keep=act is Act.KEEP)
        match act:
            case Act.KEEP:
                await self._say(waiting_words.thanks(self._language))
                return Taken.LEFT
            case Act.OPERATOR:
                return Taken.OPERATOR
            case Act.CANCEL:
                await self._say(message_words.cancelled(self._language))
            case _:
                await self._say(waiting_words.no_message(self._language))
        return Taken.NOTHING

    async def _record(self, take: Take, review: Review) -> Act:
        path = take.anew if self._again else take.sound
        await self._session.stream_file(self._desk.beep)
        recording = self._recording
        if not self._again:  # not before: he is thanked only for what he has said
            await note_on_channel(self._session, take.name, self._sound(waiting_words.thanks(self._language)))
        length_ms = await self._session.record_file(str(path), ENDS_BY, recording.most_ms, recording.silence_s)
        act = review.recorded(length_ms)
        if length_ms >= LEAST_MS:
            self._length_ms = length_ms
            if self._again:
                take.replace()
        self._again = True
        return act

    async def _ask(self, take: Take, review: Review) -> Act:
        keys = KEYS + (OPERATOR_KEY if self._recording.operator else "")
        question = self._sound(message_words.review(self._language))
        key = await self._session.stream_file(question, keys)
        return review.answered(key or await self._session.wait_for_digit(ANSWER_MS))

    async def _play(self, take: Take, review: Review) -> Act:
        return review.played(await self._session.stream_file(str(take.sound), KEYS))

    def _end(self, take: Take, *, keep: bool) -> None:
        if keep:
            take.keep(self._length_ms)
        else:
            take.drop()

    @property
    def _before(self) -> str:
        """The keys that end the greeting."""
        recording = self._recording
        return ENDS_BY + (OPERATOR_KEY if recording.operator else "") + (BACK_KEY if recording.back else "")

    def _sound(self, prompt: Prompt) -> str:
        return self._desk.sound_of(prompt)

    async def _say(self, prompt: Prompt) -> None:
        await self._session.stream_file(self._sound(prompt))


def recording_of(desk: Desk, session: AgiSession, queue: str, language: str) -> Recording:
    """How the queue's own messages are taken."""
    voicemail = desk.care_of(queue).voicemail
    words = voicemail.greeting.get(language)
    greeting = Prompt(words, language) if words else waiting_words.greeting(language)
    return Recording(
        greet=partial(session.stream_file, desk.sound_of(greeting)),
        most_ms=voicemail.most_ms,
        silence_s=voicemail.silence_s,
        review=voicemail.review,
    )


async def take_message(
    desk: Desk, session: AgiSession, caller: Caller, step: TakeMessage, language: str, play: Play, entered_ms: int
) -> MessageTaken:
    """Carry out the step; `play` says pieces and returns the key that ended them, `entered_ms` is the place kept."""
    if desk.messages is None:
        return MessageTaken(left=False)
    own = recording_of(desk, session, step.queue, language)
    recording = replace(own, most_ms=step.most_ms, review=step.review, operator=step.operator, back=step.back)
    if step.greeting:
        recording = replace(recording, greet=partial(play, step.greeting))
    place = Place(entered_ms=entered_ms)
    taking = TakingMessage(desk, session, recording, step.queue, language, place)
    taken = await taking.run(desk.messages, caller.linkedid, caller.number)
    return MessageTaken(taken is Taken.LEFT, taken is Taken.OPERATOR, taken is Taken.BACK)


def reason_of(taken: Taken) -> str:
    """How the record of the call says it."""
    return "voicemail" if taken is Taken.LEFT else "no_message"


async def finish_message(desk: Desk, session: AgiSession, name: str, language: str) -> Taken:
    """A caller spoke this message when the daemon died, and is here again: what he has said is kept, and he is told."""
    take = desk.messages.find(name) if desk.messages is not None else None
    left = take is None or take.recover()  # without a note it was handed over before
    await note_on_channel(session, "", "")
    words = waiting_words.thanks(language) if left else waiting_words.no_message(language)
    await session.stream_file(desk.sound_of(words))
    return Taken.LEFT if left else Taken.NOTHING


async def note_on_channel(session: AgiSession, name: str, thanks: str) -> None:
    """Let the dialplan know that he speaks a message, and by what he is thanked for it where nobody of us is there."""
    await session.exec("MSet", f"{variables.MESSAGE}={name},{variables.THANKS}={thanks},DIALSTATUS=")
