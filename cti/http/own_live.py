"""The WebSocket at /api/own/live: what concerns whoever bears the token, and nothing of the floor. An agent is told
that there is an evaluation to read, a reviewer that there is work, a team leader that there is an appeal.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from cti.access import Holder, Permission, Role
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.errors import reaching_records
from cti.http.live import Watcher
from cti.http.live_socket import Watch, serve
from cti.http.masks import mask_for
from cti.http.views import View
from cti.quality_news import concerns
from recording.quality.evaluations import Evaluation, Phase
from recording.quality.store import EvaluationFilter, Evaluations
from recording.quality.work import TO_DO

DECISIONS_FOR = timedelta(days=7)
"""So long a decision stays in an agent's snapshot: nobody acknowledges it."""
AT_MOST = 100


class OwnEvaluationView(View):
    """An evaluation that an agent may read at /api/quality/own/{id}: released and not yet acknowledged, or decided in
    the last seven days. `due_at`: until then he may appeal, null where he no longer can."""

    id: str
    call: str
    phase: Phase
    released_at: datetime | None
    decided_at: datetime | None
    due_at: datetime | None


class OwnWorkView(View):
    """What a reviewer has to do: `open` evaluations are on his list, `late` of them overdue; `free` are on everybody's.
    None is counted beyond a hundred."""

    open: int
    late: int
    free: int


class OwnSnapshot(View):
    """What waits for one: as an agent `evaluations`, as a reviewer `work` (null: he is none), as a team leader
    `appeals` that nobody has decided (null: he is none)."""

    evaluations: list[OwnEvaluationView]
    work: OwnWorkView | None
    appeals: int | None


async def watch_own(asked: Asked[Nothing, Nothing]) -> web.WebSocketResponse:
    """What concerns you, live, over a WebSocket.

    The token comes in the Authorization header or as the first message. Then: `{"snapshot": …}` with what waits for
    you (OwnSnapshot), and after it `{"fact": name, …}` for each fact that is yours (EvaluationReleased, AppealDecided;
    ReviewWorkGiven for reviewers; EvaluationAppealed for team leaders). Close codes as at /api/live.
    """
    return await serve(asked, lambda holder: True, _opened)


def _opened(asked: Asked[Nothing, Nothing], holder: Holder) -> Watch:
    watching = asked.floor.live.watch(mask_for(asked.floor, holder), partial(concerns, holder), facts_alone=True)

    async def first(_: Watcher) -> AsyncIterator[str]:
        with reaching_records():
            shown = await snapshot(Evaluations(asked.floor.store), holder, datetime.now(UTC))
        yield f'{{"snapshot":{shown.model_dump_json()}}}'

    return Watch(watching, first)


async def snapshot(evaluations: Evaluations, holder: Holder, now: datetime) -> OwnSnapshot:
    """What waits for this holder of a token. Raises SQLAlchemy's errors while the data base is away."""
    return OwnSnapshot(
        evaluations=await _to_read(evaluations, holder.agent, now) if holder.agent else [],
        work=await _work(evaluations, holder, now) if holder.may(Permission.REVIEW) else None,
        appeals=await _appeals(evaluations) if holder.role.includes(Role.FLOOR) else None,
    )


async def _to_read(evaluations: Evaluations, agent: str, now: datetime) -> list[OwnEvaluationView]:
    released = EvaluationFilter(agent=agent, phases=frozenset({Phase.RELEASED}), size=AT_MOST)
    decided = EvaluationFilter(agent=agent, phases=frozenset({Phase.DECIDED}), size=AT_MOST)
    found = [
        *await evaluations.page(released),
        *(one for one in await evaluations.page(decided) if one.decided_at and one.decided_at >= now - DECISIONS_FOR),
    ]
    return [_to_be_read(one) for one in found]


def _to_be_read(one: Evaluation) -> OwnEvaluationView:
    return OwnEvaluationView(**one.model_dump(include=set(OwnEvaluationView.model_fields)))


async def _work(evaluations: Evaluations, holder: Holder, now: datetime) -> OwnWorkView:
    to_do = frozenset(map(Phase, TO_DO))
    own = await evaluations.page(EvaluationFilter(purpose=None, reviewer=holder.name, phases=to_do, size=AT_MOST))
    free = await evaluations.page(EvaluationFilter(reviewer="", phases=frozenset({Phase.DRAWN}), size=AT_MOST))
    late = sum(one.due_at is not None and one.due_at < now for one in own)
    return OwnWorkView(open=len(own), late=late, free=len(free))


async def _appeals(evaluations: Evaluations) -> int:
    return len(await evaluations.page(EvaluationFilter(phases=frozenset({Phase.APPEALED}), size=AT_MOST)))


ENDPOINTS = (
    Endpoint(
        *("GET", "/api/own/live", watch_own, Nothing, Nothing), media="application/json", statuses=(101,), open=True
    ),
)
