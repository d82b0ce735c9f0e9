"""A flow that asks who is calling: what it knows from there on."""

from pathlib import Path

import pytest

from acd.known_caller import KnownCaller
from ivr.flow.check import Names, load_flow
from ivr.flow.steps import CallerFound, FindCaller, Hangup, Play, Prompt, Step, Took
from ivr.walker import Walker

pytestmark = pytest.mark.unit

FLOW = """\
flow: who
languages: [cmn, en]
start: who
nodes:
  who: {kind: caller, next: sort}
  sort:
    kind: branch
    cases:
      - {when: "caller.vip and caller.open_case = 'C-7'", next: vip}
      - {when: caller.known, next: known}
    otherwise: nobody
  vip: {kind: hangup, reason: vip, text: {cmn: 贵宾。, en: A VIP.}}
  known: {kind: hangup, reason: known, text: {cmn: 你好。, en: We know you.}}
  nobody: {kind: hangup, reason: nobody, text: {cmn: 你是谁。, en: Who is it.}}
"""
NAMES = Names(queues=(), skills=(), languages=("cmn", "en"))


def found(folder: Path, caller: KnownCaller | None) -> tuple[Walker, Step]:
    file = folder / "who.yaml"
    file.write_text(FLOW)
    walker = Walker({"who": load_flow(file, NAMES)}, "who", {"caller.number": "139", "caller.name": "M"})
    assert walker.start() == FindCaller()
    return walker, walker.feed(CallerFound(caller))


def test_what_the_directory_says_decides_the_way_and_his_language_is_spoken(tmp_path: Path) -> None:
    caller = KnownCaller(vip=True, priority=3, agent="1002", open_case="C-7", language="en", name="Ma Li")
    walker, step = found(tmp_path, caller)
    assert step == Play((Prompt("A VIP.", "en"),), "")
    assert walker.data["caller.name"] == "Ma Li"
    assert walker.data["caller.agent"] == "1002"
    assert (walker.language, walker.data["caller.language"]) == ("en", "en")
    assert Took("who", "known") in walker.trail


def test_a_caller_of_whom_little_is_known_keeps_the_name_he_came_with_and_the_flows_language(tmp_path: Path) -> None:
    walker, step = found(tmp_path, KnownCaller(agent="1002", language="fr"))
    assert step == Play((Prompt("你好。", "cmn"),), "")
    assert walker.data["caller.name"] == "M"
    assert (walker.data["caller.vip"], walker.data["caller.open_case"]) == (False, None)


def test_a_caller_nobody_knows_goes_on_as_well(tmp_path: Path) -> None:
    walker, step = found(tmp_path, None)
    assert isinstance(step, Play | Hangup)
    assert (walker.node, walker.data["caller.known"]) == ("nobody", False)
