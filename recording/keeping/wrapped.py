"""A wrapped data key, as it is kept. Apart from what wraps it, so that the daemon needs no ciphers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key under the master key of name `key`, as text."""

    key: str
    text: str
