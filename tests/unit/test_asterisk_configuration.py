"""Asterisk's configuration is made of templates and the centre, written only where it changes."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cti.accounts import Account, AmiSecrets, Credentials
from cti.asterisk.configuration import FallbackQueue, Plan, render
from cti.asterisk.installation import AsteriskMissing, AsteriskTooOld, Installation, find_installation
from cti.settings import Settings
from ivr.announcements import Announcement, prompt
from ivr.prompts import Prompts

pytestmark = pytest.mark.unit

INSTALLATION = Installation(("asterisk",), "22.10.1", ("astmoddir => /tree/modules",))
PLAN = Plan({"4000": "support", "+86104001": "sales"}, [FallbackQueue("support", 20, 15, "jazz")])


def credentials(name: str = "Li Na") -> Credentials:
    account = Account(agent="1001", name=name, phone="1001", sip_password="password", pin="1234", skills={})
    return Credentials("token", (account,), AmiSecrets(callcenter="c" * 16, monitor="m" * 16))


def rendered(settings: Settings, name: str) -> str:
    return (settings.state / "asterisk/etc" / name).read_text("utf-8")


def test_no_placeholder_is_left_and_nobody_else_may_read(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    names = render(settings, INSTALLATION, credentials(), PLAN)
    assert not [name for name in names if re.search(r"@[a-z_]+@", rendered(settings, name))]
    assert not [name for name in names if (tmp_path / "asterisk/etc" / name).stat().st_mode & 0o077]


def test_a_second_time_nothing_is_written_but_what_changed(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    assert "asterisk.conf" in render(settings, INSTALLATION, credentials(), PLAN)
    assert render(settings, INSTALLATION, credentials(), PLAN) == frozenset()
    moved = settings.model_copy(update={"sip_port": 5070})
    assert render(moved, INSTALLATION, credentials(), PLAN) == {"transports.conf"}
    assert render(moved, INSTALLATION, credentials("Wang Wei"), PLAN) == {"phones.conf"}


def test_the_centres_numbers_and_queues_are_there(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    render(settings, INSTALLATION, credentials(), PLAN)
    numbers = rendered(settings, "centre.conf")
    assert "FALLBACK = support\nFALLBACK_4000 = support\nFALLBACK_+86104001 = sales\n" in numbers
    assert "[support](fallback)\ntimeout = 20\nwrapuptime = 15\nmusicclass = jazz\n" in rendered(
        settings, "queues.conf"
    )
    assert f"[jazz]\nmode = files\ndirectory = {tmp_path}/sounds/music/jazz\n" in rendered(settings, "musiconhold.conf")


def test_the_line_to_agents_outside_and_what_they_are_asked_are_there(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    plan = replace(PLAN, languages=("en",), outside_line="mycarrier", outside_caller_id="02155501000")
    render(settings, INSTALLATION, credentials(), plan)
    sound = Prompts(tmp_path / "sounds/prompts").sound(prompt(Announcement.OUTSIDE_ASK, "en"))
    given = f"OUTSIDE_LINE = mycarrier\nOUTSIDE_CALLER_ID = 02155501000\nOUTSIDE_ASK_en = {sound}\n"
    assert given in rendered(settings, "centre.conf")


def test_a_phone_can_send_callers_to_queues_and_numbers_of_the_centre_and_to_colleagues(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    render(settings, INSTALLATION, credentials(), replace(PLAN, extensions={"7001": "sales"}))
    given = rendered(settings, "centre.conf")
    assert "\nQUEUE_7001 = sales\n" in given
    sent = [f"exten => {number},1,Goto(transferred,${{EXTEN}},1)" for number in ("4000", "+86104001", "7001")]
    assert given.partition("[transfers]\n")[2].splitlines() == [*sent, "include => colleagues"]


def test_a_name_cannot_leave_its_line_or_its_quotes(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    render(settings, INSTALLATION, credentials('王伟 "Bob"; <9> \\'), PLAN)
    assert 'callerid = "王伟 Bob 9 " <1001>\n' in rendered(settings, "phones.conf")


def test_audio_is_bound_to_the_address_of_sip_unless_that_is_every_address(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    render(settings, INSTALLATION, credentials(), PLAN)
    assert "media_address = 127.0.0.1\nbind_rtp_to_media_address = yes\n" in rendered(settings, "pjsip.conf")
    render(settings.model_copy(update={"listen": "0.0.0.0"}), INSTALLATION, credentials(), PLAN)
    assert "media_address" not in rendered(settings, "pjsip.conf")


def test_the_administrators_carriers_are_never_touched(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    render(settings, INSTALLATION, credentials(), PLAN)
    (tmp_path / "carriers.conf").write_text("[mine](carrier)\n")
    render(settings, INSTALLATION, credentials("Wang Wei"), PLAN)
    assert (tmp_path / "carriers.conf").read_text() == "[mine](carrier)\n"


def program(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "asterisk"
    file.write_text(f"#!/bin/sh\necho 'Asterisk {version}'\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize("version", ["20.0.0", "22.10.1+dfsg-1", "certified-20.7-cert2", "certified/20.7-cert2"])
def test_an_asterisk_on_the_path_is_used_from_version_20_on(version: str, tmp_path: Path) -> None:
    program(tmp_path, version)
    assert find_installation(Settings(), tmp_path / "tree", str(tmp_path)).version == version


def test_an_older_one_is_refused_with_the_version_that_would_do(tmp_path: Path) -> None:
    program(tmp_path, "18.26.4")
    with pytest.raises(AsteriskTooOld, match=r"is Asterisk 18\.26\.4; expected 20 or newer"):
        find_installation(Settings(), tmp_path / "tree", str(tmp_path))


def test_without_any_the_error_names_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(AsteriskMissing, match="`make setup` makes one"):
        find_installation(Settings(), tmp_path / "tree", str(tmp_path))


def test_one_named_in_the_settings_must_run(tmp_path: Path) -> None:
    with pytest.raises(AsteriskMissing, match="asterisk does not run"):
        find_installation(Settings(asterisk=tmp_path / "asterisk"))
    with pytest.raises(AsteriskMissing, match="holds no whole Asterisk"):
        find_installation(Settings(asterisk=tmp_path))


@pytest.mark.parametrize(
    ("loader", "libraries"),
    [
        ("usr/lib64/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu"),
        ("usr/lib/ld-linux-aarch64.so.1", "usr/lib/aarch64-linux-gnu"),
    ],
)
def test_a_private_tree_runs_by_its_own_loader_on_every_machine(loader: str, libraries: str, tmp_path: Path) -> None:
    (tmp_path / libraries).mkdir(parents=True)
    program(tmp_path / "usr/sbin", "22.10.1")
    program((tmp_path / loader).parent, "22.10.1").rename(tmp_path / loader)
    found = find_installation(Settings(asterisk=tmp_path))
    assert found.command[:3] == (str(tmp_path / loader), "--library-path", str(tmp_path / libraries))
    assert f"astmoddir => {tmp_path / libraries}/asterisk/modules" in found.directories
