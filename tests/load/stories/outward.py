"""What telephones and centre are made to do in calls that agents place, and in those that callers are owed; and the
death of Asterisk, which ends any."""

import asyncio
import os
import signal

from ivr.tones import BEEP_HZ
from tests.integration.message_fixture import lies_there
from tests.load.stories.hands import Hands
from tests.load.stories.plan import Step
from tests.load.stories.telling import Telling, differences

SPOKEN_MS = 2_500


class Outward(Hands):
    """A method for each act."""

    _callback = ""

    # Calls that agents place

    async def dial_outside(self, step: Step) -> None:
        self.told.direction, self.told.without_wrap_up = "outbound", True
        await self._sees(step.agent, "not_ready")
        self._legs[step.agent] = self._phones[step.agent].dial(f"9{self._number}")
        self._caller = await self._customer()
        came = await self._centre.fact("AgentStateChanged", agent=step.agent, after="talking")
        self.linkedid = came["linkedid"]

    async def reach(self, step: Step) -> None:
        with self.told.becomes("talking", step.agent):
            await self._caller.answer()
            await self._hear_each_other(step.agent)
        self._spoken(step.agent, offered=False)
        await self._sees(step.agent, "talking")

    async def be_busy(self, step: Step) -> None:
        await self._caller.refuse(busy=True)
        await self._all_gone()

    async def dial_colleague(self, step: Step) -> None:
        self.told.direction, self.told.without_wrap_up = "internal", True
        await self._sees(step.agent, "not_ready")
        self._caller = self._phones[step.other].dial(step.agent)
        self.linkedid = (await self._centre.fact("CallArrived", caller=step.other))["linkedid"]
        await self._answers(step.agent, await self._rung(step.agent))

    # What callers are owed

    async def leave_message(self, step: Step) -> None:
        with self.told.becomes("message"):
            await self._caller.press("4")
            await self._centre.fact("NodeEntered", linkedid=self.linkedid, node="message")
        assert self._caller.audio
        await self._caller.audio.hears(BEEP_HZ)
        await lies_there(self._centre, SPOKEN_MS, f"{self.linkedid}-*.wav")
        await self._caller.hang_up()
        self.told.messages = 1
        await self._asked()
        await self.withdraw(step)

    async def ask_back(self, step: Step) -> None:
        await self._caller.press("5")
        await self._centre.fact("NodeEntered", linkedid=self.linkedid, node="call_back")
        await self._caller.press("1")
        await self._asked()
        self.found += differences(self.told, await self.record())
        self.told, self.linkedid = Telling(direction="outbound"), ""

    async def call_back(self, step: Step) -> None:
        leg = await self._rings(step.agent)
        self.linkedid = (await self._centre.fact("CallOffered", agent=step.agent))["linkedid"]
        await leg.answer()
        assert leg.audio
        await leg.audio.hears_something()
        await leg.press("1")
        self._caller = await self._customer()
        self._legs[step.agent] = leg
        with self.told.becomes("talking", step.agent):
            await self._caller.answer()
            await self._hear_each_other(step.agent)
        self._spoken(step.agent)
        await self._sees(step.agent, "talking")
        await self._break(step.agent)

    async def refuse_back(self, step: Step) -> None:
        leg = await self._rings(step.agent)
        await leg.refuse()
        self.told.offers.append((step.agent, "refused"))
        await self._sees(step.agent, "not_ready")

    async def die_owing(self, step: Step) -> None:
        await self._die()
        await self._centre.shows(f"/api/callbacks/{self._callback}", lambda shown: shown["state"] == "waiting")

    async def withdraw(self, step: Step) -> None:
        """Of a call-back for which nobody was rung there is no record."""
        await self._centre.ask("DELETE", f"/api/callbacks/{self._callback}")

    async def _asked(self) -> None:
        self._callback = (await self._centre.fact("CallbackRequested", linkedid=self.linkedid))["callback"]
        await self._centre.shows(f"/api/callbacks/{self._callback}", lambda shown: shown["state"] == "waiting")

    # What Asterisk does

    async def asterisk_dies(self, step: Step) -> None:
        self.told.lost = True
        os.kill(self._centre.asterisk, signal.SIGKILL)
        await asyncio.gather(*(call.hang_up() for call in self._phones.calls if not call.over))
        await self._centre.fact("LinkChanged", up=False)
        await self._centre.fact("LinkChanged", up=True)
        await self._centre.healthy()
        await self._phones.register()
