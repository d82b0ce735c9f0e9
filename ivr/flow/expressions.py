"""Expressions over the data of a call: conditions and values in flows. They only read data and reckon, whatever stands
in them; how they are written is told in expression_syntax, what they are worth in evaluation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ivr.flow.evaluation import Data, holds, worth
from ivr.flow.expression_syntax import ExpressionError, read
from ivr.flow.expression_trees import LONGEST, Name, Tree, Value, is_name, parts

__all__ = ["LONGEST", "Data", "Expression", "ExpressionError", "Value", "is_name", "parse"]


@dataclass(frozen=True)
class Expression:
    """One expression, made by `parse` or in a template."""

    tree: Tree

    @cached_property
    def names(self) -> frozenset[str]:
        """The names it looks at, such as `caller.vip`."""
        return frozenset(part.name for part in parts(self.tree) if isinstance(part, Name))

    def value(self, data: Data) -> Value:
        """What it is worth. Never raises: what cannot be told is null."""
        return worth(self.tree, data)

    def holds(self, data: Data) -> bool:
        """Whether it is a yes: neither null nor false, 0 or an empty text."""
        return holds(worth(self.tree, data))

    def __str__(self) -> str:
        """Its one canonical text."""
        return str(self.tree)

    def __reduce__(self) -> tuple[Callable[[Tree], "Expression"], tuple[Tree]]:
        return Expression, (self.tree,)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression of a text. Raises ExpressionError."""
    return Expression(read(text))
