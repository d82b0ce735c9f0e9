"""One AMI message as Asterisk sent it: an ordered list of headers with names in any case.

It decides how a line is a header and when text is a command's output; it knows no particular event or action.
"""

END_COMMAND = "--END COMMAND--"

# What stands before the raw text of a `Response: Follows` (Asterisk 13 and older, and whoever imitates it).
_BEFORE_TEXT = frozenset({"response", "privilege", "actionid", "message"})


class Message:
    """An event or a response.

    `event` and `response` come from the first line alone and the other one is "": the event `OriginateResponse` has a
    header `Response` too, and must not pass for an answer. A header is searched for when it is asked for, because a
    reader wants a few of the many a message has, and of most events none but the name.
    """

    __slots__ = ("_body", "_folded", "_lines", "event", "response")

    event: str
    response: str

    def __init__(self, text: str) -> None:
        self._lines = f"\r\n{text}\r\n"  # so that every header, the first and the last too, stands between line ends
        self._folded = ""
        self._body = ""
        name, value = _header(self._lines[2 : self._lines.find("\r\n", 2)])
        kind = name.lower()
        self.event = value if kind == "event" else ""
        self.response = value if kind == "response" else ""
        if self.response == "Follows":
            self._set_body_apart(text)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Every header in the order of arrival. A line without a colon has the name ""."""
        return tuple(_header(line) for line in self._lines[2:-2].split("\r\n"))

    @property
    def action_id(self) -> str:
        """The `ActionID` of the action this message belongs to, or ""."""
        return self.get("ActionID")

    @property
    def output(self) -> list[str]:
        """The lines a CLI command printed, in either form: `Output` headers, or text up to `--END COMMAND--`."""
        if self.response == "Follows":
            return self._body.removesuffix(END_COMMAND).split("\n")[:-1]
        return self.get_all("Output")

    def get(self, name: str, default: str = "") -> str:
        """The first value of header `name`; `default` where there is no such header. An empty value is a value."""
        if not self._folded:
            self._folded = _fold(self._lines)
        key = f"\r\n{name.lower()}:"
        at = self._folded.find(key)
        if at < 0:
            return default
        begin = at + len(key)
        return self._lines[begin : self._lines.find("\r\n", begin)].removeprefix(" ")

    def get_all(self, name: str) -> list[str]:
        """All values of a header that may come more than once: `ChanVariable`, `Variable`, `Output`."""
        name = name.lower()
        return [value for header, value in self.headers if header.lower() == name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self._lines, self._body) == (other._lines, other._body)

    def __hash__(self) -> int:
        return hash((self._lines, self._body))

    def __repr__(self) -> str:
        """For logs: the name only, since values may be callers' numbers."""
        return f"<Message {self.event or self.response or '?'}, {len(self.headers)} headers>"

    def _set_body_apart(self, text: str) -> None:
        lines = text.split("\r\n")
        headers = 0
        while headers < len(lines) and _header(lines[headers])[0].lower() in _BEFORE_TEXT:
            headers += 1
        self._lines = "\r\n".join(("", *lines[:headers], ""))
        self._body = "\r\n".join(lines[headers:])


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    return (name, value.removeprefix(" ")) if colon else ("", line)


def _fold(text: str) -> str:
    """In small letters, every character in its place: str.lower() alone makes two of some that are not ASCII."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "surrogateescape").lower().decode("utf-8", "surrogateescape")
