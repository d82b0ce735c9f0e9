"""What the API refuses, each with a stable id, and the one form in which a client is told of any error.

A client never sees an exception's text unless it was written for him.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from acd.errors import (
    AlreadySignedIn,
    NotClosed,
    NotSignedIn,
    NotToBeCalled,
    NumberRefused,
    PhoneTaken,
    RoutingError,
    UnknownAgent,
    UnknownAnnouncement,
    UnknownCalendar,
    UnknownCallback,
    UnknownQueue,
)
from cti.outside import NumberOfOurs
from recording.database import is_away

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ErrorDetail(BaseModel):
    """What went wrong: `id` for programs, `message` for people, `field` where one of the request's is to blame."""

    id: str
    message: str
    field: str | None = Field(None, description="The field of the body or query that does not fit.")


class ErrorAnswer(BaseModel):
    """The body of every answer that is an error."""

    error: ErrorDetail


class ApiError(Exception):
    """A request that is refused."""

    id = "refused"
    status = 400

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Unauthorized(ApiError):
    """The access token is missing or wrong."""

    id = "unauthorized"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            'the access token is missing or wrong; expected the header "Authorization: Bearer <token>" '
            "with the token from the state folder"
        )


class UnknownCall(ApiError):
    """There is no such call, or no record of it."""

    id = "unknown-call"
    status = 404

    def __init__(self, call: str, which: str = "that is over") -> None:
        super().__init__(f"there is no call {call!r}; expected the id of a call {which}")


class UnknownCaller(ApiError):
    """The directory has no caller of that number."""

    id = "unknown-caller"
    status = 404

    def __init__(self) -> None:
        super().__init__("no caller of that number is in the directory")


class UnknownRecording(ApiError):
    """The call has no such recording."""

    id = "unknown-recording"
    status = 404


class Unfit(ApiError):
    """The body or the query does not fit."""

    id = "invalid-request"
    status = 422


class FilesDoNotFit(ApiError):
    """The centre's files do not fit; the message has a line for each fault, with its place."""

    id = "document-invalid"
    status = 422


class NotReloaded(ApiError):
    """An edit of the centre's files could not be made ready; `id` is that of the part that failed."""

    status = 503

    def __init__(self, error_id: str, message: str) -> None:
        super().__init__(f"{message}; the centre is as it was before")
        self.id = error_id


class AsteriskAway(ApiError):
    """Asterisk does not answer."""

    id = "asterisk-unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__("Asterisk does not answer; whether it has done what was asked is not known, see /api/health")


class Starting(ApiError):
    """The service is not ready yet."""

    id = "starting"
    status = 503

    def __init__(self) -> None:
        super().__init__("the service is starting; expected it to be ready within seconds, see /api/health")


class RecordsUnavailable(ApiError):
    """The database does not answer."""

    id = "database-unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__("the database does not answer; calls are taken and recorded meanwhile, try again later")


ROUTING_STATUS: dict[type[RoutingError], int] = {
    UnknownAgent: 404,
    UnknownQueue: 404,
    UnknownCalendar: 404,
    UnknownAnnouncement: 404,
    NotClosed: 409,
    AlreadySignedIn: 409,
    PhoneTaken: 409,
    NotSignedIn: 409,
    NumberRefused: 422,
    NumberOfOurs: 422,
    UnknownCallback: 404,
    NotToBeCalled: 422,
}


def unfit(error: ValidationError) -> Unfit:
    """The first thing that does not fit, in pydantic's words, with its field."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(map(str, first["loc"]))
    return Unfit(f"{field or 'body'}: {first['msg']}", field or None)


@contextmanager
def reaching_records() -> Iterator[None]:
    """Read the database inside; that it is away is told as such."""
    try:
        yield
    except Exception as error:
        if not is_away(error):
            raise
        log.warning("database-unavailable", error_id=RecordsUnavailable.id)
        raise RecordsUnavailable from error


@web.middleware
async def tell_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an ErrorAnswer."""
    try:
        return await handler(request)
    except Exception as error:
        status, detail, headers = _told(request, error)
        text = ErrorAnswer(error=detail).model_dump_json(exclude_none=True)
        return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def _told(request: web.Request, error: Exception) -> tuple[int, ErrorDetail, dict[str, str]]:
    headers: dict[str, str] = {}
    field = None
    match error:
        case ApiError():
            status, error_id, message, field = error.status, error.id, str(error), error.field
            if isinstance(error, Unauthorized):
                headers["WWW-Authenticate"] = "Bearer"
        case RoutingError():
            status, error_id, message = ROUTING_STATUS.get(type(error), 409), error.id, str(error)
        case web.HTTPMethodNotAllowed():
            headers["Allow"] = allowed = ", ".join(sorted(error.allowed_methods))
            status, error_id = 405, "method-not-allowed"
            message = f"{request.method} is not possible here; expected {allowed}"
        case web.HTTPRequestEntityTooLarge():
            status, error_id = 413, "body-too-large"
            message = f"the body is too large; expected at most {request.client_max_size} bytes"
        case web.HTTPNotFound():
            status, error_id = 404, "not-found"
            message = f"there is nothing at {request.path}; see /openapi.json for what there is"
        case web.HTTPException():
            status, error_id, message = error.status, "http-error", error.reason
        case _:
            resource = request.match_info.route.resource
            route = resource.canonical if resource else ""  # the path itself might hold a number
            log.error("request-failed", error_id="internal-error", route=route, exc_info=error)
            status, error_id, message = 500, "internal-error", "the service made a mistake; its log says which"
    return status, ErrorDetail(id=error_id, message=message, field=field), headers
