"""A channel of Asterisk at the far end of a FastAGI connection, as Asterisk 22.10.1 was seen to behave on the wire.

Use it by hand (`expect`, `reply`, `hang_up`, `cut`) or let it `serve` the commands of a whole flow by itself.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Self

from ivr.agi.codec import AgiLimits
from ivr.agi.server import AgiServer, Handler

Answer = str | None | Callable[[list[str]], str | None]

DEAD = "511 Command Not Permitted on a dead channel or intercept routine"
UNKNOWN = "510 Invalid or unknown command"
USUAL = {
    "ANSWER": "200 result=0",
    "EXEC": "200 result=0",
    "GET VARIABLE": "200 result=0",
    "HANGUP": "200 result=1",
    "NOOP": "200 result=0",
    "RECORD FILE": "200 result=0 (timeout) endpos=40000",
    "SET MUSIC": "200 result=0",
    "SET VARIABLE": "200 result=1",
    "STREAM FILE": "200 result=0 endpos=8000",
    "WAIT FOR DIGIT": "200 result=0",
}
ALLOWED_WHEN_DEAD = ("GET VARIABLE", "GET FULL VARIABLE", "SET VARIABLE", "EXEC", "NOOP", "HANGUP")


def environment(script: str = "call", arguments: tuple[str, ...] = (), /, **fields: str) -> str:
    """The block as Asterisk writes it, each field replaceable by name."""
    known = {
        "network": "yes",
        "network_script": script,
        "request": f"agi://127.0.0.1:4573/{script}",
        "channel": "PJSIP/line-00000001",
        "language": "en",
        "type": "PJSIP",
        "uniqueid": "node1-1700000000.7",
        "version": "22.10.1",
        "callerid": "unknown",
        "calleridname": "unknown",
        "callingpres": "0",
        "callingani2": "0",
        "callington": "0",
        "callingtns": "0",
        "dnid": "4000",
        "rdnis": "unknown",
        "context": "callcenter",
        "extension": "s",
        "priority": "2",
        "enhanced": "0.0",
        "accountcode": "",
        "threadid": "140201298118336",
    }
    assert fields.keys() <= known.keys(), f"not a field of the environment: {fields.keys() - known.keys()}"
    numbered = {f"arg_{number}": argument for number, argument in enumerate(arguments, 1)}
    return "".join(f"agi_{name}: {value}\n" for name, value in (known | fields | numbered).items()) + "\n"


def split_words(line: str) -> list[str]:
    """The words of a command line by the rules of Asterisk's `parse_args`, written anew from its source."""
    words: list[str] = []
    quoted = escaped = False
    between = True
    for character in line:
        if character == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append("")
                between = False
        elif character in " \t" and not quoted and not escaped:
            between = True
        elif character == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append("")
                between = False
            words[-1] += character
            escaped = False
    return words


class FakeAsterisk:
    """One channel in AGI."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.dead = False
        self.commands: list[list[str]] = []
        self.variables: dict[str, str] = {
            "CHANNEL(uniqueid)": "node1-1700000000.7",
            "CHANNEL(linkedid)": "node1-1700000000.7",
            "CHANNEL(context)": "callcenter",
        }

    @classmethod
    async def connect(cls, port: int) -> Self:
        """A connection on which nothing was said yet."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    def reply(self, text: str = "200 result=0") -> None:
        self.send(text.encode(errors="surrogateescape") + b"\n")

    def hang_up(self) -> None:
        """The caller hangs up while no command is under way, or another program redirects his channel."""
        self.dead = True
        self.reply("HANGUP")

    async def command(self) -> list[str]:
        """The words of the next command; none when the session is closed."""
        line = await self._reader.readline()
        words = split_words(line.decode(errors="surrogateescape").removesuffix("\n"))
        if words:
            self.commands.append(words)
        return words

    async def expect(self, verb: str, *arguments: str) -> list[str]:
        """The next command, which is `verb` and begins with these arguments."""
        words = await self.command()
        assert words[: len(verb.split()) + len(arguments)] == [*verb.split(), *arguments]
        return words

    async def settle(self) -> None:
        """Answers the question by which a session finds out whether the caller is still there."""
        words = await self.expect("GET FULL VARIABLE")
        self.reply(f"200 result=1 ({words[-1]})")

    async def serve(self, answers: Mapping[str, Answer] | None = None) -> None:
        """Answers every command until the session is closed, like a channel on which all goes well.

        `answers` by verb, or by the beginning of the command ("EXEC Dial"): a reply, None for no reply, or a function
        of the command's words, called at the moment of the command, that gives one of these.
        """
        while words := await self.command():
            answer = next(
                (answer for start, answer in (answers or {}).items() if f"{' '.join(words)} ".startswith(f"{start} ")),
                self.usual,
            )
            if self.dead and not " ".join(words).startswith(ALLOWED_WHEN_DEAD):
                answer = DEAD
            text = answer(words) if callable(answer) else answer
            if text is not None:
                self.reply(text)
            if words == ["HANGUP"] and not self.dead:
                self.hang_up()

    def usual(self, words: list[str]) -> str:
        """The reply of a channel on which all goes well."""
        verb = " ".join(words)
        match words:
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
            case ["GET", "VARIABLE", name] if name in self.variables:
                return f"200 result=1 ({self.variables[name]})"
            case ["GET", "FULL", "VARIABLE", expression]:
                for name, value in self.variables.items():
                    expression = expression.replace(f"${{{name}}}", value)
                return f"200 result=1 ({expression})"
        return next((reply for start, reply in USUAL.items() if verb.startswith(start)), UNKNOWN)

    async def closed(self) -> None:
        """Waits until the session is closed, with no command before that."""
        with contextlib.suppress(ConnectionResetError):
            assert await self._reader.read() == b""

    def cut(self) -> None:
        """The connection breaks: nothing more in either direction."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    def end(self) -> None:
        """Asterisk ends the connection in good order, as it does when it stops."""
        self._writer.write_eof()

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, environment_timeout_s: float = 5.0, limits: AgiLimits | None = None
) -> AsyncIterator[AgiServer]:
    """A server on a free port whose script "call" is `handler`."""
    server = AgiServer("127.0.0.1", 0, {"call": handler}, environment_timeout_s=environment_timeout_s, limits=limits)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def calling(
    port: int, script: str = "call", arguments: tuple[str, ...] = (), /, **fields: str
) -> AsyncIterator[FakeAsterisk]:
    """A channel that is closed at the end."""
    asterisk = await FakeAsterisk.connect(port)
    asterisk.send(environment(script, arguments, **fields).encode())
    try:
        yield asterisk
    finally:
        await asterisk.close()
