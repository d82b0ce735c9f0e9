"""What all tables are made with."""

from datetime import UTC, datetime
from inspect import getdoc
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAME = 255
"""Characters of a text that is a key, indexed or unique: MariaDB indexes no text without a length, and no more than
3,072 bytes of a row, four to a character."""

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself only in plain INTEGER keys


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on data bases that keep the zone and on those that do not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables. What a row is says the docstring, what a column means its `comment`; both are written into the data
    base (recording.migrations.comments), where it keeps such, and into docs/tables.md.
    """

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        }
    )

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls.__table__.comment = " ".join((getdoc(cls) or "").split())  # type: ignore[attr-defined]
