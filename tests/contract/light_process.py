"""What a process that makes reports says, without making any: for tests of those who ask it. An order {"say": …} is
answered with that text, {"refuse": …} with an error of that id, {"die": …} not at all, {"tear": …} by half, and
{"wait": …} never. Imports next to nothing, so that it starts at once.
"""

import json
import sys
import time


def main() -> None:
    """Answer line by line."""
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        ((what, text),) = json.loads(line).items()
        match what:
            case "refuse":
                message = {"error": {"id": text, "message": "no", "status": 422, "field": "at"}}
                out.write(json.dumps(message).encode() + b"\n")
            case "wait":
                time.sleep(600)
            case "die":
                return
            case _:
                out.write(json.dumps({"media": "text/plain", "name": "a.txt"}).encode() + b"\n")
                out.write(len(text).to_bytes(4, "big") + text.encode())
                if what == "tear":
                    out.write(b"\0\0")
                    return
                out.write(bytes(4))
        out.flush()


if __name__ == "__main__":
    main()
