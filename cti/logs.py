"""How the service logs: one JSON line an event on standard error, the call's linkedid in every line of its task."""

import io
import logging
import os
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class Unfailing(io.TextIOBase):
    """Lines to a descriptor, or nowhere: a log on a full disk, or whose reader is gone, must not cost a call."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def write(self, text: str) -> int:
        """One write a line, unbuffered: what cannot be written now is not kept for later."""
        with suppress(OSError):
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))
        return len(text)


def write_logs() -> None:
    """For the start of a program. Exceptions become part of their line; levels below "info" are dropped."""
    log = Unfailing(sys.stderr.fileno())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, log)),
    )
    logging.basicConfig(level=logging.WARNING, stream=log)
