"""What comes to a channel whose caller has an attack for a name: commands of known shape, his name in one word."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from acd.facts import TransferEnded
from acd.queues import QueueSettings
from ivr.desk import Desk, Outside
from ivr.flow.position import Position
from ivr.flow.steps import FreeText, Piece, Prompt
from ivr.prompts.passing import PassingSounds
from ivr.whereabouts import NAMES
from tests.contract import reception_floor
from tests.contract.fake_agi import Answer
from tests.contract.reception_floor import CALL, Floor, hangs_up
from tests.unit.test_flow_walls import EVIL, flow

pytestmark = pytest.mark.contract

SOUND = re.compile(r"[A-Za-z0-9/_.-]+")
KNOWN = re.compile(
    r"EXEC Answer ,i"
    r"|SET VARIABLE (CALLCENTER_DONE|CALLCENTER_PAUSED|CALLCENTER_QUEUE|DIALSTATUS) 1?"
    r"|EXEC MSet [A-Z_0-9]+=[a-z0-9_-]*(,[A-Z_0-9]+=[a-z0-9_-]*)*"
    r"|SET MUSIC ON default|GET FULL VARIABLE \S+|HANGUP"
)


class Voice:
    """Stands in for the sounds: free text has the names that it has in the house, fixed words a name of their own."""

    def __init__(self, folder: Path) -> None:
        self._passing = PassingSounds(folder)
        self.said: list[Piece] = []

    async def sound(self, pieces: Sequence[Piece]) -> str:
        self.said += pieces
        texts = [piece.text for piece in pieces if isinstance(piece, Prompt | FreeText)]
        return str(self._passing.name(*texts))


@pytest.mark.parametrize("evil", [evil for evil in EVIL if not set("\n\r\0") & set(evil)])  # no header of SIP has those
async def test_a_callers_name_is_a_word_wherever_it_goes(evil: str, tmp_path: Path) -> None:
    floor = Floor(QueueSettings(name="sales"))
    floor.sign_out()
    desk = Desk(
        distributor=floor.distributor,
        sound_of=lambda prompt: "known",
        sounds=Voice(tmp_path),
        outside=lambda: Outside(line="line", allow=(".",)),
    )
    async with reception_floor.called(desk, flow(), CALL, "4000", calleridname=evil[:900]) as asterisk:
        answers: dict[str, Answer] = {"SET MUSIC": hangs_up(asterisk, "200 result=0")}
        await asterisk.serve(answers)
    assert "queue" in [fact.node for fact in floor.facts if hasattr(fact, "node")]
    strange = []
    for words in asterisk.commands:
        match words:
            case ["SET", "VARIABLE", name, value] if name.startswith("CALLCENTER_POSITION"):
                assert value.isascii()
                assert value.isprintable()
            case ["STREAM", "FILE", sound, keys]:
                assert SOUND.fullmatch(sound)
                assert set(keys) <= set("0123456789*#")
            case _:
                if not KNOWN.fullmatch(" ".join(words)):
                    strange.append(words)
    assert strange == []
    parts = [asterisk.variables.get(name, "") for name in NAMES]
    position = Position.from_json("".join(parts))
    assert position.standings[0].node == "queue"
    assert {fact.error for fact in floor.named(TransferEnded)} == {"toll-no-number", "transfer-no-extension"}
