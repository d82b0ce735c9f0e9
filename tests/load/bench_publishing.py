"""How soon new calls take a publication, and what it costs those under way: the time from request to answer, before
which the new version holds, and the longest that the daemon's loop stood still meanwhile. An edit of one flow of the
shipped centre that needs no new prompt; no Asterisk takes part, which adds its reading of queues and numbers.

What was measured for comparison is the loop with nothing to do, on the same machine in the same run.
"""

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from cti.memory import settle_down
from cti.processes import favour_the_loop
from tests.contract.fake_floor import HOME, FakeFloor, open_floor
from tests.load.bench import figures, write

PUBLICATIONS = 50
STEP_S = 0.001


class Stalls:
    """Looks at the loop every millisecond; remembers how much later than that it came to look."""

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(STEP_S)
            self.longest_ms = max(self.longest_ms, (time.perf_counter() - begun - STEP_S) * 1000)

    def taken(self) -> float:
        """The longest since it was last asked, milliseconds."""
        longest, self.longest_ms = self.longest_ms, 0.0
        return longest


async def publish(web: FakeFloor, number: int) -> float:
    """An edit of a flow; milliseconds until it is answered, which is after it holds."""
    versions = web.floor.administration.versions
    text = versions.file(number, "flows/hotline.yaml").decode() + f"# {number}\n"
    body = {"base": number, "why": "to measure", "files": {"flows/hotline.yaml": {"text": text}}}
    begun = time.perf_counter()
    status, published = await web.post("/api/centre/versions", body)
    took_ms = (time.perf_counter() - begun) * 1000
    assert (status, published["version"]["number"]) == (200, number + 1)
    assert web.floor.administration.version.number == number + 1
    return took_ms


async def main() -> None:
    """The figures and the file."""
    with tempfile.TemporaryDirectory() as folder:
        dialplans = Path(shutil.copytree(HOME / "dialplans", Path(folder, "dialplans")))
        async with open_floor(Path(folder), dialplans=dialplans) as web:
            favour_the_loop()
            settle_down()
            stalls = Stalls()
            looking = asyncio.create_task(stalls.run())
            took, stood, idle = [], [], []
            for number in range(1, PUBLICATIONS + 1):
                stalls.taken()
                took.append(await publish(web, number))
                stood.append(stalls.taken())
                await asyncio.sleep(took[-1] / 1000)
                idle.append(stalls.taken())
            looking.cancel()
    ours = {"until it holds": figures(took), "longest stall of the loop": figures(stood)}
    path = write("publishing", ours, {"longest stall of an idle loop": figures(idle)}, unit="ms")
    for name, shown in (*ours.items(), ("longest stall of an idle loop", figures(idle))):
        print(f"{name}: median {shown['median_ms']} ms, 99th percentile {shown['p99_ms']} ms")
    print(path)


if __name__ == "__main__":
    asyncio.run(main())
