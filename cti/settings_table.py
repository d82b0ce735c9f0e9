"""A table of settings: in the file as it stands, in a variable as JSON text."""

import json
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class SettingsTable(BaseModel):
    """The base of each; `EXAMPLE` is JSON as a variable may have it, for who wrote none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    EXAMPLE: ClassVar[str]

    @classmethod
    def parse(cls, value: object) -> object:
        """A variable's JSON text → what the file says as a table; raises ValueError with what was expected."""
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value or "{}")
        except ValueError:
            raise ValueError(f"expected JSON, such as {cls.EXAMPLE}") from None
