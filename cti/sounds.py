"""The folders of an instance's sounds, and who speaks in them: the ready ones, those made for one call, recordings."""

from collections.abc import Callable

from cti.settings import Settings
from ivr.prompts import PassingSounds, Prompts, Replacements, Utterances


def ready_sounds(settings: Settings) -> Prompts:
    """What is made ahead."""
    folder = settings.state / "sounds"
    return Prompts(folder / "prompts", settings.speakers, Replacements(folder / "replacements"))


def passing_sounds(settings: Settings) -> PassingSounds:
    """What is made for one call."""
    return PassingSounds(settings.state / "sounds/callers")


def utterances(
    settings: Settings, ready: Prompts, passing: PassingSounds, announced: Callable[[str], str]
) -> Utterances:
    """What a call asks."""
    return Utterances(ready, passing, announced=announced, time_limit_s=settings.speech_s)
