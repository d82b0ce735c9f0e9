"""How a requirement is written.

    sales >= 3 and (language = cmn or team != night) and not agent in (1001, 1002)

`not` binds closest, then `and`, then `or`. A name compared with a number is a skill, compared with a word or a quoted
text an attribute, alone a skill at any level (`sales` is `sales >= 1`); only `agent`, the agent's own number, is
compared with numbers as if they were words. What it means is decided in acd.requirements.
"""

import re

from acd.descent import Descent
from acd.errors import RoutingError
from acd.requirement_trees import AGENT, ANYONE, KEYWORDS, WORD, All, Attribute, Either, Level, Tree, is_number, join

GREATEST_LEVEL = 10
DEEPEST = 100
"""How deep parentheses and `not` may be nested: far more than anyone can read, far less than the stack bears."""

OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


class RequirementError(RoutingError):
    """The text is no requirement. `column` counts from 1 in the text."""

    id = "requirement-invalid"

    def __init__(self, column: int, wrong: str, expected: str) -> None:
        super().__init__(f"column {column} of the requirement: {wrong} (expected {expected})")
        self.column, self.wrong, self.expected = column, wrong, expected


def read(text: str) -> Tree:
    """The tree of a text. Raises RequirementError."""
    return _Reader(text).read()


_TOKEN = re.compile(
    rf"""\s*(?: (?P<word>{WORD}) | (?P<sign>>=|<=|!=|[=<>(),])
              | (?P<quoted>"(?:[^"\\\n]|\\["\\])*"|'[^'\n]*') | (?P<end>\Z) | (?P<stray>.) )""",
    re.VERBOSE | re.DOTALL,
)


class _Reader(Descent):
    def __init__(self, text: str) -> None:
        super().__init__(_TOKEN, text)
        self._depth = 0

    def read(self) -> Tree:
        if self.ahead.keyword == "any":
            self._take()
            tree: Tree = ANYONE
        else:
            tree = self._alternatives(negated=False)
        if self.ahead.kind != "end":
            raise self._error("and, or, or the end")
        return tree

    def _alternatives(self, *, negated: bool) -> Tree:
        parts = [self._conjunction(negated=negated)]
        while self._taken("or"):
            parts.append(self._conjunction(negated=negated))
        return join(All if negated else Either, parts)

    def _conjunction(self, *, negated: bool) -> Tree:
        parts = [self._factor(negated=negated)]
        while self._taken("and"):
            parts.append(self._factor(negated=negated))
        return join(Either if negated else All, parts)

    def _factor(self, *, negated: bool) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RequirementError(self.ahead.start + 1, "nested too deep", f"at most {DEEPEST} levels")
        if self._taken("not"):
            tree = self._factor(negated=not negated)
        elif self._taken("("):
            tree = self._alternatives(negated=negated)
            self._must_take(")", "and, or, or )")
        else:
            tree = self._comparison(negated=negated)
        self._depth -= 1
        return tree

    def _comparison(self, *, negated: bool) -> Tree:
        name = self.ahead
        if name.kind != "word" or name.keyword in KEYWORDS or not name.text[0].isalpha():
            raise self._error("the name of a skill or an attribute, not, or (")
        self._take()
        excluded = self._taken("not")
        if excluded or self.ahead.keyword == "in":
            self._must_take("in", "in")
            return Attribute(name.text, self._list(name.text), excluded is negated)
        if (operator := self.ahead.keyword) in OPPOSITE:
            self._take()
            return self._compared(name.text, operator, negated=negated)
        if name.text == AGENT:
            raise self._error("= or in, and the number of an agent")
        return Level(name.text, "<" if negated else ">=", 1)

    def _compared(self, name: str, operator: str, *, negated: bool) -> Tree:
        if name != AGENT and self.ahead.kind == "word" and is_number(self.ahead.text):
            if int(self.ahead.text) > GREATEST_LEVEL:
                raise self._error(f"a level from 0 to {GREATEST_LEVEL}, or an attribute's number in quotes")
            return Level(name, OPPOSITE[operator] if negated else operator, int(self._take().text))
        if operator not in ("=", "!="):
            raise self._error(f"a level from 0 to {GREATEST_LEVEL}" if name != AGENT else "= or in before it")
        return Attribute(name, (self._value(name),), (operator == "=") is not negated)

    def _list(self, name: str) -> tuple[str, ...]:
        self._must_take("(", "( and a list of values")
        values = [self._value(name)]
        while self._taken(","):
            values.append(self._value(name))
        self._must_take(")", ", or )")
        return tuple(dict.fromkeys(values))

    def _value(self, name: str) -> str:
        if self.ahead.kind == "quoted":
            quoted = self._take().text
            return re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted[0] == '"' else quoted[1:-1]
        if self.ahead.kind != "word" or self.ahead.keyword in KEYWORDS:
            raise self._error("a word, or a text in quotes")
        if name != AGENT and is_number(self.ahead.text):
            raise self._error("a word, or the number in quotes")
        return self._take().text

    def _error(self, expected: str) -> RequirementError:
        return RequirementError(self.ahead.start + 1, str(self.ahead), expected)
