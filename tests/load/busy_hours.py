"""Ledger and journal of a busy centre: real calls of several kinds, written through each other as they overlap, each
with a caller, an agent and channels of its own, the agents' states, full decisions, and the after-call work that ends
when the call is long over.
"""

import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.backlog import later, numbered
from tests.ledgers import real_call

STORIES = {
    "answered_caller_hangs_up": 7,
    "answered_agent_hangs_up": 5,
    "served_by_ivr": 3,
    "surveyed": 2,
    "abandoned_waiting": 1,
    "missed_then_answered": 1,
    "transferred_to_queue": 1,
}
"""What calls are like, of twenty."""

AGENTS, CALLERS = 200, 60_000
A_SECOND = 20
WRAP_UP_MS = 30_000
CANDIDATES = 10
_START_US = 1_795_300_000_000_000
_CHANNEL = re.compile(rb"(PJSIP/[^\"-]+)-[0-9a-f]{8}")
_AGENT = re.compile(rb"\b100[1-9]\b")
_OFFER = re.compile(rb'"offer": ?"[^"]+"')


def busy_hours(calls: int, folder: Path) -> tuple[Path, Path]:
    """Writes so many calls into `folder`; the ledger and the journal."""
    rows: list[tuple[int, bytes]] = []
    facts: list[tuple[int, bytes]] = []
    dice = random.Random(23)
    names = [name for name, share in STORIES.items() for _ in range(share)]
    for number in range(calls):
        own_rows, own_facts = _call(dice.choice(names), number, dice)
        rows += own_rows
        facts += own_facts
    files = folder / "cel-custom" / "ledger.csv", folder / "journal" / "facts.jsonl"
    for file, lines in zip(files, (rows, facts), strict=True):
        lines.sort(key=lambda line: line[0])  # stable: lines of one moment stay in the order of their call
        file.parent.mkdir(parents=True)
        file.write_bytes(b"".join(line for _, line in lines))
    return files


def _call(name: str, number: int, dice: random.Random) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    rows, facts, began_us = _story(name)
    by_us = _START_US + number * 1_000_000 // A_SECOND - began_us
    agents = [b"%d" % (2000 + dice.randrange(AGENTS)) for _ in range(9)]
    caller = b"13%09d" % (dice.randrange(CALLERS) * 7919)

    def own(line: bytes) -> bytes:
        line = numbered(later(line, by_us), number)
        line = _CHANNEL.sub(lambda found: found[1] + b"-%08x" % number, line)
        line = _AGENT.sub(lambda found: agents[found[0][3] - 49], line)
        line = _OFFER.sub(lambda found: found[0][:-1] + b'.%d"' % number, line)
        return line.replace(b'"5551234"', b'"%s"' % caller).replace(b'"100"', b'"%s"' % caller)

    return [(at + by_us, own(row)) for at, row in rows], [(at + by_us, own(fact)) for at, fact in facts]


@cache
def _story(name: str) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]], int]:
    """Its rows and its facts, each with its moment in microseconds, and the first of them."""
    real = real_call(name)
    rows = [(row.at_us, line) for row, line in zip(real.rows, real.ledger.splitlines(keepends=True), strict=True)]
    told = [json.loads(line) for line in real.journal.splitlines()]
    with_states = told if b"AgentStateChanged" in real.journal else [one for fact in told for one in _with_state(fact)]
    facts = [
        (fact["at_ms"] * 1000, json.dumps(_decided(fact), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        for fact in with_states
    ]
    return rows, facts, rows[0][0]


def _with_state(fact: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the router says today of the agent, which it did not yet when some of these calls were made."""
    yield fact
    match fact["fact"], fact.get("outcome"):
        case "CallOffered", _:
            yield _state(fact, "ready", "ringing", "offer")
        case "OfferEnded", "answered":
            yield _state(fact, "ringing", "talking", "offer")
        case "OfferEnded", _:
            yield _state(fact, "ringing", "not_ready", "offer")
        case "CallReleased", _:
            yield _state(fact, "talking", "wrap_up", "call")
            over = fact["at_ms"] + WRAP_UP_MS
            same = {name: fact[name] for name in ("linkedid", "queue", "agent")}
            yield {"fact": "WrapUpEnded", "at_ms": over, **same, "wrap_up_ms": WRAP_UP_MS}
            yield _state({**fact, "at_ms": over}, "wrap_up", "ready", "system")
        case _:
            pass


def _state(fact: dict[str, Any], before: str, after: str, cause: str) -> dict[str, Any]:
    return {
        "fact": "AgentStateChanged", "at_ms": fact["at_ms"], "agent": fact["agent"], "phone": fact["agent"],
        "before": before, "after": after, "status": "ready", "reason": "", "cause": cause,
        "linkedid": fact["linkedid"],
    }  # fmt: skip


def _decided(fact: dict[str, Any]) -> dict[str, Any]:
    """With a decision as long as those of a floor with many people."""
    if fact["fact"] != "CallOffered":
        return fact
    others = [{"agent": str(3000 + at), "excluded": "talking", "idle_ms": 1000 * at} for at in range(CANDIDATES - 1)]
    mine = {"agent": fact["agent"], "excluded": "", "idle_ms": 69_000}
    return {
        **fact,
        "decision": {
            "rule": "longest_idle", "trigger": "agent_free", "at_ms": fact["at_ms"], "queue": fact["queue"], "step": 0,
            "requires": "sales >= 1", "priority": 0, "due_ms": fact["at_ms"] - fact["wait_ms"],
            "wait_ms": fact["wait_ms"], "chosen": fact["agent"], "candidates": [mine, *others],
            "signed_in": CANDIDATES, "able": CANDIDATES, "free": 0,
            "sentence": f"Agent {fact['agent']} was idle longest (69 s) when he got free; asked for: sales >= 1; "
            f"other free agents: 0, left out: {CANDIDATES - 1}.",
        },
    }  # fmt: skip
