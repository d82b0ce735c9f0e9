"""The words of key figures in queries: scopes, periods, what calls count for. They are checked here, and read where
they are used.
"""

from typing import Annotated

from pydantic import AfterValidator

from recording.figures.counted import masks
from recording.figures.scope import Scope


def _scope(text: str) -> str:
    Scope.parse(text)
    return text


def _counted(text: str) -> str:
    masks(text)
    return text


ScopeName = Annotated[str, AfterValidator(_scope)]
Counted = Annotated[str, AfterValidator(_counted)]
