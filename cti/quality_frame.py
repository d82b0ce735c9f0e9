"""By what calls are drawn in this instance: the current version's rules and sheets, its reviewers and its shifts."""

from datetime import datetime, timedelta

from cti.reviewers import reviewers
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.inputs.schedules import Schedules
from recording.quality.draws import DrawFrame
from recording.quality.shifts import shifts_of
from recording.store import Store


async def frame_of(settings: Settings, store: Store) -> DrawFrame | None:
    """None where the centre has no sampling rules. Raises DocumentError, and SQLAlchemy's errors."""
    centre = current_centre(settings)
    if centre.sampling is None:
        return None
    zone = centre.time_zone
    agents = [agent.number for agent in await store.agents(active_only=False)]
    today = datetime.now(zone).date()
    first = min(today.replace(day=1), today - timedelta(days=centre.sampling.look_back_days))
    plan = await Schedules(store, zone).plan(None, first, today)
    return DrawFrame(
        rules=centre.sampling,
        sheets=centre.sheets,
        reviewers=tuple((await reviewers(AccessTokens(store))).values()),
        zone=zone,
        shift_of=shifts_of(plan, agents, first, today, zone),
    )
