"""Which stand belongs to which kind of node: the one list of them all."""

from collections.abc import Mapping
from typing import Any

from ivr.flow.model import Node
from ivr.walking.callback import CallbackStand
from ivr.walking.caller import CallerStand
from ivr.walking.collect import CollectStand
from ivr.walking.core import Stand
from ivr.walking.data import BranchStand, FlowStand, ReturnStand, SetStand
from ivr.walking.hours import HoursStand
from ivr.walking.look_up import LookUpStand
from ivr.walking.menu import LanguageStand, MenuStand
from ivr.walking.queue import QueueStand
from ivr.walking.say import HangupStand, SayStand
from ivr.walking.survey import SurveyStand
from ivr.walking.transfer import TransferStand
from ivr.walking.voicemail import VoicemailStand

STANDS: Mapping[str, type[Stand[Any]]] = {
    "say": SayStand,
    "menu": MenuStand,
    "language": LanguageStand,
    "collect": CollectStand,
    "hours": HoursStand,
    "branch": BranchStand,
    "set": SetStand,
    "look_up": LookUpStand,
    "caller": CallerStand,
    "queue": QueueStand,
    "transfer": TransferStand,
    "voicemail": VoicemailStand,
    "callback": CallbackStand,
    "survey": SurveyStand,
    "flow": FlowStand,
    "return": ReturnStand,
    "hangup": HangupStand,
}


def stand_at(node: Node) -> Stand[Any]:
    """A caller's stand at the node he comes to now."""
    return STANDS[node.kind](node)
