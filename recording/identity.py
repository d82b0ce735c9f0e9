"""The call's identity for the outside world, derived from Asterisk's `linkedid` alone, so that every part of the house
computes the same one without asking another.
"""

from uuid import UUID, uuid5

NAMESPACE = UUID("5a0f3f0e-4d0c-5a3b-9f52-3c1f6f1b8e67")


def call_id(linkedid: str) -> str:
    """32 hexadecimal digits; the same for the same `linkedid` (node's name in front), for ever."""
    return uuid5(NAMESPACE, linkedid).hex
