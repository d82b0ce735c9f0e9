"""Performs a planned story on real telephones, step by step. One caller at a time."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.load.stories.outward import Outward
from tests.load.stories.plan import Act, State, Step, Where

EXTENSIONS = {"sales": "7001", "support": "7002"}
KEYS = {"sales": "1", "support": "2"}
AWAY_S = 0.8
"""So long nothing of ours runs: the caller comes to the plain queue, which takes no time."""


class Stage(Outward):
    """A method for each act."""

    _survey = False

    async def do(self, step: Step, after: State) -> None:
        """One step, and what it leads to; returns when all of it can be seen."""
        self._survey = after.where is Where.SURVEY
        self._centre.messages.clear()
        await _DOING[step.act](self, step)

    # What callers do

    async def choose(self, step: Step) -> None:
        with self.told.becomes("waiting", queue=step.queue):
            await self._caller.press(KEYS[step.queue])
            await self._queued(step.queue)

    async def overflow(self, step: Step) -> None:
        with self.told.becomes("waiting", queue="short"):
            await self._caller.press("3")
            await self._queued("short")
        with self.told.becomes("waiting", queue=step.queue):
            await self._queued(step.queue)

    async def mark(self, step: Step) -> None:
        await self._caller.press("5")
        self.told.scores[-1] = 5
        await self._caller.ended()

    async def be_silent(self, step: Step) -> None:
        await self._caller.ended()

    async def caller_ends(self, step: Step) -> None:
        await self._caller.hang_up()
        if self.told.changes[-1].met[0] == "parked":
            self.told.parkings[-1] = (*self.told.parkings[-1][:1], "abandoned", "")
        await self._all_gone()

    async def leave_ringing(self, step: Step) -> None:
        await self._rings(step.agent)
        await self._caller.hang_up()
        await self._all_gone()
        self.told.offers.append((step.agent, "abandoned"))
        await self._break(step.agent)

    # How agents come to him

    async def answer(self, step: Step) -> None:
        leg = await self._rings(step.agent)
        await self._answers(step.agent, leg)

    async def answer_after_death(self, step: Step) -> None:
        leg = await self._rings(step.agent)
        await self._die()
        await self._answers(step.agent, leg)

    async def miss(self, step: Step) -> None:
        leg = await self._rings(step.agent)
        await leg.ended()
        self.told.offers.append((step.agent, "missed"))
        await self._sees(step.agent, "not_ready")

    async def refuse(self, step: Step) -> None:
        leg = await self._rings(step.agent)
        await leg.refuse()
        self.told.offers.append((step.agent, "refused"))
        await self._sees(step.agent, "not_ready")

    async def pick_up(self, step: Step) -> None:
        rings = await self._rings(step.agent)
        with self.told.becomes("talking", step.other):
            await self._takes(step.other, f"*25{step.agent}")
        await rings.ended()
        await self._picked_up(step)

    async def pick_up_desktop(self, step: Step) -> None:
        await self._sees(step.other, "not_ready")
        await self._rings(step.agent)
        await self._post("pick-up", {"agent": step.other})
        leg = await self._rung(step.other)
        self.told.offers.append((step.agent, "withdrawn"))
        await self._answers(step.other, leg)
        await self._break(step.agent)

    async def take(self, step: Step) -> None:
        with self.told.becomes("talking", step.agent):
            await self._takes(step.agent, "*25")
        self._spoken(step.agent)

    async def fetch(self, step: Step) -> None:
        with self.told.becomes("talking", step.agent):
            await self._takes(step.agent, self._space)
        self._fetched(step.agent)

    async def fetch_desktop(self, step: Step) -> None:
        await self._sees(step.agent, "not_ready")
        await self._post("fetch", {"agent": step.agent})
        leg = await self._rung(step.agent)
        await self._answers(step.agent, leg)
        self.told.parkings[-1] = (*self.told.parkings[-1][:1], "fetched", step.agent)

    async def come_back(self, step: Step) -> None:
        with self.told.becomes("waiting", queue=self.told.queue):
            await self._centre.fact("CallUnparked", outcome="returned")
            await self._centre.fact("CallQueued", linkedid=self.linkedid)
        self.told.parkings[-1] = (*self.told.parkings[-1][:1], "returned", "")

    # What the daemon does

    async def die(self, step: Step) -> None:
        with self._waits_meanwhile():
            await self._die()
            await self._as_before()

    async def be_away(self, step: Step) -> None:
        self.told.deaths += 1
        with self._waits_meanwhile():
            async with self._centre.without_daemon():
                await asyncio.sleep(AWAY_S)
            await self._as_before()

    async def hold_and_die(self, step: Step) -> None:
        with self.told.becomes("hold", step.agent):
            await self._legs[step.agent].hold()
            await self._sees(step.agent, "holding")
        await self._die()
        await self._sees(step.agent, "holding")
        with self.told.becomes("talking", step.agent):
            await self._legs[step.agent].retrieve()
            await self._hear_each_other(step.agent)
        await self._sees(step.agent, "talking")

    # What his agent does

    async def hold(self, step: Step) -> None:
        with self.told.becomes("hold", step.agent):
            await self._legs[step.agent].hold()
            await self._sees(step.agent, "holding")
        with self.told.becomes("talking", step.agent):
            await self._legs[step.agent].retrieve()
            await self._sees(step.agent, "talking")
        await self._hear_each_other(step.agent)

    async def mute(self, step: Step) -> None:
        await self._post("mute")
        await self._post("unmute")
        self.told.mutes.append(step.agent)

    async def pause(self, step: Step) -> None:
        await self._post("recording/pause", {"why": "card number"})
        await self._hear_each_other(step.agent)
        await self._post("recording/resume", {"why": "done"})
        self.told.pauses += 1

    async def agent_ends(self, step: Step) -> None:
        if not self._survey:
            await self._legs[step.agent].hang_up()
            await self._caller.ended()
            return
        with self.told.becomes("survey"):
            await self._legs[step.agent].hang_up()
            await self._centre.fact("SurveyAsked", linkedid=self.linkedid)
        self.told.scores.append(None)

    async def send_to_queue(self, step: Step) -> None:
        with self.told.becomes("waiting", queue=step.queue):
            assert await self._legs[step.agent].transfer(EXTENSIONS[step.queue]) == 200
            await self._queued(step.queue)
        self._sent("blind", step)

    async def send_to_queue_desktop(self, step: Step) -> None:
        with self.told.becomes("waiting", queue=step.queue):
            await self._post("transfer", {"to": {"queue": step.queue}})
            await self._queued(step.queue)
        self._sent("blind", step)

    async def send_away(self, step: Step) -> None:
        await self._ready(step.other)
        await self._sees(step.other, "ready")
        self.told.deaths += 1
        async with self._centre.without_daemon():
            with self.told.becomes("waiting", queue=step.queue):
                assert await self._legs[step.agent].transfer(EXTENSIONS[step.queue]) == 200
                leg = await self._rung(step.other)
            self.told.queue = step.queue
            self.told.transfers.append(("blind", step.agent, "", ""))
            with self.told.becomes("talking", step.other):
                await leg.answer()
                self._legs[step.other] = leg
                await self._hear_each_other(step.other)
        self._spoken(step.other)
        await self._sees(step.other, "talking")
        await self._break(step.other)

    async def send_to_agent(self, step: Step) -> None:
        await self._ready(step.other)
        await self._sees(step.other, "ready")
        with self.told.becomes("waiting", queue=self.told.queue):
            assert await self._legs[step.agent].transfer(step.other) == 200
            leg = await self._rung(step.other)
        self.told.transfers.append(("blind", step.agent, "", step.other))
        await self._answers(step.other, leg)

    async def send_to_agent_desktop(self, step: Step) -> None:
        await self._ready(step.other)
        await self._sees(step.other, "ready")
        with self.told.becomes("waiting", queue=self.told.queue):
            await self._post("transfer", {"to": {"agent": step.other}})
            leg = await self._rung(step.other)
        self.told.transfers.append(("blind", step.agent, "", step.other))
        await self._answers(step.other, leg)

    async def join_ringing(self, step: Step) -> None:
        await self._ready(step.other)
        await self._sees(step.other, "ready")
        await self._asks(step, step.other)
        await self._rung(step.other)
        await self._consult.answered()
        with self.told.becomes("waiting", queue=self.told.queue):
            assert await self._legs[step.agent].transfer(step.other, self._consult) == 200
            leg = await self._rung(step.other)
        self.told.transfers.append(("blind", step.agent, "", step.other))
        await self._answers(step.other, leg)

    async def park(self, step: Step) -> None:
        with self.told.becomes("parked", step.agent):
            assert await self._legs[step.agent].transfer("700") == 200
            self._space = (await self._centre.fact("CallParked", linkedid=self.linkedid))["space"]
        self.told.parkings.append((step.agent, "", ""))

    async def park_desktop(self, step: Step) -> None:
        with self.told.becomes("parked", step.agent):
            await self._post("park")
            self._space = (await self._centre.fact("CallParked", linkedid=self.linkedid))["space"]
        self.told.parkings.append((step.agent, "", ""))

    # What he does with a colleague

    async def ask(self, step: Step) -> None:
        await self._sees(step.other, "not_ready")
        await self._asks(step, step.other)
        await self._comes(step.agent, step.other)

    async def ask_queue(self, step: Step) -> None:
        await self._asks(step, EXTENSIONS[step.queue])
        await self._centre.fact("CallQueued", queue=step.queue)
        await self._ready(step.other)
        await self._comes(step.agent, step.other)

    async def give_up(self, step: Step) -> None:
        await self._consult.hang_up()
        await self._legs[step.other].ended()
        await self._back(step.agent)

    async def asked_leaves(self, step: Step) -> None:
        await self._legs[step.other].hang_up()
        await self._consult.ended()
        await self._back(step.agent)

    async def announce(self, step: Step) -> None:
        await self._consult.hold()
        with self.told.becomes("talking", step.other):
            assert await self._legs[step.agent].transfer(step.other, self._consult) == 200
            await self._hear_each_other(step.other)
        self.told.transfers.append(("announced", step.agent, self.told.asked, step.other))
        self.told.queue = self.told.asked or self.told.queue
        self._spoken(step.other, offered=False)
        await self._sees(step.other, "talking")

    async def confer(self, step: Step) -> None:
        with self.told.becomes("talking", step.other):
            await self._post("conference")
            await self._consult.ended()
        with self.told.becomes("conference", step.agent, step.other):
            await self._legs[step.agent].retrieve()
            await self._sees(step.agent, "talking")
        self._spoken(step.other, offered=False)
        self.told.joined.append(step.other)
        await asyncio.gather(*(self._hear_each_other(one, 0.25) for one in (step.agent, step.other)))

    async def first_leaves(self, step: Step) -> None:
        with self.told.becomes("talking", step.other):
            await self._legs[step.agent].hang_up()
            await self._hear_each_other(step.other)

    async def second_leaves(self, step: Step) -> None:
        with self.told.becomes("talking", step.agent):
            await self._legs[step.other].hang_up()
            await self._hear_each_other(step.agent)


_DOING: dict[Act, Callable[[Stage, Step], Awaitable[None]]] = {act: getattr(Stage, act.value) for act in Act}
