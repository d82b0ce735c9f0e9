"""The web application: all endpoints in one table, what guards them, and nothing of what they do."""

from typing import Any

from aiohttp import web

from cti.floor import Floor
from cti.http import (
    addends,
    agent_log,
    agents,
    alarms,
    callbacks,
    callers,
    calls,
    centre,
    closures,
    costs,
    decisions,
    figures,
    floor_now,
    forecast,
    health,
    live_socket,
    metrics,
    muting,
    openapi,
    outcomes,
    own_calls,
    own_live,
    page,
    parking,
    profiles,
    prompts,
    publishing,
    quality,
    quality_calibrations,
    quality_draws,
    quality_own,
    quality_results,
    quality_reviewers,
    quality_steps,
    quality_told,
    queues,
    reconciliation,
    recorded,
    recording_pauses,
    recordings,
    recordings_kept,
    recordings_search,
    rehearsing,
    report_schedules,
    reports,
    schedules,
    sheets,
    staff,
    transfers,
    versions,
)
from cti.http.endpoints import FLOOR, NOBODY, Endpoint
from cti.http.errors import Handler, Starting, tell_errors
from cti.http.tokens import admit

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    *health.ENDPOINTS,
    *centre.ENDPOINTS,
    *versions.ENDPOINTS,
    *publishing.ENDPOINTS,
    *rehearsing.ENDPOINTS,
    *agents.ENDPOINTS,
    *profiles.ENDPOINTS,
    *agent_log.ENDPOINTS,
    *queues.ENDPOINTS,
    *own_calls.ENDPOINTS,
    *own_live.ENDPOINTS,
    *calls.ENDPOINTS,
    *figures.ENDPOINTS,
    *addends.ENDPOINTS,
    *recordings.ENDPOINTS,
    *recordings_kept.ENDPOINTS,
    *recordings_search.ENDPOINTS,
    *forecast.ENDPOINTS,
    *reports.ENDPOINTS,
    *report_schedules.ENDPOINTS,
    *transfers.ENDPOINTS,
    *parking.ENDPOINTS,
    *muting.ENDPOINTS,
    *reconciliation.ENDPOINTS,
    *recording_pauses.ENDPOINTS,
    *recorded.ENDPOINTS,
    *outcomes.ENDPOINTS,
    *schedules.ENDPOINTS,
    *costs.ENDPOINTS,
    *staff.ENDPOINTS,
    *sheets.ENDPOINTS,
    *callbacks.ENDPOINTS,
    *decisions.ENDPOINTS,
    *callers.ENDPOINTS,
    *quality.ENDPOINTS,
    *quality_steps.ENDPOINTS,
    *quality_told.ENDPOINTS,
    *quality_own.ENDPOINTS,
    *quality_draws.ENDPOINTS,
    *quality_calibrations.ENDPOINTS,
    *quality_results.ENDPOINTS,
    *quality_reviewers.ENDPOINTS,
    *prompts.ENDPOINTS,
    *alarms.ENDPOINTS,
    *closures.ENDPOINTS,
    *floor_now.ENDPOINTS,
    *live_socket.ENDPOINTS,
    *metrics.ENDPOINTS,
    *openapi.ENDPOINTS,
    *page.ENDPOINTS,
)


def make_app(floor: Floor) -> web.Application:
    """The application that serves this floor. It listens to the distributor's facts from now on."""
    app = web.Application(middlewares=[tell_errors])
    app[FLOOR] = floor
    app[metrics.METRICS] = metrics.Metrics(floor)
    app[live_socket.SOCKETS] = set()
    app[openapi.DESCRIPTION] = openapi.Description(ENDPOINTS)
    app.on_shutdown.append(live_socket.close_sockets)
    for endpoint in ENDPOINTS:
        for method in endpoint.methods:
            app.router.add_route(method, endpoint.path, _guarded(endpoint, floor))
    app.on_response_prepare.append(_harden)
    return app


def _guarded(endpoint: Endpoint[Any, Any], floor: Floor) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        holder = NOBODY if endpoint.open else await admit(request, floor.access, endpoint.needs, endpoint.permission)
        if not endpoint.early and not floor.started.is_set():
            raise Starting
        return await endpoint.answer_to(request, holder)

    return guarded


async def _harden(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
