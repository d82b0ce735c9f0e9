"""Figures as they are ordered from whoever reads them, in a process of its own. Who orders has checked what he says."""

from pydantic import BaseModel, ConfigDict

from recording.figures.period import Unit


class FiguresOrder(BaseModel):
    """The figures of a scope in a period, by their names; with `*` for the name, one report for each that has anything.
    No keys: all figures that such a scope has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: str
    period: str
    keys: tuple[str, ...] = ()

    @property
    def of_each(self) -> bool:
        """Whether one report for each is wanted."""
        return self.scope.endswith(":*")


class SeriesOrder(BaseModel):
    """Figures of a scope over time, each with a value for each step of the period."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: str
    period: str
    keys: tuple[str, ...]
    step: Unit
