"""Holding and deleting recordings over HTTP; what is held, what is gone, and who has heard what."""

from datetime import UTC, datetime

from pydantic import Field

from cti.access import Permission, Role
from cti.http.calls import CallId, Instant, in_zone
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit, UnknownCall, UnknownRecording, reaching_records
from cti.http.recording_errors import KeepingUnavailable, RecordingsHeld
from cti.http.views import View
from cti.keeping_port import KeepingRefused
from recording.keeping.erasing import PERSON, Erasures, Proof
from recording.keeping.holds import Hold, Holds, RecordingHeld
from recording.keeping.listening import Listening, Listenings
from recording.manifest import Kind

Why = Field(min_length=3, max_length=500, description="In words, for who looks later.")


class HoldOrder(Given):
    """Why, and until when."""

    why: str = Why
    until: Instant | None = Field(None, description="Until when; nothing: until it is released.")


class EraseOrder(Given):
    """Why."""

    why: str = Why


class HoldView(View):
    """A hold. `until` and `released_at` are null where there is none."""

    call: str
    by: str
    why: str
    held_at: datetime
    until: datetime | None
    released_at: datetime | None
    released_by: str


class HoldsView(View):
    """Holds, the latest first."""

    holds: list[HoldView]


class ProofView(View):
    """The proof that a recording is gone: nothing of it was found on its shelf and in the folder at `gone_at`."""

    call: str
    kind: Kind
    n: int
    file: str
    started_at: datetime
    duration_ms: int
    bytes: int
    sha256: str
    shelf: str
    stored_sha256: str
    rule: str = Field(description="retention or person.")
    by: str
    why: str
    asked_at: datetime
    gone_at: datetime


class ErasedView(View):
    """What is gone of a call, and how many recordings are still to be deleted, because their store is away."""

    erased: list[ProofView]
    left: int


class ProofsQuery(Given):
    """Which proofs."""

    call: CallId | None = None
    limit: int = Field(50, ge=1, le=500)
    after: int | None = Field(None, ge=1, description="`next` of the page before.")


class ProofsView(View):
    """A page of proofs, the latest first; `next` is the `after` of the next page."""

    erased: list[ProofView]
    next: int | None


class ListeningsQuery(Given):
    """Which listenings. Times without a zone are the centre's."""

    who: str | None = Field(None, description="The name of a token.")
    call: CallId | None = None
    since: Instant | None = None
    until: Instant | None = None
    limit: int = Field(50, ge=1, le=500)
    after: int | None = Field(None, ge=1, description="`next` of the page before.")


class ListeningView(View):
    """A listening: who was given which bytes of a recording, of so many, and the address he asked from."""

    at: datetime
    who: str
    call: str
    kind: Kind
    n: int
    file: str
    first_byte: int
    last_byte: int
    bytes: int
    address: str


class ListeningsView(View):
    """A page of listenings, the latest first; `next` is the `after` of the next page."""

    listenings: list[ListeningView]
    next: int | None


async def hold_recordings(asked: Asked[Nothing, HoldOrder]) -> HoldsView:
    """Let nobody delete the recordings of this call, retention neither, until the hold is released or over."""
    call = await _known(asked)
    until = asked.body.until and in_zone(asked.body.until, asked.floor.centre.time_zone)
    now = datetime.now(UTC)
    if until is not None and until <= now:
        raise Unfit("until: expected a time to come", "until")
    with reaching_records():
        holds = Holds(asked.floor.store)
        await holds.hold(call, by=asked.person, why=asked.body.why, at=now, until=until)
        return _holds(await holds.of(call))


async def release_recordings(asked: Asked[Nothing, Nothing]) -> HoldsView:
    """End every hold of this call. What retention finds due is deleted on its next run."""
    call = await _known(asked)
    with reaching_records():
        holds = Holds(asked.floor.store)
        await holds.release(call, by=asked.person, at=datetime.now(UTC))
        return _holds(await holds.of(call))


