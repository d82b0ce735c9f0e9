"""`python -m recording.encoding.decode_main FILE`: a recording as a WAV file on standard output, for who serves it to a
program that reads nothing else. A process of its own, low in priority. Ends with 1 where FILE is no audio.
"""

import os
import sys
from pathlib import Path

import soundfile

from recording.encoding.codec import as_wav

NICENESS = 10


def main() -> int:
    """Until all is written, or nobody reads any more."""
    os.nice(NICENESS)
    try:
        for piece in as_wav(Path(sys.argv[1])):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except soundfile.SoundFileError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to be said at the end
    return 0


if __name__ == "__main__":
    sys.exit(main())
