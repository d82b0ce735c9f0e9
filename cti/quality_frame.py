"""By what calls are drawn in this instance: the current version's rules and sheets, its reviewers and its shifts."""

from calendar import monthrange
from datetime import datetime, timedelta

from cti.reviewers import reviewers
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.inputs.schedules import Schedules
from recording.quality.absences import Absences
from recording.quality.draws import SHIFT_DRAWN_BEFORE, DrawFrame
from recording.quality.shifts import drawable_days, shifts_of
from recording.store import Store


async def frame_of(settings: Settings, store: Store) -> DrawFrame | None:
    """None where the centre has no sampling rules. Raises DocumentError, and SQLAlchemy's errors."""
    centre = current_centre(settings)
    if centre.sampling is None:
        return None
    zone = centre.time_zone
    agents = [agent.number for agent in await store.agents(active_only=False)]
    today = datetime.now(zone).date()
    month_end = today.replace(day=monthrange(today.year, today.month)[1])
    first = min(today.replace(day=1), today - timedelta(days=centre.sampling.look_back_days)) - SHIFT_DRAWN_BEFORE
    plan = await Schedules(store, zone).plan(None, first, month_end)
    return DrawFrame(
        rules=centre.sampling,
        sheets=centre.sheets,
        reviewers=tuple((await reviewers(AccessTokens(store))).values()),
        zone=zone,
        shift_of=shifts_of(plan, agents, first, today, zone),
        planned=drawable_days(plan, agents, today),
        absent=await Absences(store).on(today),
    )
