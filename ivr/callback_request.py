"""Hands a caller's wish to be called back to the call-backs, which refuse what their rules do not allow. A number that
he keys can be meant to cost the centre money: it passes the toll guard first.
"""

import structlog

from ivr.caller import Caller
from ivr.desk import Desk
from ivr.flow.steps import CallbackTaken, RequestCallback
from ivr.toll_guard import refusal

log = structlog.get_logger()


async def request_callback(
    desk: Desk, caller: Caller, step: RequestCallback, language: str, entered_ms: int
) -> CallbackTaken:
    """He stands in the queue from now on, as if since `entered_ms`; his own points of priority count."""
    if desk.callbacks is None or step.queue not in desk.distributor.router.queues:
        return CallbackTaken(taken=False)
    outside = desk.outside()
    ours, allow = desk.find(step.number) is not None, outside.allow if outside else None
    if error := refusal(step.number, written=step.number == caller.number, ours=ours, allow=allow):
        log.info("callback-refused", error_id=error, queue=step.queue)
        return CallbackTaken(taken=False)
    known = await desk.known(caller.linkedid)
    taken = desk.callbacks.request(
        caller.linkedid,
        step.number,
        step.queue,
        entered_ms=entered_ms,
        priority=step.priority + (known.priority if known is not None else 0),
        skills=step.skills,
        requires=step.requires,
        data=step.data,
        language=language,
    )
    return CallbackTaken(taken)
