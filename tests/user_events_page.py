"""Writes docs/user-events.md from the facts themselves; `python -m tests.user_events_page`."""

import dataclasses
import inspect
from pathlib import Path

from acd.facts import FACTS, Fact
from acd.states import AgentState, DequeueReason, EndedBy, NotReadyReason, OfferOutcome, Status
from cti.user_events import LEFT_OUT, PREFIX, header

PAGE = Path(__file__).parent.parent / "docs" / "user-events.md"

OPENING = """\
# AMI user events

What the router decides and what happens to calls and agents appears on Asterisk's own AMI stream as `UserEvent`, in the
order in which it happened. Any AMI client can follow it; the user `monitor` (`ami.json` in the state folder) may read
everything and change nothing. This page is written from the code by `python -m tests.user_events_page`.

Every event has a header `UserEvent` with its name and `AtMs`, milliseconds since the epoch (UTC). Durations end in `Ms`
too. `Linkedid` is Asterisk's identity of the whole call. Structured values are JSON; values longer than 200 characters
are cut, and what is not printable is a space. The words a header may hold:

"""

WORDS = {
    "After, Before": AgentState,
    "Status": Status,
    "Outcome": OfferOutcome,
    "Reason of a CallDequeued": DequeueReason,
    "By": EndedBy,
    "Reason the system gives for not ready": NotReadyReason,
}


def page() -> str:
    """The whole page."""
    words = "".join(f"- {name}: {', '.join(f'`{word}`' for word in kind)}\n" for name, kind in WORDS.items())
    return OPENING + words + "".join(_section(kind) for kind in FACTS.values())


def _section(kind: type[Fact]) -> str:
    headers = (f"`{header(part.name)}`" for part in dataclasses.fields(kind) if part.name not in LEFT_OUT)
    return f"\n## {PREFIX}{kind.__name__}\n\n{inspect.getdoc(kind)}\n\nHeaders: {', '.join(headers)}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
