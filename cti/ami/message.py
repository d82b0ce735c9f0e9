"""One AMI message as Asterisk sent it: an ordered list of headers with names in any case.

It decides how a line is a header and when text is a command's output; it knows no particular event or action.
"""

from itertools import takewhile

END_COMMAND = "--END COMMAND--"

# What stands before the raw text of a `Response: Follows` (Asterisk 13 and older, and whoever imitates it).
_BEFORE_TEXT = frozenset({"response", "privilege", "actionid", "message"})


class Message:
    """An event or a response.

    `event` and `response` come from the first line alone and the other one is "": the event `OriginateResponse` has a
    header `Response` too, and must not pass for an answer. Headers are parsed at the first question for one of them,
    because most events are only asked for their name.
    """

    __slots__ = ("_headers", "_index", "_text", "event", "response")

    event: str
    response: str

    def __init__(self, text: str) -> None:
        name, value = _header(text.split("\r\n", 1)[0])
        kind = name.lower()
        self.event = value if kind == "event" else ""
        self.response = value if kind == "response" else ""
        self._text = text
        self._headers: tuple[tuple[str, str], ...] | None = None
        self._index: dict[str, str] | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Every header in the order of arrival. A line without a colon has the name ""."""
        if self._headers is None:
            self._headers = tuple([_header(line) for line in self._header_lines()])
        return self._headers

    @property
    def action_id(self) -> str:
        """The `ActionID` of the action this message belongs to, or ""."""
        return self.get("ActionID")

    @property
    def output(self) -> list[str]:
        """The lines a CLI command printed, in either form: `Output` headers, or text up to `--END COMMAND--`."""
        if self.response != "Follows":
            return self.get_all("Output")
        after = self._text.split("\r\n")[len(self._header_lines()) :]
        return "\r\n".join(after).removesuffix(END_COMMAND).split("\n")[:-1]

    def get(self, name: str, default: str = "") -> str:
        """The first value of header `name`; `default` where there is no such header. An empty value is a value."""
        if self._index is None:
            self._index = {header.lower(): value for header, value in reversed(self.headers)}
        return self._index.get(name.lower(), default)

    def get_all(self, name: str) -> list[str]:
        """All values of a header that may come more than once: `ChanVariable`, `Variable`, `Output`."""
        name = name.lower()
        return [value for header, value in self.headers if header.lower() == name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        """For logs: the name only, since values may be callers' numbers."""
        return f"<Message {self.event or self.response or '?'}, {len(self.headers)} headers>"

    def _header_lines(self) -> list[str]:
        lines = self._text.split("\r\n")  # not splitlines(): a value may hold \n, U+0085 or U+2028
        if self.response != "Follows":
            return lines
        return list(takewhile(lambda line: _header(line)[0].lower() in _BEFORE_TEXT, lines))


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    return (name, value.removeprefix(" ")) if colon else ("", line)
