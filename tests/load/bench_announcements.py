"""Whether an announcement delays an offer: from the router's decision to the INVITE at the agent's phone, while the
caller hears only music, while his key is awaited besides, and in the middle of an announcement.

The reception runs in this process, so that the decision is timed to the microsecond on the clock of SIPp's trace. The
agent refuses each time, and is made ready again a little later, at another point of the announcement. There is no
other side.
"""

import asyncio
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path
from time import time_ns

from acd.clock import Clock
from acd.distributor import Distributor
from acd.facts import Fact, OfferEnded
from acd.queues import QueueSettings
from acd.router import Router
from acd.states import AgentState
from acd.targets import TargetKind
from cti.simulation.telephones import Moment
from ivr.agi.server import AgiServer
from ivr.announce import Announce
from ivr.computed_sounds import SAMPLE_RATE
from ivr.desk import Care, Desk
from ivr.flow.model import Flow
from ivr.music import compose, provide_music
from ivr.published import Entrance, Published
from ivr.reception import Reception
from recording.journal import Journal
from tests.integration.asterisk_fixture import RunningAsterisk, running_asterisk
from tests.integration.line import line_of
from tests.load.bench import figures, note_agreement, options, run, write

ROUNDS = 60
AGENT = "1002"
KEY = {"1": TargetKind.VOICEMAIL}
STATES = {
    "music": Announce(),
    "music_and_key": Announce(first_ms=3_600_000, leave=KEY),
    "announcement": Announce(first_ms=0, every_ms=1, messages=({"en": "A long story."},), leave=KEY),
}
STORY_S = 20
"""How long the announcement is."""
SETTLED_S = 0.1
STEP_S = 0.007
"""Each offer comes so much later in what the caller hears than the one before."""


def entrance_to(queue: str) -> Entrance:
    """Straight into the queue."""
    goodbye = {"kind": "hangup", "reason": "served", "text": {"en": "Goodbye."}}
    nodes = {"wait": {"kind": "queue", "queue": queue, "then": "goodbye"}, "goodbye": goodbye}
    flow = Flow.model_validate({"flow": queue, "languages": ["en"], "start": "wait", "nodes": nodes})
    return Entrance({queue: flow}, queue)


async def delays_ms(asterisk: RunningAsterisk, folder: Path, state: str, story: str, rounds: int) -> list[float]:
    """One caller, offered to the agent again and again."""
    refused = asyncio.Event()

    def hear(fact: Fact) -> None:
        if isinstance(fact, OfferEnded):
            refused.set()

    distributor = Distributor(Router(), Clock())
    journal = Journal(asterisk.settings.journal)
    distributor.on_fact += [hear, journal.append]
    desk = Desk(
        distributor=distributor,
        sound_of=lambda prompt: story,
        care_of=lambda queue: Care(announce=STATES[state]),
    )
    with distributor.command() as (router, now_ms):
        router.define_queue(QueueSettings(name=state), now_ms=now_ms)
        router.define_agent(AGENT, AGENT, {}, now_ms=now_ms)
        router.phone_changed(AGENT, reachable=True, engaged=False, now_ms=now_ms)
        router.sign_in(AGENT, AGENT, cause="api", now_ms=now_ms, ready=False)
    settings = asterisk.settings
    agi = AgiServer(
        settings.control, settings.agi_port, {"call": Reception(desk, Published(lambda _: entrance_to(state)))}
    )
    await agi.start()
    times = []
    async with line_of(asterisk, folder, audio=True) as line:
        caller = await line.phones.dial("4001", number="100")
        await caller.answered()
        for number in range(rounds):
            await asyncio.sleep(SETTLED_S + number * STEP_S)
            refused.clear()
            decided_us = time_ns() // 1000
            with distributor.command() as (router, now_ms):
                router.set_ready(AGENT, cause="api", now_ms=now_ms)
            leg = await line.phones[AGENT].next_call()
            times.append((leg.at_us[Moment.INVITED] - decided_us) / 1000)
            await leg.refuse(busy=True)
            await refused.wait()
            assert distributor.router.roster.agent(AGENT).state is AgentState.NOT_READY
        await caller.hang_up()
    await agi.stop()
    distributor.close()
    journal.close()
    return times


def tell(name: str, times: Sequence[float]) -> dict[str, object]:
    """The figures, printed."""
    one = figures(times)
    print(f"{name:<16}median {one['median_ms']:>6} ms, 99th {one['p99_ms']:>6} ms (n {one['n']})")
    return one


async def main() -> None:
    """All states on one Asterisk, then the file."""
    rounds = options(__doc__, rounds=ROUNDS).rounds
    with tempfile.TemporaryDirectory() as folder:
        music = provide_music(Path(folder) / "music").parent
        async with running_asterisk(music) as asterisk:
            story = asterisk.settings.state / "sounds/story.wav"
            with wave.open(str(story), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(SAMPLE_RATE)
                sound.writeframes(compose()[: STORY_S * SAMPLE_RATE].tobytes())
            results = {}
            for state in STATES:
                times = await delays_ms(asterisk, Path(folder) / state, state, str(story.with_suffix("")), rounds)
                results[state] = tell(state, times)
            version = (await asterisk.console("core show version")).split()[1]
            await asterisk.process.stop()
            await note_agreement(asterisk.settings)
    print(write("announcements", results, None, asterisk=version, conditions={"rounds": rounds, "agents": 1}))


if __name__ == "__main__":
    run(main())
