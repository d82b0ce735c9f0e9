"""The encoder's own process: below everybody else, the recorder included. It speaks JSON lines with the recorder that
started it (recording/encoding/encoder.py), and ends with it:

    in   {"raw": path, "target": path, "format": "flac"}
    out  {"bytes": n, "sha256": hex, "pcm_sha256": hex}
         {"error": errno of the operating system, or 0 where the encoder failed; "why": text}
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import soundfile

from recording.encoding.codec import encode
from recording.record import AudioFormat

NICENESS = 19


def answer_to(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order."""
    try:
        return asdict(encode(Path(order["raw"]), Path(order["target"]), AudioFormat(order["format"])))
    except OSError as error:
        return {"error": error.errno or 0, "why": error.strerror or str(error)}
    except soundfile.SoundFileError as error:
        return {"error": 0, "why": str(error)}


def main() -> None:
    """Until nobody asks any more."""
    os.nice(NICENESS)  # more than 19 in all is 19
    # A process that is merely nice may finish its turn when a call's audio is due; this one is interrupted at once.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    for line in sys.stdin:
        print(json.dumps(answer_to(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
