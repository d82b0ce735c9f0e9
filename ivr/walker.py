"""Walks one caller through a flow: takes what he does, answers with the next step. Pure: it never waits, plays or
calls; the telephone side does the steps (`ivr.flow.steps`) and feeds back what came of them.
"""

from acd.requirements import ANY, parse
from ivr.flow.model import BACK_KEY, KEYS, OPERATOR_KEY, Flow, HangupNode, MenuNode, PlayNode, QueueNode, Speech
from ivr.flow.steps import (
    Answered,
    Ask,
    Digit,
    Enqueue,
    Entered,
    Finished,
    Hangup,
    Input,
    Play,
    Prompt,
    QueueLeft,
    Step,
    Timeout,
    Trail,
)


class UnexpectedInput(Exception):
    """The telephone side fed an input that its step cannot have led to: a fault of ours, never of the caller."""

    id = "walker-unexpected-input"


class Walker:
    """One caller's way through a flow that has been checked (`ivr.flow.check`)."""

    def __init__(self, flow: Flow, language: str | None = None) -> None:
        self._flow = flow
        self._language = language or flow.language
        self._node = flow.start
        self._step: Step | None = None
        self._next: str | None = None  # where a Play leads; None: to the end of the call
        self._menus: list[str] = []  # the menus that led here, for the way back
        self._tries_left = 0
        self._trail: list[Entered | Answered] = []

    @property
    def node(self) -> str:
        """The name of the node the caller is at."""
        return self._node

    @property
    def kind(self) -> str:
        """That node's kind."""
        return self._flow.nodes[self._node].kind

    @property
    def language(self) -> str:
        """The language spoken from here on."""
        return self._language

    @property
    def trail(self) -> Trail:
        """All nodes and answers so far; it only grows, so what is new since last time is its end."""
        return tuple(self._trail)

    def start(self, at: str | None = None) -> Step:
        """The first step: at the flow's start, or at node `at` for a call taken up again. KeyError if there is none."""
        return self._enter(at or self._flow.start)

    def feed(self, given: Input) -> Step:
        """The step after what came of the last one. Raises UnexpectedInput if it cannot have come of it."""
        match self._step, given:
            case Play(), Finished():
                return self._goodbye() if self._next is None else self._enter(self._next)
            case Play(escape_digits=keys), Digit(digit) if digit in keys:
                return self._interrupt(digit)
            case Ask(), Digit(digit):  # also the keys A to D, which phones do not have and test sets do
                return self._answer(self._menu(self._node), digit)
            case Ask(), Timeout():
                menu = self._menu(self._node)
                return self._strike(menu, "timeout", menu.timeout)
            case Enqueue(), QueueLeft(outcome):
                return self._leave_queue(answered=outcome == outcome.ANSWERED)
        raise UnexpectedInput(f"node {self._node}: {type(given).__name__} after {type(self._step).__name__}")

    def _enter(self, name: str) -> Step:
        node = self._flow.nodes[name]
        self._node = name
        self._trail.append(Entered(name, node.kind))
        match node:
            case PlayNode():
                return self._play(self._prompts(node.text, node), node.next)
            case MenuNode():
                self._remember(name)
                self._tries_left = node.tries
                return self._ask(node)
            case QueueNode():
                self._step = Enqueue(
                    node.queue, node.skills, node.priority, node.data, node.music, parse(node.requires or ANY.text)
                )
                return self._step
            case HangupNode():
                return self._play(self._prompts(node.text), None) if node.text else self._goodbye()

    def _play(self, prompts: tuple[Prompt, ...], leads_to: str | None) -> Step:
        self._next = leads_to
        self._step = Play(prompts, self._keys_before(leads_to))
        return self._step

    def _ask(self, menu: MenuNode, before: Speech | None = None) -> Step:
        prompts = self._prompts(before or {}, menu) + self._prompts(menu.text, menu)
        self._step = Ask(prompts, KEYS, menu.timeout_s * 1000)
        return self._step

    def _goodbye(self) -> Step:
        node = self._flow.nodes[self._node]
        assert isinstance(node, HangupNode)
        self._step = Hangup(node.reason)
        return self._step

    def _answer(self, menu: MenuNode, digit: str) -> Step:
        choice = menu.choices.get(digit)
        if choice is not None:
            self._trail.append(Answered(self._node, digit))
            self._language = choice.language or self._language
            return self._enter(choice.next)
        if digit == OPERATOR_KEY and self._flow.operator is not None:
            return self._to_operator()
        if digit == BACK_KEY:
            self._trail.append(Answered(self._node, digit))
            if len(self._menus) > 1:
                self._menus.pop()
            return self._enter(self._menus[-1])
        return self._strike(menu, "invalid", menu.invalid)

    def _strike(self, menu: MenuNode, choice: str, words: Speech) -> Step:
        self._trail.append(Answered(self._node, choice))
        self._tries_left -= 1
        if self._tries_left > 0:
            return self._ask(menu, words)
        return self._play(self._prompts(words, menu), menu.otherwise) if words else self._enter(menu.otherwise)

    def _interrupt(self, digit: str) -> Step:
        ahead = self._menu_before(self._next)
        if ahead is not None and digit in self._menu(ahead).choices:
            self._enter(ahead)
            return self._answer(self._menu(ahead), digit)
        if digit == OPERATOR_KEY:
            return self._to_operator()
        self._trail.append(Answered(self._node, digit))
        return self._enter(self._menus[-1])

    def _to_operator(self) -> Step:
        assert self._flow.operator is not None
        self._trail.append(Answered(self._node, OPERATOR_KEY))
        return self._enter(self._flow.operator)

    def _leave_queue(self, *, answered: bool) -> Step:
        node = self._flow.nodes[self._node]
        assert isinstance(node, QueueNode)
        return self._enter(node.then if answered or node.otherwise is None else node.otherwise)

    def _keys_before(self, leads_to: str | None) -> str:
        """The keys that end a prompt which leads there. Words before a hang-up are heard out: the flow has decided."""
        if leads_to is None:
            return ""
        ahead = self._menu_before(leads_to)
        keys = set(self._menu(ahead).choices) if ahead is not None else set()
        if self._flow.operator is not None:
            keys.add(OPERATOR_KEY)
        if self._menus:
            keys.add(BACK_KEY)
        return "".join(key for key in KEYS if key in keys)

    def _menu_before(self, name: str | None) -> str | None:
        """The menu that comes next, with nothing but prompts on the way to it."""
        while name is not None:
            match self._flow.nodes[name]:
                case MenuNode():
                    return name
                case PlayNode(next=following):
                    name = following
                case _:
                    return None
        return None

    def _remember(self, menu: str) -> None:
        if menu in self._menus:
            del self._menus[self._menus.index(menu) + 1 :]
        else:
            self._menus.append(menu)

    def _menu(self, name: str) -> MenuNode:
        node = self._flow.nodes[name]
        assert isinstance(node, MenuNode)
        return node

    def _prompts(self, speech: Speech, node: PlayNode | MenuNode | None = None) -> tuple[Prompt, ...]:
        if not speech:
            return ()
        every = node is not None and node.every_language
        return tuple(
            Prompt(speech[language], language) for language in (self._flow.languages if every else [self._language])
        )
