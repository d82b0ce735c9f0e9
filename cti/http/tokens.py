"""Who may use the API: whoever bears the access token. It is compared in constant time."""

from hmac import compare_digest

from aiohttp import web

SCHEME = "bearer "


def same(given: str, token: str) -> bool:
    """Whether the token given is the right one."""
    return compare_digest(given.encode(errors="replace"), token.encode())


def bears(request: web.Request, token: str) -> bool:
    """Whether the request carries the token in its Authorization header."""
    header = request.headers.get("Authorization", "")
    return header[: len(SCHEME)].lower() == SCHEME and same(header[len(SCHEME) :].strip(), token)
