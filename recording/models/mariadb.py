"""What our types become on MariaDB, in the models and in every migration: nothing here is said twice elsewhere."""

from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.ext.compiler import compiles


@compiles(DateTime, "mariadb")
def _instant(*_: Any, **__: Any) -> str:
    return "DATETIME(6)"  # plain DATETIME rounds to whole seconds


@compiles(Text, "mariadb")
def _text(*_: Any, **__: Any) -> str:
    return "LONGTEXT"  # plain TEXT ends at 65,535 bytes, before the longest line of the ledger does
