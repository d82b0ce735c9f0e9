"""What the API refuses, each with a stable id, and the one form in which a client is told of any error.

A client never sees an exception's text unless it was written for him.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
from aiohttp import ClientConnectionResetError, web
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DBAPIError

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
from cti.access import Holder, Permission, Role
from cti.conversations import ConversationsFailed
from cti.http.version_views import DifferenceView, ProblemView, VersionView, difference_view, problem_view, version_view
from cti.outside import NumberOfOurs
from cti.recording_pauses import NotPaused
from cti.unfit import said
from cti.unreached import Unreached, why_unreached
from cti.versions.difference import Difference
from cti.versions.errors import Superseded, UnknownVersion, VersionError, VersionsDamaged
from ivr.documents import DocumentError

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ErrorDetail(BaseModel):
    """What went wrong: `id` for programs, `message` for people, `field` where one of the request's is to blame. The
    rest is there where files do not fit, or where another was faster."""

    id: str
    message: str
    field: str | None = Field(None, description="The field of the body or query that does not fit.")
    problems: tuple[ProblemView, ...] | None = Field(None, description="Everything that is wrong in the files.")
    meanwhile: tuple[VersionView, ...] | None = Field(None, description="What others published since, oldest first.")
    difference: DifferenceView | None = Field(None, description="What they changed, from the version of the request.")


class ErrorAnswer(BaseModel):
    """The body of every answer that is an error."""

    error: ErrorDetail


class ApiError(Exception):
    """A request that is refused."""

    id = "refused"
    status = 400
    retry_after_s: int | None = None
    """After so many seconds it may be asked again, where that can be said."""
    size: int | None = None
    """How many bytes there are, where others were asked for."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    def detail(self) -> ErrorDetail:
        """What the client is told."""
        return ErrorDetail(id=self.id, message=str(self), field=self.field)


class Unauthorized(ApiError):
    """The access token is missing or wrong."""

    id = "unauthorized"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            'the access token is missing or wrong; expected the header "Authorization: Bearer <token>" '
            "with the token from the state folder, or one made by `callcenter tokens add`"
        )


class Forbidden(ApiError):
    """The token's role does not go so far."""

    id = "role-too-small"
    status = 403

    def __init__(self, holder: Holder, needed: Role) -> None:
        super().__init__(f"{holder.name} has the role {holder.role}; expected a token with the role {needed}")


class PermissionMissing(ApiError):
    """The token's role goes far enough, but what is asked for needs a permission of its own."""

    id = "permission-missing"
    status = 403

    def __init__(self, holder: Holder, needed: Permission) -> None:
        super().__init__(f"{holder.name} may not {needed}; expected a token that was given the permission {needed}")


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


class UnknownPromptNumber(ApiError):
    """No text in use has that number."""

    id = "unknown-prompt"
    status = 404

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no prompt {number}; expected a number of GET /api/prompts")


class SoundNotMade(ApiError):
    """The sound of a text is not there."""

    id = "sound-not-made"
    status = 404

    def __init__(self, number: int) -> None:
        super().__init__(f"the sound of prompt {number} has not been made, or is gone")


class NoRecording(ApiError):
    """There is nothing to restore."""

    id = "prompt-not-recorded"
    status = 409

    def __init__(self, number: int) -> None:
        super().__init__(f"prompt {number} is spoken by the voice; expected one that is recorded")


class RecordingDoesNotFit(ApiError):
    """What was sent is no recording that can be played."""

    id = "recording-unfit"
    status = 422


class Unfit(ApiError):
    """The body or the query does not fit."""

    id = "invalid-request"
    status = 422


class BodyTooLarge(ApiError):
    """The body is larger than the endpoint takes."""

    id = "body-too-large"
    status = 413

    def __init__(self, at_most: int) -> None:
        super().__init__(f"the body is too large; expected at most {at_most} bytes")


class FilesDoNotFit(ApiError):
    """The centre's files do not fit, or not what is expected of them; the message has a line for each problem, with its
    place."""

    status = 422

    def __init__(self, error: DocumentError | ConversationsFailed) -> None:
        super().__init__(str(error))
        self.id = error.id
        self._problems = tuple(map(problem_view, error.problems))

    def detail(self) -> ErrorDetail:
        """With every problem."""
        return ErrorDetail(id=self.id, message=str(self), problems=self._problems)


