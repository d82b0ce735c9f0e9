"""Who sees telephone numbers whole where the setting `mask_numbers` is on: whoever was given the permission, and
administrators. For everybody else they are masked in all that leaves us (acd/masking.py says how), and he cannot ask by
number either: of a masked number four figures are hidden, and ten thousand questions would tell them.
"""

from acd.masking import Mask
from cti.access import Holder, Permission
from cti.floor import Floor
from cti.http.errors import PermissionMissing


def mask_for(floor: Floor, holder: Holder) -> Mask | None:
    """What numbers are masked with for this holder of a token; None: he sees them whole. The centre's own never are."""
    if not floor.mask_numbers or holder.may(Permission.NUMBERS):
        return None
    return Mask(own=floor.centre.numbers)


def require_numbers(floor: Floor, holder: Holder) -> None:
    """For what is asked by number. Raises PermissionMissing where he sees none."""
    if mask_for(floor, holder) is not None:
        raise PermissionMissing(holder, Permission.NUMBERS)
