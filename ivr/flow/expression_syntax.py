"""How an expression is written.

    caller.vip and topic in ('sales', 'returns') or number(account) - 10 >= limit * 2

`not` binds closer than `and`, that closer than `or`; comparisons (= != < <= > >=, `in (…)`, `not in (…)`, `starts
with`, `ends with`, `contains`) bind closer than these, + and - closer than a comparison, * and / closer still. A text
stands in single or double quotes, a quote of its own kind in it is written twice. What it is worth is told in
evaluation.
"""

import re
from decimal import Decimal

from acd.descent import Descent, Token
from ivr.flow.expression_trees import (
    COMPARISONS,
    DEEPEST,
    FUNCTIONS,
    KEYWORDS,
    LONGEST,
    All,
    Among,
    Arithmetic,
    Compare,
    Either,
    Function,
    Literal,
    Name,
    Negative,
    Not,
    Tree,
    is_name,
)

LONGEST_NUMBER = 28
"""Digits of a number that is written out: as many as are reckoned with (ivr.flow.evaluation)."""

_VALUE = "a name, a number, a text in quotes, or ("
_GOES_ON = "and, or, a comparison, or the end"


class ExpressionError(ValueError):
    """The text is no expression, or no template. `column` counts from 1 in the text."""

    id = "expression-invalid"

    def __init__(self, column: int, wrong: str, expected: str) -> None:
        super().__init__(f"column {column}: {wrong} (expected {expected})")
        self.column, self.wrong, self.expected = column, wrong, expected


_TOKEN = re.compile(
    r"""[ \t\n]*(?: (?P<word>[^\W\d]\w*(?:\.\w+)*) | (?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
                  | (?P<sign><=|>=|!=|[=<>()+*/,-]) | (?P<quoted>'(?:[^'\n]|'')*'|"(?:[^"\n]|"")*")
                  | (?P<end>\Z) | (?P<stray>[0-9][\w.]*|.) )""",
    re.VERBOSE | re.DOTALL,
)


def read(text: str) -> Tree:
    """The tree of a text. Raises ExpressionError."""
    tree, after = read_from(text, 0)
    if after.kind != "end":
        raise ExpressionError(after.start + 1, str(after), _GOES_ON)
    return tree


def read_from(text: str, start: int) -> tuple[Tree, Token]:
    """The tree of the expression that begins at `start`, and the first piece that is no more of it. Raises
    ExpressionError."""
    reader = _Reader(text, start)
    return reader.alternatives(), reader.ahead


class _Reader(Descent):
    def __init__(self, text: str, start: int) -> None:
        super().__init__(_TOKEN, text, start)
        self._last = start + LONGEST
        self._depth = 0

    def alternatives(self) -> Tree:
        parts = [self._conjunction()]
        while self._taken("or"):
            parts.append(self._conjunction())
        return Either(tuple(parts)) if len(parts) > 1 else parts[0]

    def _conjunction(self) -> Tree:
        parts = [self._factor()]
        while self._taken("and"):
            parts.append(self._factor())
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _factor(self) -> Tree:
        if not self._taken("not"):
            return self._comparison()
        self._go_deeper()
        tree = Not(self._factor())
        self._depth -= 1
        return tree

    def _comparison(self) -> Tree:
        left = self._sum()
        negated = self._taken("not")
        if negated or self.ahead.keyword == "in":
            self._must_take("in", "in")
            return Among(left, self._choices(), not negated)
        operator = self.ahead.keyword
        if operator in ("starts", "ends"):
            self._take()
            self._must_take("with", "with")
            return Compare(f"{operator} with", left, self._sum())
        if operator in COMPARISONS:
            self._take()
            return Compare(operator, left, self._sum())
        return left

    def _choices(self) -> tuple[Tree, ...]:
        self._must_take("(", "( and a list of values")
        self._go_deeper()
        choices = [self._sum()]
        while self._taken(","):
            choices.append(self._sum())
        self._must_take(")", ", or )")
        self._depth -= 1
        return tuple(choices)

    def _sum(self) -> Tree:
        first, rest = self._product(), []
        while (sign := self.ahead.keyword) in ("+", "-"):
            self._take()
            rest.append((sign, self._product()))
        return Arithmetic(first, tuple(rest)) if rest else first

    def _product(self) -> Tree:
        first, rest = self._signed(), []
        while (sign := self.ahead.keyword) in ("*", "/"):
            self._take()
            rest.append((sign, self._signed()))
        return Arithmetic(first, tuple(rest)) if rest else first

    def _signed(self) -> Tree:
        if not self._taken("-"):
            return self._operand()
        self._go_deeper()
        tree = Negative(self._signed())
        self._depth -= 1
        return tree

    def _operand(self) -> Tree:
        token = self.ahead
        if token.keyword == "(":
            return self._nested()
        match token.kind:
            case "number":
                return self._number()
            case "quoted":
                quote = self._take().text[0]
                return Literal(token.text[1:-1].replace(quote * 2, quote))
            case "word" if token.keyword in ("true", "false", "null"):
                self._take()
                return Literal({"true": True, "false": False}.get(token.keyword))
            case "word" if token.keyword not in KEYWORDS:
                return self._named()
        raise self._error(_VALUE)

    def _number(self) -> Tree:
        text = self.ahead.text
        if len(text.replace(".", "")) > LONGEST_NUMBER:
            raise self._error(f"a number of at most {LONGEST_NUMBER} digits")
        self._take()
        return Literal(Decimal(text) if "." in text else int(text))

    def _named(self) -> Tree:
        token = self._take()
        if self.ahead.keyword == "(":
            if token.text not in FUNCTIONS:
                wrong = f"there is no function {token.text}"
                raise ExpressionError(token.start + 1, wrong, f"one of: {', '.join(sorted(FUNCTIONS))}")
            return Function(token.text, self._nested())
        if not is_name(token.text):
            raise ExpressionError(
                token.start + 1, str(token), "a name of small letters, digits and _, or of two with a dot"
            )
        return Name(token.text)

    def _nested(self) -> Tree:
        self._go_deeper()
        self._must_take("(", "(")
        tree = self.alternatives()
        self._must_take(")", "and, or, a comparison, or )")
        self._depth -= 1
        return tree

    def _go_deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(self.ahead.start + 1, "nested too deep", f"at most {DEEPEST} levels")

    def _take(self) -> Token:
        token = super()._take()
        if self.ahead.start > self._last:
            raise ExpressionError(self._last + 1, "the expression is too long", f"at most {LONGEST} characters")
        return token

    def _error(self, expected: str) -> ExpressionError:
        return ExpressionError(self.ahead.start + 1, str(self.ahead), expected)
