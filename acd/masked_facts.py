"""Facts as they are told to who may not see telephone numbers (acd/masking.py)."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from acd.facts import FACTS, Fact, to_json
from acd.masking import Hiding, Mask, hiding

_PERSONAL: Mapping[type[Fact], Mapping[str, Hiding]] = {
    kind: {part.name: hide for part in fields(kind) if (hide := hiding(part.type)) is not None}
    for kind in FACTS.values()
}


def masked_json(fact: Fact, mask: Mask) -> dict[str, Any]:
    """As acd.facts.to_json, numbers masked."""
    told = to_json(fact)
    return told | {name: hide(mask, told[name]) for name, hide in _PERSONAL[type(fact)].items()}
