"""Writes docs/user-events.md from the facts themselves and from events that real runs have sent
(tests/fixtures/user_events.json); `python -m tests.user_events_page`.

After a change of the facts, `python -m tests.user_events_page --record` first runs the stories on real Asterisk that
send the events, and keeps an example of each that is new or has other headers than before.
"""

import dataclasses
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from acd.facts import FACTS, Fact
from acd.states import (
    AgentState,
    CallbackOutcome,
    DequeueReason,
    EndedBy,
    NotReadyReason,
    OfferOutcome,
    Status,
    TransferKind,
)
from cti.picture import REQUEST, ROWS, Row
from cti.publisher import PICTURE_EVERY_S
from cti.user_events import LEFT_OUT, PREFIX, SEQUENCE, header

HOME = Path(__file__).parent.parent
PAGE = HOME / "docs" / "user-events.md"
EXAMPLES = HOME / "tests" / "fixtures" / "user_events.json"
STORIES = (
    "tests/integration/test_recorded_prompts.py",
    "tests/integration/test_monitor.py",
    "tests/integration/test_known_callers.py",
    "tests/integration/test_path_waiting.py",
    "tests/integration/test_publishing.py",
    "tests/integration/test_callbacks.py",
    "tests/integration/test_closures.py",
    "tests/integration/test_star_codes.py::test_an_agent_needs_longer_asks_for_his_state_and_goes_on_at_his_outside_number",
    "tests/integration/test_transfers.py::test_a_caller_sent_on_at_once_is_the_same_caller_elsewhere",
    "tests/integration/test_voicemail.py",
    "tests/integration/test_surveys.py::test_a_mark_is_kept_with_call_agent_and_queue_and_so_is_that_none_was_given",
    "tests/integration/test_look_ups.py",
    "tests/integration/test_secrets.py",
    "tests/integration/test_outcomes.py",
    "tests/integration/test_recording_pauses.py",
    "tests/integration/test_conferences.py::test_three_hear_each_other_until_the_first_agent_leaves_and_all_of_it_is_recorded_in_one_call",
    "tests/integration/test_path_menu.py::test_star_leads_back_and_zero_to_an_agent",
    "tests/integration/test_parking.py",
    "tests/integration/test_outbound.py::test_an_agent_calls_outside_by_phone_and_by_desktop_and_only_whom_he_may",
    "tests/integration/test_quality.py",
)
"""Where the events happen."""

OPENING = f"""\
# AMI user events

What the router decides and what happens to calls and agents appears on Asterisk's own AMI stream as `UserEvent`, in the
order in which it happened. Any AMI client can follow it; the user `monitor` (`ami.json` in the state folder) may read
everything, may ask for a snapshot, and changes nothing. This page is written by `python -m tests.user_events_page` from
the code and from events that real runs have sent.

Every event has a header `UserEvent` with its name, `AtMs`, milliseconds since the epoch (UTC), and `{SEQUENCE}`, which
counts the events of one daemon. Durations end in `Ms` too. `Linkedid` is Asterisk's identity of the whole call.
Structured values are JSON; values longer than 200 characters are cut, and what is not printable is a space.

## How to begin, and how to stay right

AMI repeats nothing: who logs in late, or was away, has missed what happened before. So:

1. Log in, then send the action `UserEvent` with `UserEvent: {REQUEST}`. The daemon answers with a snapshot:
   `{PREFIX}SnapshotBegan`, a `QueueIs` for each queue, an `AgentIs` for each agent, a `CallIs` for each call under
   way, a `ClosureIs` for each closure that is on, and `{PREFIX}SnapshotEnded`. Facts that happen meanwhile come in
   between, each in its place: apply whatever comes in the order in which it comes, and at the end your picture is
   exact. Everybody on the stream sees a snapshot; it harms none, and any that begins after your login serves you.
2. From then on the facts keep it exact: `AgentStateChanged` has the agent's new state in `After`, `CallQueued` and
   `CallDequeued` have the queue's new length in `Waiting`.
3. If `{SEQUENCE}` does not go on by one, something was lost, or the daemon is a new one: ask again. (After each loss of
   its own link to Asterisk, and so after its own death, the daemon tells a snapshot unasked.)
4. If no snapshot has begun within five seconds, ask again; while the daemon is away nobody answers. Snapshots are told
   one at a time, at most one every {PICTURE_EVERY_S:g} s: whoever asks meanwhile is served by the next.

`tests/integration/monitor.py` does this in a hundred lines with asterisk-ami; a test holds it equal to the API through
a story of missed, refused, held and abandoned calls, sign-outs and a daemon killed.

Whoever has the password of `monitor` can also send UserEvents that look like ours: the daemon believes none of them,
but another monitor would. The password is in a file of the state folder that only its owner reads, and AMI listens on
loopback.

## Words

"""

WORDS = {
    "After, Before, State of an AgentIs": AgentState,
    "Status": Status,
    "Outcome of an OfferEnded": OfferOutcome,
    "Outcome of a CallbackAttempted, CallbackEnded": CallbackOutcome,
    "Reason of a CallDequeued": DequeueReason,
    "Kind of a CallTransferred": TransferKind,
    "By": EndedBy,
    "Reason the system gives for not ready": NotReadyReason,
}


def examples() -> Mapping[str, Mapping[str, str]]:
    """An event of each name as a real run sent it: its headers."""
    if not EXAMPLES.exists():
        return {}
    kept: Mapping[str, Mapping[str, str]] = json.loads(EXAMPLES.read_text("utf-8"))
    return kept


def events() -> Mapping[str, type[Fact | Row]]:
    """Every event there is, by the name it has on the stream."""
    return {PREFIX + kind.__name__: kind for kind in (*ROWS, *FACTS.values())}


def headers(kind: type[Fact | Row]) -> list[str]:
    """The headers of an event after its name, in order."""
    return [header(part.name) for part in dataclasses.fields(kind) if part.name not in LEFT_OUT] + [SEQUENCE]


def page() -> str:
    """The whole page."""
    words = "".join(f"- {name}: {', '.join(f'`{word}`' for word in kind)}\n" for name, kind in WORDS.items())
    kept = examples()
    return OPENING + words + "".join(_section(name, kind, kept.get(name, {})) for name, kind in events().items())


def _section(name: str, kind: type[Fact | Row], example: Mapping[str, str]) -> str:
    shown = ", ".join(f"`{one}`" for one in headers(kind))
    section = f"\n## {name}\n\n{inspect.getdoc(kind)}\n\nHeaders: {shown}\n"
    if example:
        section += "\n" + "".join(f"    {one}: {value}".rstrip() + "\n" for one, value in example.items())
    return section


def _record() -> None:
    environment = {**os.environ, "KEEP_USER_EVENTS": "1"}
    subprocess.run([sys.executable, "-m", "pytest", "-q", *STORIES], cwd=HOME, env=environment, check=True)


if __name__ == "__main__":
    if "--record" in sys.argv:
        _record()
    PAGE.write_text(page(), encoding="utf-8")
