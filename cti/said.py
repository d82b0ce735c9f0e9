"""All that a centre says before anybody has called: its texts with the places where they are said, for who records
them, and the utterances that can be joined ahead. The sounds are made in ivr/prompts.
"""

from collections.abc import Iterator, Mapping

from cti.care_file import prompts_of
from cti.centre import Centre
from ivr.announcements import all_prompts
from ivr.flow.asking import LanguageNode
from ivr.flow.graph import sayings
from ivr.flow.model import Flow, Node
from ivr.flow.steps import Piece, Prompt
from ivr.flow.utterance import fixed_words, has_values, known_before, spoken_freely
from ivr.prompts import fallback

AGENTS, HOUSE = "agents' phones", "the service"
"""Where texts are said that no file of the centre holds."""


def ready_prompts(centre: Centre) -> frozenset[Prompt]:
    """Every text that must be a sound before the first call."""
    free = any(
        spoken_freely(words, language)
        for flow in centre.flows.values()
        for node in flow.nodes.values()
        for said in sayings(node).values()
        for language, words in said.items()
    )
    return centre.prompts() | frozenset(all_prompts()) | (fallback.needed(centre.languages) if free else frozenset())


def places(centre: Centre) -> Mapping[Prompt, tuple[str, ...]]:
    """Every such text, and where it is said: `flow/node/key` or a name of the house's."""
    found: dict[Prompt, list[str]] = {}
    for prompt, where in _places(centre):
        if where not in (at := found.setdefault(prompt, [])):
            at.append(where)
    for prompt in ready_prompts(centre):
        found.setdefault(prompt, [HOUSE])
    return {prompt: tuple(where) for prompt, where in found.items()}


def utterances(centre: Centre) -> Iterator[tuple[Piece, ...]]:
    """What is said in several pieces without anything of a caller's in it: all languages in turn, and complaints with
    the question after them."""
    for flow in centre.flows.values():
        for node in flow.nodes.values():
            every = isinstance(node, LanguageNode) or getattr(node, "every_language", False)
            for languages in [flow.languages] if every else [(language,) for language in flow.languages]:
                text = _fixed(node, "text", languages)
                yield text
                yield from (before + text for key in ("invalid", "timeout") if (before := _fixed(node, key, languages)))


def _places(centre: Centre) -> Iterator[tuple[Prompt, str]]:
    for flow in centre.flows.values():
        for name, node in flow.nodes.items():
            yield from _in_node(flow, name, node)
    for name, queue in centre.queues.items():
        for _, elsewhere in queue.elsewheres():
            yield from ((Prompt(text, language), f"queue {name}") for language, text in (elsewhere.say or {}).items())
        yield from ((prompt, f"queue {name}") for prompt in prompts_of(queue.care, centre.languages))
    for prompt in all_prompts():
        yield prompt, AGENTS
    for reason in centre.reasons.values():
        yield from ((Prompt(text, language), AGENTS) for language, text in (reason.say or {}).items())


def _in_node(flow: Flow, name: str, node: Node) -> Iterator[tuple[Prompt, str]]:
    for key, said in sayings(node).items():
        for language, words in said.items():
            yield from ((prompt, f"{flow.flow}/{name}/{key}") for prompt in fixed_words(words, language))


def _fixed(node: Node, key: str, languages: tuple[str, ...]) -> tuple[Piece, ...]:
    """The pieces of what stands under that key, if none of them is a value."""
    said = sayings(node).get(key, {})
    if any(language not in said or has_values(said[language]) for language in languages):
        return ()
    return tuple(piece for language in languages for piece in known_before(said[language], language))
