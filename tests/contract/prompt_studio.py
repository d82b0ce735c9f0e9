"""A studio for prompts without a synthesiser."""

from pathlib import Path

from acd.distributor import Distributor
from ivr.prompt_recording import PromptRecording
from ivr.prompts import Prompts
from ivr.prompts.catalogue import Catalogue
from ivr.prompts.studio import Studio


def studio_of(distributor: Distributor, folder: Path) -> Studio:
    """A studio in this folder; its catalogue is empty."""
    return Studio(
        distributor=distributor,
        prompts=Prompts(folder / "prompts"),
        catalogue=Catalogue(folder / "numbers.json"),
        folder=folder / "drafts",
    )


def no_recording(distributor: Distributor) -> PromptRecording:
    """What serves a star code that nobody dials."""
    return PromptRecording(studio=studio_of(distributor, Path("none")), administrators=lambda: (), beep="beep")
