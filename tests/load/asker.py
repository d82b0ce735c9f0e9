"""Somebody who asks the API for one thing again and again: a process of its own that gives way to all others, as on a
machine of its own it would, and keeps nothing of what it is sent.

    python -m tests.load.asker http://127.0.0.1:8080/api/reports/month < token

For each answer a line with its status and the milliseconds it took.
"""

import http.client
import sys
import time
from urllib.parse import urlsplit

from cti.processes import NICENESS, give_way

PIECE = 256 * 1024
REFUSED_WAIT_S = 1.0


def main() -> None:
    """Until it is ended, or nobody listens."""
    give_way(NICENESS)
    url, token = urlsplit(sys.argv[1]), sys.stdin.readline().strip()
    connection = http.client.HTTPConnection(url.netloc)
    while True:
        began = time.perf_counter()
        connection.request("GET", f"{url.path}?{url.query}", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        while answer.read(PIECE):
            pass
        print(answer.status, (time.perf_counter() - began) * 1000, flush=True)
        if answer.status != http.client.OK:
            time.sleep(REFUSED_WAIT_S)


if __name__ == "__main__":
    main()
