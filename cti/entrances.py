"""Where callers enter: the flow of a dialled number in the version that holds, and for who began in an older one, the
flows of that.
"""

from collections.abc import Mapping

import structlog

from cti.administration import Administration
from cti.versions.errors import VersionError
from ivr.documents import DocumentError
from ivr.flow.model import Flow
from ivr.prompts import PromptError
from ivr.published import Entrance, Published

log = structlog.get_logger()


def entrances(administration: Administration) -> Published:
    """Those of this centre, now and after each publication."""

    def entrance(dialled: str) -> Entrance:
        centre = administration.centre
        number = centre.numbers[dialled]
        return Entrance(centre.flows, number.flow, administration.version.number, number.fallback)

    async def flows_of(version: int) -> Mapping[str, Flow] | None:
        """None where they cannot be had, so that he goes on in those of now."""
        try:
            return await administration.flows(version)
        except (VersionError, DocumentError, PromptError, OSError) as error:
            log.error("version-unusable", error_id=getattr(error, "id", "os-error"), version=version, detail=str(error))
            return None

    return Published(entrance, flows_of)
