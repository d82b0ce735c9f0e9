"""Who may use the API: whoever bears an access token, within the token's role."""

from aiohttp import web

from cti.access import Access, Holder, Role
from cti.http.errors import Forbidden, Unauthorized, reaching_records

SCHEME = "bearer "


async def holder_of(request: web.Request, access: Access) -> Holder | None:
    """Who bears the token in the request's Authorization header; None: nobody. Raises RecordsUnavailable."""
    header = request.headers.get("Authorization", "")
    if header[: len(SCHEME)].lower() != SCHEME:
        return None
    with reaching_records():
        return await access.holder(header[len(SCHEME) :].strip())


async def admit(request: web.Request, access: Access, role: Role) -> Holder:
    """Let a request in whose token has this role; who bears it. Raises Unauthorized, Forbidden, RecordsUnavailable."""
    holder = await holder_of(request, access)
    if holder is None:
        raise Unauthorized
    if not holder.role.includes(role):
        raise Forbidden(holder, role)
    return holder
