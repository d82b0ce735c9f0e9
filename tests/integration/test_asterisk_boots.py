"""The private Asterisk comes up from our configuration, keeps to loopback, outlives its owner and is found again."""

import re

import pytest

from cti.asterisk.process import AsteriskFailed, AsteriskProcess
from cti.recorder_main import reopen_logs
from recording.series import Series
from tests.integration.asterisk_fixture import RunningAsterisk

pytestmark = pytest.mark.integration


async def test_it_boots_without_an_error_or_a_warning(asterisk: RunningAsterisk) -> None:
    log = (asterisk.folder / "log/messages").read_text("utf-8")
    assert [line for line in log.splitlines() if re.search(r"\b(ERROR|WARNING)\[", line)] == []


async def test_every_module_it_was_asked_for_runs(asterisk: RunningAsterisk) -> None:
    asked = set(re.findall(r"^load = (\S+)", (asterisk.folder / "etc/modules.conf").read_text("utf-8"), re.MULTILINE))
    lines = (await asterisk.console("module show")).splitlines()
    running = {line.split()[0] for line in lines if " Running " in line}
    assert asked - running == set()


async def test_phones_lines_queues_and_music_are_there(asterisk: RunningAsterisk) -> None:
    endpoints = await asterisk.console("pjsip show endpoints")
    assert set(re.findall(r"Endpoint:  (\w+)", endpoints)) == {"1001", "1002", "1003", "1004", "line"}
    queues = await asterisk.console("queue show")
    assert set(re.findall(r"^(\w+) has 0 calls", queues, re.MULTILINE)) == {"sales", "support"}
    assert "Directory: " + str(asterisk.settings.state) in await asterisk.console("moh show classes")


async def test_it_hears_nothing_beyond_loopback(asterisk: RunningAsterisk) -> None:
    transports = await asterisk.console("pjsip show transports")
    assert set(re.findall(r"([0-9.]+):\d+", transports)) == {"127.0.0.1"}
    assert f"127.0.0.1:{asterisk.settings.ami_port}" in await asterisk.console("manager show settings")
    for endpoint in ("line", "1001"):
        audio = await asterisk.console(f"pjsip show endpoint {endpoint}")
        assert re.search(r"media_address +: 127\.0\.0\.1$", audio, re.MULTILINE)
        assert re.search(r"bind_rtp_to_media_address +: true$", audio, re.MULTILINE)


async def test_its_secrets_are_its_owners_alone(asterisk: RunningAsterisk) -> None:
    etc = asterisk.folder / "etc"
    assert {path.name for path in etc.iterdir() if path.stat().st_mode & 0o077} == set()


async def test_another_owner_finds_it_running_and_can_stop_it(asterisk: RunningAsterisk) -> None:
    adopted = AsteriskProcess(asterisk.settings, asterisk.installation)
    assert adopted.pid == asterisk.process.pid
    assert "System name:                 node1" in await adopted.command("core show settings")
    await adopted.stop()
    await asterisk.process.wait()
    assert AsteriskProcess(asterisk.settings, asterisk.installation).pid is None


async def test_a_log_that_was_moved_aside_is_opened_anew(asterisk: RunningAsterisk) -> None:
    log = Series(asterisk.folder / "log/messages")
    assert log.move_aside()
    await reopen_logs(asterisk.settings)
    assert log.path.exists()
    await asterisk.process.stop()
    await reopen_logs(asterisk.settings)  # nobody to tell: no error


async def test_one_that_cannot_come_up_says_why(asterisk: RunningAsterisk) -> None:
    await asterisk.process.stop()
    folder = asterisk.folder / "etc/asterisk.conf"
    folder.write_text(
        folder.read_text("utf-8").replace(f"astdbdir => {asterisk.folder}/lib", "astdbdir => /proc/nowhere")
    )
    with pytest.raises(AsteriskFailed, match="Unable to open Asterisk database"):
        await asterisk.process.start()
    assert asterisk.process.pid is None


async def test_a_pid_file_of_another_program_is_not_believed(asterisk: RunningAsterisk) -> None:
    await asterisk.process.stop()
    (asterisk.folder / "run/asterisk.pid").write_text("1\n")
    assert AsteriskProcess(asterisk.settings, asterisk.installation).pid is None
