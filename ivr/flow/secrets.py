"""What a caller keyed and nobody else may see: a value that shows itself to nothing but `reveal`.

Secrets are kept apart from the data of a call: for texts there is no such name (it is null), and nothing that writes
data down (the position on the channel, the trail, facts, logs) ever has them in its hands. A condition may look at
them; what is made of them is a secret again.
"""

import hmac
from collections.abc import Mapping
from typing import Any, Never, final

from ivr.flow.expression_trees import Value

MASK = "••••"
"""How a secret looks wherever it is shown, whatever its length."""


@final
class Secret:
    """Digits that print as MASK. They cannot be pickled, nor written as JSON."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        self._digits = digits

    def reveal(self) -> str:
        """The digits. Only what must send them on may call this, at the last moment, and keeps nothing."""
        return self._digits

    def __repr__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._digits.encode(), other._digits.encode())

    def __hash__(self) -> int:
        return hash(Secret)  # all alike: what a hash says of a PIN, it says to whoever tries ten thousand

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Secret":
        return self

    def __reduce__(self) -> Never:
        raise TypeError("a secret cannot be written down")


Keepable = Value | Secret
"""What a flow can keep for its caller."""


def revealed(data: Mapping[str, Value], secrets: Mapping[str, Secret]) -> Mapping[str, Value]:
    """The data with the secrets among them: for a condition, or the one request that carries them out of the house."""
    return {**data, **{name: secret.reveal() for name, secret in secrets.items()}}


def shown(values: Mapping[str, Keepable]) -> Mapping[str, Value]:
    """The values for people: of secrets nothing but that they are there."""
    return {name: MASK if isinstance(value, Secret) else value for name, value in values.items()}
