"""Prompts as sounds: made ahead, joined at call time, levelled, recorded. `Prompts` holds what is ready; a call asks
`Utterances`.
"""

from ivr.prompts.errors import (
    PromptError,
    RecordingUnfit,
    SoundsUnwritable,
    SynthesiserMissing,
    SynthesisFailed,
    VoiceMissing,
)
from ivr.prompts.library import Prompts
from ivr.prompts.passing import PassingSounds
from ivr.prompts.replacements import Replacement, Replacements
from ivr.prompts.utterances import Utterances
from ivr.prompts.voices import VOICES, AnyVoice, CommandVoice, HttpVoice, Voice

__all__ = [
    "VOICES",
    "AnyVoice",
    "CommandVoice",
    "HttpVoice",
    "PassingSounds",
    "PromptError",
    "Prompts",
    "RecordingUnfit",
    "Replacement",
    "Replacements",
    "SoundsUnwritable",
    "SynthesisFailed",
    "SynthesiserMissing",
    "Utterances",
    "Voice",
    "VoiceMissing",
]