async def erase_recordings(asked: Asked[Nothing, EraseOrder]) -> ErasedView:
    """Delete the recordings of this call now. What remains is the proof; while their store is away they cannot be
    heard any more, and are deleted when it is back."""
    call, now = await _known(asked), datetime.now(UTC)
    erasures = Erasures(asked.floor.store)
    with reaching_records():
        try:
            count = await erasures.ask([call], rule=PERSON, by=asked.person, why=asked.body.why, at=now)
        except RecordingHeld as error:
            raise RecordingsHeld(str(error)) from None
        if not count:
            raise UnknownRecording(f"there is no recording of call {call} to be deleted")
    try:
        await asked.floor.keeping.erase()
    except KeepingRefused as error:
        raise KeepingUnavailable(error) from error
    with reaching_records():
        proofs = await erasures.proofs(call=call, limit=count)
    mine = [_proof(one) for one in proofs if one.asked_at == now]
    return ErasedView(erased=mine, left=count - len(mine))


async def list_holds(asked: Asked[Nothing, Nothing]) -> HoldsView:
    """Every hold that is in force."""
    with reaching_records():
        return _holds(await Holds(asked.floor.store).all(datetime.now(UTC)))


async def list_erased(asked: Asked[ProofsQuery, Nothing]) -> ProofsView:
    """The proofs of deleted recordings, page by page."""
    query = asked.query
    with reaching_records():
        found = await Erasures(asked.floor.store).proofs(call=query.call, limit=query.limit + 1, before=query.after)
    shown = found[: query.limit]
    return ProofsView(erased=[_proof(one) for one in shown], next=shown[-1].id if len(found) > query.limit else None)


async def list_listenings(asked: Asked[ListeningsQuery, Nothing]) -> ListeningsView:
    """Who has heard what, page by page."""
    query, zone = asked.query, asked.floor.centre.time_zone
    with reaching_records():
        found = await Listenings(asked.floor.store).page(
            who=query.who,
            call=query.call,
            since=query.since and in_zone(query.since, zone),
            until=query.until and in_zone(query.until, zone),
            before=query.after,
            limit=query.limit + 1,
        )
    shown = found[: query.limit]
    return ListeningsView(
        listenings=[_listening(one) for one in shown], next=shown[-1].id if len(found) > query.limit else None
    )


async def _known(asked: Asked[Nothing, HoldOrder] | Asked[Nothing, EraseOrder] | Asked[Nothing, Nothing]) -> str:
    call = asked.path["id"]
    with reaching_records():
        if await asked.floor.store.call(call) is None:
            raise UnknownCall(call)
    return call


def _holds(found: list[Hold]) -> HoldsView:
    return HoldsView(holds=[HoldView(**{name: getattr(one, name) for name in HoldView.model_fields}) for one in found])


def _proof(one: Proof) -> ProofView:
    same = {name: getattr(one, name) for name in ProofView.model_fields if name != "n"}
    return ProofView(n=one.number, **same)


def _listening(one: Listening) -> ListeningView:
    same = {name: getattr(one, name) for name in ListeningView.model_fields if name != "n"}
    return ListeningView(n=one.number, **same)


ENDPOINTS = (
    Endpoint(
        "POST", "/api/calls/{id}/recordings/hold", hold_recordings, Nothing, HoldOrder, HoldsView, errors=(404,),
        role=Role.READER, permission=Permission.ERASE,
    ),
    Endpoint(
        "POST", "/api/calls/{id}/recordings/release", release_recordings, Nothing, Nothing, HoldsView, errors=(404,),
        role=Role.READER, permission=Permission.ERASE,
    ),
    Endpoint(
        "POST", "/api/calls/{id}/recordings/erase", erase_recordings, Nothing, EraseOrder, ErasedView,
        errors=(404, 409, 503), role=Role.READER, permission=Permission.ERASE,
    ),
    Endpoint("GET", "/api/recordings/holds", list_holds, Nothing, Nothing, HoldsView),
    Endpoint("GET", "/api/recordings/erased", list_erased, ProofsQuery, Nothing, ProofsView),
    Endpoint(
        "GET", "/api/recordings/listenings", list_listenings, ListeningsQuery, Nothing, ListeningsView,
        role=Role.ADMINISTRATOR,
    ),
)  # fmt: skip
