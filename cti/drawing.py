"""Pictures of a centre's flows: which flow is meant, and all of them in brief. How they look is said in ivr/drawing."""

from typing import ClassVar

from cti.centre import Centre
from cti.graphviz import svg
from ivr.documents import unknown_name
from ivr.drawing.overview import overview
from ivr.drawing.picture import picture


class NothingToDraw(Exception):
    """There is no such flow, number or language."""

    id: ClassVar[str] = "nothing-to-draw"

    def __init__(self, wrong: str, expected: str) -> None:
        super().__init__(f"{wrong} (expected {expected})")


async def draw(centre: Centre, flow: str = "", language: str = "") -> str:
    """The picture, as SVG, of a flow, of the flow behind a number, or (if empty) of all numbers, flows and queues.

    What is said is shown in `language`, the flow's first if empty. Raises NothingToDraw and DrawingError.
    """
    return await svg(graph_of(centre, flow, language))


def graph_of(centre: Centre, flow: str = "", language: str = "") -> str:
    """The same in the language of graphviz's dot. Raises NothingToDraw."""
    flows = {number: way.flow for number, way in centre.numbers.items()}
    if language and language not in centre.languages:
        raise NothingToDraw(*unknown_name("language", language, centre.languages))
    if not flow:
        return overview(centre.flows, flows)
    name = flows.get(flow, flow)
    if name not in centre.flows:
        raise NothingToDraw(*unknown_name("flow or number", flow, [*centre.flows, *flows]))
    return picture(centre.flows, name, language, [number for number in flows if flows[number] == name])
