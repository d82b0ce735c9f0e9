"""The verbs by which a flow speaks to one caller, each with the values and errors that a flow understands.

It sends AGI commands and reads their results; what to say, and when, others decide. Results: Asterisk's `res_agi.c`.
"""

from ivr.agi.errors import AgiCommandFailed, AgiHungUp
from ivr.agi.link import AgiLink
from ivr.agi.replies import Reply

_APPLICATION_UNKNOWN = "-2"

_SAMPLES_PER_MS = 8
_WIDE_SAMPLES_PER_MS = 16
"""Asterisk counts a file's samples at its own rate."""


class AgiSession(AgiLink):
    """One call. Each verb raises what `over` says once the caller is gone, and AgiCommandFailed if he is not."""

    async def answer(self) -> None:
        """Answers, and waits for the caller's first audio, so that he misses nothing: half a second if none comes."""
        await self._succeed("ANSWER")

    async def hangup(self) -> None:
        """Ends the call; after it the session is over."""
        await self._succeed("HANGUP")
        self._wire.end(AgiHungUp())

    async def stream_file(self, name: str, escape_digits: str = "") -> str | None:
        """Plays a sound file (no extension) and returns the digit among `escape_digits` that ended it. Stops music."""
        return _digit(await self._succeed("STREAM FILE", name, escape_digits))

    async def wait_for_digit(self, timeout_ms: int) -> str | None:
        """The next digit, or None after `timeout_ms`; -1 waits for ever."""
        return _digit(await self._succeed("WAIT FOR DIGIT", timeout_ms))

    async def get_data(self, name: str, timeout_ms: int, most: int) -> str:
        """Plays a sound file (no extension) until a key is pressed, and returns the digits up to the hash key, a pause
        (`timeout_ms` before the first, then Asterisk's own between digits) or the `most` of them.

        Asterisk itself collects them: what is keyed between two commands of ours would be lost.
        """
        return (await self._succeed("GET DATA", name, timeout_ms, most)).result

    async def record_file(self, path: str, ends_by: str, most_ms: int, silence_s: int, *, wide: bool = False) -> int:
        """Records the caller to `path`.wav, or at 16 kHz to `path`.wav16 where `wide`, until a digit of `ends_by`, so
        much silence, or `most_ms`; returns the milliseconds recorded. His hang-up ends it too: what he said until then
        is kept, and the next command tells."""
        reply = await self.command(
            "RECORD FILE", path, "wav16" if wide else "wav", ends_by, most_ms, 0, f"s={silence_s}"
        )
        if reply.code != 200 or reply.endpos is None:
            await self._explain("RECORD FILE", reply)
        return (reply.endpos or 0) // (_WIDE_SAMPLES_PER_MS if wide else _SAMPLES_PER_MS)

    async def get_variable(self, name: str) -> str | None:
        """The value of a channel variable or function, cut off by Asterisk at 1,023 bytes; None if it is not set."""
        return (await self._succeed("GET VARIABLE", name)).value

    async def get_full_variable(self, expression: str) -> str:
        """`expression` with all its ${…} and $[…] replaced, of any length."""
        return (await self._succeed("GET FULL VARIABLE", expression)).value or ""

    async def set_variable(self, name: str, value: str) -> None:
        """Sets a channel variable, or a function's. The value arrives as it is: Asterisk replaces nothing in it."""
        await self._succeed("SET VARIABLE", name, value)

    async def set_music(self, on: bool, music_class: str = "") -> None:
        """Music on hold from now on, or no more; commands go on meanwhile, and whatever plays a sound ends it."""
        words = ["ON" if on else "OFF", *([music_class] if on and music_class else [])]
        await self._succeed("SET MUSIC", *words)

    async def exec(self, application: str, options: str = "") -> int:
        """Runs a dialplan application to its end and returns its result, with the caller still there.

        0 is success; -1 is what an application says that wants the call ended, such as Dial without `g` after the other
        side hung up. `options` are split by the application: no text from outside belongs there (`encode_command`).
        """
        reply = await self.command("EXEC", application, options)
        if reply.code != 200 or reply.result == _APPLICATION_UNKNOWN:
            await self._explain(f"EXEC {application}", reply)
        if reply.result.startswith("-"):
            await self.confirm_up()
        return int(reply.result)

    async def _succeed(self, verb: str, *arguments: str | int) -> Reply:
        reply = await self.command(verb, *arguments)
        if reply.code != 200 or reply.result.startswith("-"):
            await self._explain(verb, reply)
        return reply

    async def _explain(self, verb: str, reply: Reply) -> None:
        await self.confirm_up()
        raise AgiCommandFailed(verb, reply.code, reply.result)


def _digit(reply: Reply) -> str | None:
    return chr(int(reply.result)) if reply.result != "0" else None
