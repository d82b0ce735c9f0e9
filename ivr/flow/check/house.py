"""All flows of a centre side by side: who goes through whom, and what that means for each of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ivr.documents import Document
from ivr.flow.asking import LanguageNode
from ivr.flow.check.names import Names
from ivr.flow.deciding import CallerNode, FlowNode, ReturnNode
from ivr.flow.graph import Edge, edges
from ivr.flow.model import Flow, Node


@dataclass(frozen=True)
class House:
    """`entrances` are the flows that callers come to from outside. Of flows that are gone through and are not there,
    the best is assumed: that they cannot be had is told elsewhere."""

    documents: Mapping[str, Document[Flow]]
    names: Names
    entrances: frozenset[str]

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        """Their values."""
        return {name: document.value for name, document in self.documents.items()}

    @cached_property
    def without_operator(self) -> frozenset[str]:
        """The flows in which 0 may lead nowhere: they have no operator, nor has somebody who goes through them."""
        lonely = {name for name in self.entrances if name in self.flows and self.flows[name].operator is None}
        ahead = list(lonely)
        while ahead:
            for inner in inner_flows(self.flows[ahead.pop()]):
                if inner in self.flows and inner not in lonely and self.flows[inner].operator is None:
                    lonely.add(inner)
                    ahead.append(inner)
        return frozenset(lonely)

    @cached_property
    def finders(self) -> frozenset[str]:
        """The flows in which, or in those they go through, callers may be looked up."""
        found = {inner for flow in self.flows.values() for inner in inner_flows(flow)} - self.flows.keys()
        found |= {
            name
            for name, flow in self.flows.items()
            if any(isinstance(node, CallerNode) for node in flow.nodes.values())
        }
        while more := {name for name, flow in self.flows.items() if name not in found and inner_flows(flow) & found}:
            found |= more
        return frozenset(found)

    @cached_property
    def switches(self) -> Mapping[str, frozenset[str]]:
        """Of each flow, the languages that a caller may come out of it with, because he chose one there or is on file
        with it."""
        found = {name: _chosen(flow) for name, flow in self.flows.items()}
        before = -1
        while before != (now := sum(map(len, found.values()))):
            before = now
            for name, flow in self.flows.items():
                found[name] = found[name].union(*(found[inner] for inner in inner_flows(flow) if inner in found))
        return found

    @cached_property
    def quick_returns(self) -> frozenset[str]:
        """The flows that a caller who does nothing comes through, back to where he was."""
        found: set[str] = set()
        while more := {name for name in self.flows.keys() - found if self._returns(name, found)}:
            found |= more
        return frozenset(found)

    def _returns(self, name: str, quick: set[str]) -> bool:
        flow = self.flows[name]
        seen: set[str] = set()
        ahead = [flow.start]
        while ahead:
            at = ahead.pop()
            node = flow.nodes.get(at)
            if at in seen or node is None:
                continue
            if isinstance(node, ReturnNode):
                return True
            seen.add(at)
            if not isinstance(node, FlowNode) or node.flow in quick:
                ahead += [edge.target for edge in edges(node) if not edge.by_key]
        return False

    def silent_edges(self, node: Node) -> Iterator[Edge]:
        """The ways out of a node that a caller surely goes who does nothing."""
        if isinstance(node, FlowNode) and node.flow not in self.quick_returns:
            return
        yield from (edge for edge in edges(node) if not edge.by_key)


def _chosen(flow: Flow) -> frozenset[str]:
    nodes = flow.nodes.values()
    if any(isinstance(node, CallerNode) for node in nodes):
        return frozenset(flow.languages)
    return frozenset(language for node in nodes if isinstance(node, LanguageNode) for language in node.choices.values())


def inner_flows(flow: Flow) -> frozenset[str]:
    """The flows that it goes through."""
    return frozenset(node.flow for node in flow.nodes.values() if isinstance(node, FlowNode))
