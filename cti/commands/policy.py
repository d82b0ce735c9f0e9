"""The centre's queues as a day is played to them: what the daemon gives its router, from the same files."""

from acd.simulation.policy import Policy
from cti.centre import Centre
from cti.queues_file import settings_of


def policy_of(centre: Centre) -> Policy:
    """All its queues, and their hours."""
    return Policy(
        [settings_of(name, queue) for name, queue in centre.queues.items()],
        {name: hours for name, hours in centre.service_hours().items() if hours is not None},
    )
