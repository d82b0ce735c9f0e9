"""An endpoint as one value: from it the route, the check of what comes in and the page of /openapi.json are made, so
that they cannot disagree. What an endpoint does is decided by its handler.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from acd.masking import Mask, masked
from cti.access import Holder, Permission, Role
from cti.floor import Floor
from cti.http.causes import person_of
from cti.http.errors import BodyTooLarge, Unfit, unfit
from cti.http.masks import mask_for
from recording.inputs.days import within_calendar

FLOOR = web.AppKey("floor", Floor)

JSON = "application/json"
NOT_CACHED: Mapping[str, str] = {"Cache-Control": "no-store"}
BODY_AT_MOST = 64 * 1024
NOBODY = Holder("", Role.AGENT)


class Given(BaseModel):
    """The base of everything a client may send: what is not known is refused, not passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _within_calendar(cls, value: Any) -> Any:
        return within_calendar(value) if isinstance(value, date) else value


class Nothing(Given):
    """No query, or no body."""


Query = TypeVar("Query", bound=BaseModel)
Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Query, Body]):
    """A request that has been checked."""

    floor: Floor
    request: web.Request
    path: Mapping[str, str]
    query: Query
    body: Body
    holder: Holder
    """Who asks, by his token; NOBODY where none is asked for."""

    @property
    def person(self) -> str:
        """Who asks, by name. Raises Unfit."""
        return person_of(self.request, self.holder)

    @property
    def mask(self) -> Mask | None:
        """What numbers are masked with in the answer; None: he sees them whole."""
        return mask_for(self.floor, self.holder)


Answer = BaseModel | web.StreamResponse


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Query, Body]):
    """One method at one path. The handler's docstring is its description.

    `answer` is the model of a JSON answer, `media` what comes where there is none, `statuses` what it comes with;
    `errors` are the statuses of refusals besides those that every endpoint may give. `open`: no token is asked.
    `early`: it serves while the service is starting. `role` is what the token must have, if it is not what most have:
    reader to see, floor to do something; `permission` is what it must be allowed besides. `body_at_most` are bytes.
    """

    method: str
    path: str
    handle: Callable[[Asked[Query, Body]], Awaitable[Answer]]
    query: type[Query]
    body: type[Body]
    answer: type[BaseModel] | None = None
    _: KW_ONLY
    media: str = JSON
    statuses: tuple[int, ...] = (200,)
    errors: tuple[int, ...] = ()
    open: bool = False
    early: bool = False
    role: Role | None = None
    permission: Permission | None = None
    body_at_most: int = BODY_AT_MOST

    @property
    def methods(self) -> tuple[str, ...]:
        """What it serves: its own, and HEAD where audio is given in ranges, since players look first how long it is."""
        ranges = self.media.startswith("audio/") and HTTPStatus.PARTIAL_CONTENT in self.statuses
        return (self.method, "HEAD") if ranges else (self.method,)

    @property
    def needs(self) -> Role:
        """The role that a token must have here."""
        return self.role or (Role.READER if self.method == "GET" else Role.FLOOR)

    async def answer_to(self, request: web.Request, holder: Holder) -> web.StreamResponse:
        """Check the request of this holder of a token, and answer it."""
        asked = Asked(
            floor=request.app[FLOOR],
            request=request,
            path=request.match_info,
            query=_read_query(request, self.query),
            body=await _read_body(request, self.body, self.body_at_most),
            holder=holder,
        )
        given = await self.handle(asked)
        return given if isinstance(given, web.StreamResponse) else json_answer(given, mask=asked.mask)


def json_answer(model: BaseModel, status: int = 200, *, mask: Mask | None = None) -> web.Response:
    """The model as a JSON answer that no cache keeps, numbers in it masked with this."""
    text = (model if mask is None else masked(model, mask)).model_dump_json()
    return web.Response(status=status, text=text, content_type=JSON, headers=NOT_CACHED)


def _read_query(request: web.Request, model: type[Query]) -> Query:
    for name in request.query:
        if len(request.query.getall(name)) > 1:
            raise Unfit(f"{name}: given more than once", name)
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise unfit(error) from None


async def _read_body(request: web.Request, model: type[Body], at_most: int) -> Body:
    try:
        body = await request.clone(client_max_size=at_most).read()
    except web.HTTPRequestEntityTooLarge:
        raise BodyTooLarge(at_most) from None
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise unfit(error) from None
