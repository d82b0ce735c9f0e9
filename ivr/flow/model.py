"""The flow language: what a flow file may say, as a model. Whether its parts fit together is decided in `check`."""

from typing import Annotated

from pydantic import Field

from ivr.documents import Name, Part
from ivr.flow.asking import CollectNode, LanguageNode, MenuNode, SurveyNode
from ivr.flow.deciding import BranchNode, CallerNode, FlowNode, HoursNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.handing import CallbackNode, HangupNode, QueueNode, SayNode, TransferNode, VoicemailNode
from ivr.flow.parts import Variable
from ivr.flow.words import Language

Node = (
    SayNode
    | MenuNode
    | LanguageNode
    | CollectNode
    | SurveyNode
    | HoursNode
    | BranchNode
    | SetNode
    | LookUpNode
    | CallerNode
    | QueueNode
    | TransferNode
    | VoicemailNode
    | CallbackNode
    | FlowNode
    | ReturnNode
    | HangupNode
)


class Flow(Part):
    """What a caller meets, node by node, from `start`. A flow with a `return` node can be gone through by others: it
    takes `arguments` and gives `returns`."""

    flow: Name
    languages: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    """The first is spoken until the caller chooses."""
    arguments: Annotated[tuple[Variable, ...], Field(strict=False)] = ()
    returns: Annotated[tuple[Variable, ...], Field(strict=False)] = ()
    start: Name
    operator: Name | None = None
    """Where 0 leads, in every menu and prompt that does not say otherwise."""
    nodes: Annotated[dict[Name, Annotated[Node, Field(discriminator="kind")]], Field(min_length=1)]

    @property
    def language(self) -> Language:
        """The language spoken until the caller chooses."""
        return self.languages[0]