class CannotBeShown(ApiError):
    """A call that cannot be rehearsed, or a picture that cannot be drawn; `id` says why."""

    def __init__(self, error_id: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.id = error_id
        self.status = status


class EditSuperseded(ApiError):
    """Others have published since this edit began."""

    id = Superseded.id
    status = 409

    def __init__(self, error: Superseded, difference: Difference) -> None:
        super().__init__(str(error))
        self._meanwhile = tuple(map(version_view, error.meanwhile))
        self._difference = difference_view(difference)

    def detail(self) -> ErrorDetail:
        """With who published what meanwhile, and the difference that makes."""
        return ErrorDetail(id=self.id, message=str(self), meanwhile=self._meanwhile, difference=self._difference)


class NotYourCall(ApiError):
    """An agent's own token, and the call of another."""

    id = "not-your-call"
    status = 403

    def __init__(self, agent: str) -> None:
        super().__init__(f"this token is agent {agent or '(nobody)'}'s own; expected a call in which he talks")


class NameNotYours(ApiError):
    """A publication in another's name."""

    id = "name-not-yours"
    status = 403

    def __init__(self, name: str) -> None:
        super().__init__(f"this token publishes as {name}; expected no other name in `by`", "by")


class UnknownFile(ApiError):
    """The version has no such file."""

    id = "unknown-file"
    status = 404

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number} has no such file; expected one of its list", "name")


class NotPrepared(ApiError):
    """A version of the centre's files could not be made ready; `id` is that of the part that failed."""

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
    """The database does not answer, or has not our tables; `id` says which."""

    status = 503

    def __init__(self, why: Unreached) -> None:
        super().__init__(why.message)
        self.id = why.id


VERSION_STATUS: dict[type[VersionError], int] = {UnknownVersion: 404, VersionsDamaged: 500}
"""All others: 409."""

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
    NotPaused: 409,
}


def unfit(error: ValidationError) -> Unfit:
    """The first thing that does not fit, in pydantic's words, with its field."""
    field, words = said(error)
    return Unfit(words, field or None)


@contextmanager
def reaching_records() -> Iterator[None]:
    """Read the database inside; that it is away, or without our tables, is told as such."""
    try:
        yield
    except Exception as error:
        if (why := why_unreached(error)) is None:
            raise
        raise RecordsUnavailable(why) from error


@web.middleware
async def tell_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an ErrorAnswer."""
    try:
        return await handler(request)
    except ClientConnectionResetError:
        raise  # who asked has hung up over the answer: nobody is there to be told, and it is no fault of ours
    except Exception as error:
        status, detail, headers = _told(request, error)
        text = ErrorAnswer(error=detail).model_dump_json(exclude_none=True)
        return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def _told(request: web.Request, error: Exception) -> tuple[int, ErrorDetail, dict[str, str]]:
    headers: dict[str, str] = {}
    match error:
        case ApiError():
            if isinstance(error, Unauthorized):
                headers["WWW-Authenticate"] = "Bearer"
            if error.retry_after_s is not None:
                headers["Retry-After"] = str(error.retry_after_s)
            if error.size is not None:
                headers["Content-Range"] = f"bytes */{error.size}"
            return error.status, error.detail(), headers
        case DBAPIError() if (why := why_unreached(error)) is not None:  # where nobody thought of reaching_records
            return _told(request, RecordsUnavailable(why))
        case VersionError():
            status, error_id, message = VERSION_STATUS.get(type(error), 409), error.id, str(error)
        case RoutingError():
            status, error_id, message = ROUTING_STATUS.get(type(error), 409), error.id, str(error)
        case web.HTTPMethodNotAllowed():
            headers["Allow"] = allowed = ", ".join(sorted(error.allowed_methods))
            status, error_id = 405, "method-not-allowed"
            message = f"{request.method} is not possible here; expected {allowed}"
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
    return status, ErrorDetail(id=error_id, message=message), headers
