"""The call's identity for the outside world, derived from Asterisk's `linkedid` alone, so that every part of the house
computes the same one without asking another.
"""

from functools import lru_cache
from uuid import UUID, uuid5

NAMESPACE = UUID("5a0f3f0e-4d0c-5a3b-9f52-3c1f6f1b8e67")


@lru_cache(maxsize=4096)  # asked of every call under way, whenever a row of it is shown
def call_id(linkedid: str) -> str:
    """32 hexadecimal digits; the same for the same `linkedid` (node's name in front), for ever."""
    return uuid5(NAMESPACE, linkedid).hex
