"""Children of a process: forked before it begins or started anew, they live as one expects, and end with it.

Each story is a program of its own: a process that runs tests has threads, and must not fork.
"""

import asyncio
import sys
from pathlib import Path

import pytest

from cti.incumbency import daemon_of
from cti.processes import ended

pytestmark = pytest.mark.contract

TWO_LIVES = """
import asyncio
from cti.children import fork_children, started
from cti.settings import load_settings

MODULE = "tests.contract.echo_process"

async def live():
    child = await started(MODULE, load_settings())
    child.say(b"one\\n")
    print((await child.lines.readline()).decode(), end="")
    await child.end(60)
    child.say(b"nobody hears\\n")
    print(await child.lines.read())

async def main():
    await live()
    await live()

fork_children(MODULE)
asyncio.run(main())
"""

WAITING = """
import os
from cti import children
children.fork_children("tests.contract.echo_process", "cti.recorder_main")
print(*(born.pid for born in children._waiting.values()), flush=True)
input()
os.kill(os.getpid(), 9)
"""

FAILING = """
import os
from cti.processes import fork
def fail():
    raise SystemExit(f"failed with {sorted(os.listdir('/proc/self/fd'))}")
os.pipe()
pid = fork(fail, "cc-test")
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""

SERVING = """
import sys
from pathlib import Path
from cti.incumbency import serving_alone
from cti.processes import fork
with serving_alone(Path(sys.argv[1])):
    fork(lambda: print("child", flush=True) or int(bool(sys.stdin.read())), "cc-test")
    sys.stdin.read()
"""


async def story(text: str, *arguments: str) -> asyncio.subprocess.Process:
    """The program, running."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", text, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def told(text: str, *arguments: str) -> str:
    """All that the program says."""
    async with asyncio.timeout(60):
        said, _ = await (await story(text, *arguments)).communicate(b"")
    return said.decode()


async def test_a_forked_child_and_one_started_anew_hear_and_answer_alike() -> None:
    assert await told(TWO_LIVES) == "ONE\nb''\n" * 2


async def test_children_that_wait_end_when_their_parent_is_killed() -> None:
    parent = await story(WAITING)
    assert parent.stdin is not None
    assert parent.stdout is not None
    async with asyncio.timeout(60):
        children = [int(pid) for pid in (await parent.stdout.readline()).split()]
        parent.stdin.write(b"\n")
        await parent.wait()
        await asyncio.gather(*map(ended, children))
    assert len(children) == 2


async def test_a_forked_child_that_fails_says_why_and_has_no_file_of_its_parents_open() -> None:
    said = await told(FAILING)
    assert said.endswith("\n1\n")
    assert "SystemExit: failed with ['0', '1', '2', '3']" in said  # 3 is the folder it looks at


async def test_a_daemon_is_known_by_its_lock_while_it_lives_and_serves_alone(tmp_path: Path) -> None:
    assert daemon_of(tmp_path) is None
    first = await story(SERVING, str(tmp_path))
    assert first.stdout is not None
    async with asyncio.timeout(60):
        assert await first.stdout.readline() == b"child\n"
    assert daemon_of(tmp_path) == first.pid == int((tmp_path / "daemon.pid").read_text())
    assert "DaemonRuns" in await told(SERVING, str(tmp_path))
    assert daemon_of(tmp_path) == first.pid
    first.kill()
    await first.wait()
    assert daemon_of(tmp_path) is None, "though a child of his may live"
    second = await story(SERVING, str(tmp_path))
    assert second.stdout is not None
    async with asyncio.timeout(60):
        assert await second.stdout.readline() == b"child\n"
        assert daemon_of(tmp_path) == second.pid
        await second.communicate(b"")
