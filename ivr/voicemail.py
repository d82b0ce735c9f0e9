"""Takes a caller's message for a queue. Who hears it, and until when it is kept, is decided elsewhere."""

from acd.facts import VoicemailLeft
from ivr import waiting_words
from ivr.agi.session import AgiSession
from ivr.desk import Desk
from ivr.flow.steps import Prompt

VOICEMAIL = "voicemail"
"""The folder of messages within that of the recordings."""

ENDS_BY = "#"
LEAST_MS = 2_000
"""What is shorter is no message: he hung up, or was silent (of the silence that ends it Asterisk leaves a second)."""


async def take_message(desk: Desk, session: AgiSession, linkedid: str, queue: str, language: str) -> bool:
    """Greet, record until the hash key, silence, the time limit or his hang-up, and thank. False: he left none.

    Raises what the session does; a message that he ended by hanging up is kept all the same.
    """
    voicemail = desk.care_of(queue).voicemail
    words = voicemail.greeting.get(language)
    greeting = Prompt(words, language) if words else waiting_words.greeting(language)
    await session.stream_file(desk.sound_of(greeting))
    await session.stream_file(desk.beep)
    path = desk.messages / f"{linkedid}-{desk.distributor.clock.now_ms()}"
    length_ms = await session.record_file(str(path), ENDS_BY, voicemail.most_ms, voicemail.silence_s)
    file = path.with_name(f"{path.name}.wav")
    if length_ms < LEAST_MS:
        file.unlink(missing_ok=True)
        await session.stream_file(desk.sound_of(waiting_words.no_message(language)))
        return False
    desk.distributor.state(
        VoicemailLeft(
            at_ms=desk.distributor.clock.now_ms(),
            linkedid=linkedid,
            queue=queue,
            language=language,
            duration_ms=length_ms,
            file=f"{file.parent.name}/{file.name}",
        )
    )
    await session.stream_file(desk.sound_of(waiting_words.thanks(language)))
    return True
