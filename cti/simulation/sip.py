"""Reads SIP messages as far as a telephone's test needs them; checks nothing."""

import re
from dataclasses import dataclass

_MEDIA = re.compile(r"^m=audio (\d+) ", re.MULTILINE)
_CONNECTION = re.compile(r"^c=IN IP4 (\S+)", re.MULTILINE)
_TAG = re.compile(r";\s*tag=([^;\s]+)")
_USER = re.compile(r"sip:([^@;>]*)@")


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or an answer. Header names are lower case; of a repeated header the first value is kept."""

    start_line: str
    headers: dict[str, str]
    body: str

    @property
    def status(self) -> int | None:
        """The status of an answer; None for a request."""
        return int(self.start_line.split(" ", 2)[1]) if self.start_line.startswith("SIP/2.0 ") else None

    @property
    def method(self) -> str:
        """The method of the transaction, for a request and its answers alike."""
        return self.headers.get("cseq", "").rpartition(" ")[2]

    @property
    def call_id(self) -> str:
        return self.headers.get("call-id", "")

    def user(self, header: str) -> str:
        """The user part of the SIP address in a header, "" where there is none."""
        found = _USER.search(self.headers.get(header, ""))
        return found[1] if found else ""

    def tag(self, header: str) -> str:
        """The tag in From or To, "" where there is none."""
        found = _TAG.search(self.headers.get(header, ""))
        return found[1] if found else ""

    @property
    def audio_address(self) -> tuple[str, int] | None:
        """Where the sender of this message wants to hear: host and port of its session description."""
        media, connection = _MEDIA.search(self.body), _CONNECTION.search(self.body)
        return (connection[1], int(media[1])) if media and connection else None


def read(data: bytes) -> SipMessage:
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start_line, *lines = head.split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return SipMessage(start_line, headers, body)


def display_name(text: str) -> str:
    """A caller's name as the quoted string of RFC 3261 §25.1, which knows no line breaks: they become spaces."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
