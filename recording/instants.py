"""Times of the ledger (microseconds) and of the journal (milliseconds) as the record wants them."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(at_us: int) -> datetime:
    """Aware UTC, exact to the microsecond (a float of this size would not be)."""
    return _EPOCH + timedelta(microseconds=at_us)


def at_us(at: datetime) -> int:
    """The inverse of `utc`, as exact."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def span_ms(start_us: int, end_us: int) -> int:
    """Whole milliseconds from start to end; 0 where two clocks or a race would make it negative."""
    return max(0, (end_us - start_us) // 1000)
