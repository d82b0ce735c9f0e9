"""Why the records cannot be read or written, as it is told to whoever asks: one id and one sentence, whichever process
found out.
"""

from dataclasses import dataclass

import structlog

from recording.database import is_away, lacks_tables

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unreached:
    """`id` for programs, `message` for people."""

    id: str
    message: str


AWAY = Unreached(
    "database-unavailable",
    "the database does not answer; calls are taken and recorded meanwhile, try again later",
)
TABLES_MISSING = Unreached(
    "database-tables-missing",
    "the database has not the tables expected; put the right one in its place, or start anew",
)


def unreached(error: BaseException) -> Unreached | None:
    """What an error of the data base means; None where it is another's mistake."""
    if lacks_tables(error):
        return TABLES_MISSING
    return AWAY if is_away(error) else None


def why_unreached(error: BaseException) -> Unreached | None:
    """The same for a service, in whose log it then is, too."""
    why = unreached(error)
    if why is TABLES_MISSING:
        log.error("database-tables-missing", error_id=TABLES_MISSING.id)
    elif why is AWAY:
        log.warning("database-unavailable", error_id=AWAY.id)
    return why
