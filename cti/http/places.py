"""Places in a list of telephone numbers, for who goes through it page by page and may not see them: the number of the
last row, sealed.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Places:
    """Seals and opens places. The key is made of the owner's token, so a place outlives a restart. A number itself as
    the place would let its giver find numbers by trying what comes before and behind."""

    def __init__(self, token: str) -> None:
        self._key = sha256(b"places in lists" + token.encode()).digest()

    def sealed(self, number: str) -> str:
        """The place of this number, which says it to nobody else."""
        nonce = secrets.token_bytes(12)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, number.encode(), None)).decode()

    def opened(self, place: str) -> str | None:
        """The number; None for what was never sealed here."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        try:
            sealed = urlsafe_b64decode(place)
            return self._cipher.decrypt(sealed[:12], sealed[12:], None).decode()
        except (Error, ValueError, InvalidTag):
            return None

    @property
    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 (the daemon seals nothing else)

        return AESGCM(self._key)
