"""The AMI wire format without I/O: bytes to messages, actions to bytes.

It decides where a message ends and what may never be sent; it does not know which answer belongs to which action.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cti.ami.errors import AmiHeaderRefused, AmiProtocolError
from cti.ami.message import END_COMMAND, Message

Headers = Mapping[str, str | Sequence[str]]

# What Asterisk 22 reads (manager.c: inbuf, AST_MAX_MANHEADERS): a line with its end, the headers of one action. Past
# either it refuses the action, and at 1,025 bytes it was seen to take the line's end for a second, empty action.
ACTION_LINE_LIMIT = 1024
ACTION_HEADER_LIMIT = 128

_BANNER = b"Asterisk Call Manager/"
_BLANK_LINE = b"\r\n\r\n"
_FOLLOWS = b"Response: Follows\r\n"
_END_COMMAND = END_COMMAND.encode()
_OURS = frozenset({"action", "actionid"})
_HEADER_NAME = re.compile(r"[!-9;-~]+")
_BREAKS_OUT = re.compile(r"[\r\n\0]")
_VARIABLE_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', ",": "\\,"})


class AmiDecoder:
    """What one connection receives, from the banner on.

    `max_line` and `max_message` (the larger one) count bytes without the line end and the blank line. They lie far
    above what Asterisk sends: a few hundred bytes an event, one line for each line of a command's output. Bytes that
    are not UTF-8 become surrogate escapes, which `encode_action` turns into the same bytes again.
    """

    def __init__(self, *, max_line: int = 65_536, max_message: int = 4_194_304) -> None:
        self.version: str | None = None  # from the banner, once it has come
        self._max_line = max_line
        self._max_message = max_message
        self._buffer = bytearray()
        self._searched = 0  # no blank line begins before this offset of the buffer

    def feed(self, data: bytes) -> list[Message]:
        """The messages that `data` completes; how the stream was split makes no difference.

        Raises AmiProtocolError, which holds the messages before the fault; after it the decoder is of no more use.
        """
        buffer = self._buffer
        buffer += data
        messages: list[Message] = []
        if self.version is None and not self._take_banner():
            return messages
        start, search = 0, self._searched
        while (end := buffer.find(_BLANK_LINE, search)) >= 0:
            if buffer.startswith(b"\r\n", start):  # one line end too many after the message before
                start += 2
            if buffer.startswith(_FOLLOWS, start) and not buffer.endswith(_END_COMMAND, start, end):
                search = end + len(_BLANK_LINE)  # a blank line within the command's text
                continue
            if end - start > self._max_line:
                self._check(buffer[start:end], messages)
            if end > start:
                messages.append(Message(buffer[start:end].decode("utf-8", "surrogateescape")))
            start = search = end + len(_BLANK_LINE)
        del buffer[:start]
        self._searched = max(search - start, len(buffer) - len(_BLANK_LINE) + 1)
        self._check_rest(messages)
        return messages

    def feed_eof(self) -> None:
        """The stream has ended. Raises AmiProtocolError where it ended inside a message or before the banner."""
        if self.version is None:
            raise AmiProtocolError("the connection was closed before Asterisk's banner")
        if self._buffer.strip(b"\r\n"):
            raise AmiProtocolError(f"the connection was closed inside a message, after {len(self._buffer)} bytes of it")

    def _take_banner(self) -> bool:
        line, end, rest = self._buffer.partition(b"\r\n")
        if not line.startswith(_BANNER if end else _BANNER[: len(line)]):
            raise AmiProtocolError(
                f'the peer is not Asterisk\'s AMI: its banner does not begin with "{_BANNER.decode()}"'
            )
        self._check_sizes(0, len(line), [])
        if end:
            self.version = line[len(_BANNER) :].decode("utf-8", "surrogateescape")
            self._buffer[:] = rest
        return bool(end)

    def _check(self, part: bytearray, messages: list[Message]) -> None:
        longest_line = max(len(line.removesuffix(b"\r")) for line in part.split(b"\n"))
        self._check_sizes(len(part), longest_line, messages)

    def _check_rest(self, messages: list[Message]) -> None:
        """The limits hold for what has not ended yet, too. Looks at the last line alone, so a trickle stays cheap."""
        size = self._searched
        self._check_sizes(size, size - self._buffer.rfind(b"\n", 0, size) - 1, messages)

    def _check_sizes(self, message: int, line: int, messages: list[Message]) -> None:
        if message > self._max_message:
            raise AmiProtocolError(f"a message is longer than {self._max_message} bytes", messages)
        if line > self._max_line:
            raise AmiProtocolError(f"a line is longer than {self._max_line} bytes", messages)


def encode_action(
    name: str, headers: Headers | None = None, variables: Mapping[str, str] | None = None, action_id: str = ""
) -> bytes:
    """The bytes of one action. A header whose value is a sequence is sent once for each of its parts.

    `variables` become `Variable` headers (Originate) in which Asterisk, that splits and unquotes them, finds the values
    as given. It drops blanks at the start of a header's value.

    Raises AmiHeaderRefused for a name or value that would break out of its line (CR, LF, NUL), and for an action beyond
    Asterisk's limits: Asterisk takes a bare LF for a line end, so an unchecked value could add headers of its own.
    """
    lines = [("Action", name)]
    if action_id:
        lines.append(("ActionID", action_id))
    for header, value in (headers or {}).items():
        if header.lower() in _OURS:
            raise AmiHeaderRefused(f"action {name!r}: header {header!r} is not for the caller to set")
        lines += [(header, part) for part in ([value] if isinstance(value, str) else value)]
    for variable, value in (variables or {}).items():
        if "=" in variable:
            raise AmiHeaderRefused(f"action {name!r}: variable {variable!r} has an equals sign in its name")
        lines.append(("Variable", f"{variable}={value}".translate(_VARIABLE_ESCAPES)))
    if len(lines) > ACTION_HEADER_LIMIT:
        raise AmiHeaderRefused(f"action {name!r} has {len(lines)} headers; Asterisk takes {ACTION_HEADER_LIMIT}")
    return b"".join(_line(name, header, value) for header, value in lines) + b"\r\n"


def _line(action: str, header: str, value: str) -> bytes:
    """One header on the wire."""
    if not _is_name(header):
        raise _refusal(action, header, "a name is one or more visible ASCII characters without a colon")
    if _BREAKS_OUT.search(value):
        raise _refusal(action, header, "the value holds a line end or a NUL")
    try:
        line = f"{header}: {value}\r\n".encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise _refusal(action, header, "the value holds a character that UTF-8 has no bytes for") from None
    if len(line) > ACTION_LINE_LIMIT:
        raise _refusal(action, header, f"the line has {len(line)} bytes; Asterisk takes {ACTION_LINE_LIMIT}")
    return line


@lru_cache  # a few dozen names, each sent thousands of times
def _is_name(header: str) -> bool:
    return _HEADER_NAME.fullmatch(header) is not None


def _refusal(action: str, header: str, why: str) -> AmiHeaderRefused:
    """It never says the value, which may be a caller's number or a secret."""
    return AmiHeaderRefused(f"action {action!r}, header {header!r}: {why}")
