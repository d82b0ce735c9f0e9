"""The recordings beside the flows, `sounds/<language>/<file>.wav`: whether those that flows name can be played, and
which content each has in this version of the files.
"""

import hashlib
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ivr.documents import Problem
from ivr.flow.graph import sayings
from ivr.flow.model import Flow
from ivr.flow.steps import Recorded
from ivr.prompts.recordings import EXPECTED, LONGEST_MS, SHORTEST_MS

LOOK_S = 20.0
"""So long one file may be looked at."""


def file_of(sounds: Path, piece: Recorded) -> Path:
    """Where the recording lies."""
    return sounds / piece.language / f"{piece.file}.wav"


def identify(flows: Iterable[Flow], sounds: Path) -> Iterator[Problem]:
    """Note in the flows which content their recordings have; yields what is wrong with these."""
    known: dict[Path, str] = {}
    for flow in flows:
        for said in (one for node in flow.nodes.values() for one in sayings(node).values()):
            for language, words in said.items():
                if words.file is None:
                    continue
                file = file_of(sounds, Recorded(words.file, language))
                if file not in known:
                    known[file] = ""
                    if wrong := _fault(file, sounds):
                        yield Problem(str(file), 1, 1, wrong, EXPECTED.removeprefix("expected "))
                        continue
                    known[file] = hashlib.sha256(file.read_bytes()).hexdigest()
                words.identify(known[file])


def recordings(flows: Iterable[Flow], sounds: Path) -> Mapping[Recorded, Path]:
    """Every recording that flows name, and its file."""
    return {
        (piece := Recorded(words.file, language, words.digest)): file_of(sounds, piece)
        for flow in flows
        for node in flow.nodes.values()
        for said in sayings(node).values()
        for language, words in said.items()
        if words.file is not None
    }


def _fault(file: Path, sounds: Path) -> str:
    """What is wrong with it; nothing where it is fine, or where the machine has no program to tell."""
    if not file.resolve().is_relative_to(sounds.resolve()):
        return "leads out of the folder of sounds"
    if not file.is_file():
        return "there is no such recording"
    try:
        asked = subprocess.run(
            ["sox", "--i", "-D", str(file.resolve())], capture_output=True, timeout=LOOK_S, check=True
        )
        length_ms = float(asked.stdout) * 1000
    except FileNotFoundError:
        return ""
    except (subprocess.SubprocessError, ValueError):
        return "this is not audio"
    if not SHORTEST_MS <= length_ms <= LONGEST_MS:
        return f"{length_ms / 1000:.2f} seconds long"
    return ""
