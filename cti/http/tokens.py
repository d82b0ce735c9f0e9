"""Who may use the API: whoever bears an access token, within the token's role."""

from aiohttp import web

from cti.access import Access, Holder, Permission, Role
from cti.http.errors import Forbidden, PermissionMissing, Unauthorized, reaching_records

SCHEME = "bearer "


async def holder_of(request: web.Request, access: Access) -> Holder | None:
    """Who bears the token in the request's Authorization header; None: nobody. Raises RecordsUnavailable."""
    header = request.headers.get("Authorization", "")
    if header[: len(SCHEME)].lower() != SCHEME:
        return None
    with reaching_records():
        return await access.holder(header[len(SCHEME) :].strip())


async def admit(request: web.Request, access: Access, role: Role, permission: Permission | None = None) -> Holder:
    """Let a request in whose token has this role, and this permission; who bears it.

    Raises Unauthorized, Forbidden, PermissionMissing, RecordsUnavailable.
    """
    holder = await holder_of(request, access)
    if holder is None:
        raise Unauthorized
    if not holder.role.includes(role):
        raise Forbidden(holder, role)
    if permission is not None and not holder.may(permission):
        raise PermissionMissing(holder, permission)
    return holder
