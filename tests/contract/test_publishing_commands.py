"""`callcenter dialplan publish`, `history`, `diff`, `rollback` and `take`, through a running service and on the files
where none runs; and `callcenter tokens`.
"""

import shutil
from pathlib import Path

import pytest

from cti.settings import load_settings
from cti.versions.errors import VersionsDamaged
from cti.versions.start import serving, start, versions_of
from ivr.prompts import Prompts
from tests.contract.command_line import callcenter, reach
from tests.contract.fake_floor import HOME, open_floor
from tests.contract.test_api_publishing import edit, refuses

pytestmark = pytest.mark.contract

Said = pytest.CaptureFixture[str]


async def _spoken(self: Prompts, prompts: object, *_: object) -> int:
    """Nothing is heard here, so nothing need be spoken."""
    return 0


@pytest.fixture(autouse=True)
def dialplans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of edits and a state folder of one's own, with no service yet."""
    folder = Path(shutil.copytree(HOME / "dialplans", tmp_path / "dialplans"))
    state = tmp_path / "state"
    state.mkdir()
    monkeypatch.setattr(Prompts, "make", _spoken)
    monkeypatch.setenv("CALLCENTER_STATE", str(state))
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(folder))
    monkeypatch.setenv("CALLCENTER_HTTP_PORT", "1")
    return folder


async def test_a_publication_tells_names_that_nobody_has_and_is_refused_with_strict(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    rules = "rules: {some: {sheet: hotline, where: {teams: [nowhere]}, one_in: 1}}\n"
    warning = f'warning: {dialplans}/quality/sampling.yaml:1:48: unknown team "nowhere"'
    async with open_floor(tmp_path / "state", dialplans=dialplans) as web:
        reach(web, tmp_path / "state", monkeypatch)
        assert await callcenter("quality", "list") == 0  # there is a data base
        (dialplans / "quality" / "sampling.yaml").write_text(rules)
        assert await callcenter("dialplan", "publish", "--why", "samples", "--strict") == 2
        assert warning in capsys.readouterr().err
        assert web.floor.administration.versions.current == 1
        assert await callcenter("dialplan", "publish", "--why", "samples") == 0
        assert warning in capsys.readouterr().err
        assert web.floor.administration.versions.current == 2


async def test_through_the_service_versions_are_published_compared_and_taken_back(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    async with open_floor(tmp_path / "state", dialplans=dialplans) as web:
        reach(web, tmp_path / "state", monkeypatch)
        assert await callcenter("dialplan", "diff") == 0
        assert capsys.readouterr().out == "There is no difference.\n"
        assert await callcenter("dialplan", "publish", "--why", "nothing") == 1
        assert "[nothing-to-publish]" in capsys.readouterr().err
        edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 25")
        assert await callcenter("dialplan", "diff") == 0
        told = capsys.readouterr().out.splitlines()
        assert told[:4] == ["queue sales changed", "", "--- queues.yaml", "+++ queues.yaml"]
        assert "+    ring_s: 25" in told
        assert await callcenter("dialplan", "publish", "--why", "ring longer", "--by", "Wang") == 0
        assert capsys.readouterr().out.endswith("Version 2 holds.\n  queue sales changed\n")
        assert web.floor.distributor.router.queues["sales"].settings.ring_ms == 25_000

        assert await callcenter("dialplan", "rollback", "--why", "too long", "--by", "Li") == 0
        assert capsys.readouterr().out.endswith("Version 3 holds.\n  queue sales changed\n")
        assert web.floor.distributor.router.queues["sales"].settings.ring_ms == 20_000
        assert await callcenter("dialplan", "history", "--limit", "2") == 0
        head, third, second = capsys.readouterr().out.splitlines()
        assert head.split() == ["VERSION", "TIME", "BY", "WHY"]
        assert (third.split()[0], third.split("Li")[1].strip()) == ("3*", "too long (back to version 1)")
        assert (second.split()[0], second.split("Wang")[1].strip()) == ("2", "ring longer")
        assert await callcenter("dialplan", "diff", "1", "3") == 0
        assert capsys.readouterr().out == "There is no difference.\n"
        assert await callcenter("dialplan", "diff", "2") == 0  # the folder is as version 2 said
        assert capsys.readouterr().out == "There is no difference.\n"


async def test_an_edit_that_began_before_others_published_is_refused_until_both_are_brought_together(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    async with open_floor(tmp_path / "state", dialplans=dialplans) as web:
        reach(web, tmp_path / "state", monkeypatch)
        files = {"sounds/en/bell.wav": {"base64": "UklGRg=="}}
        await web.post("/api/centre/versions", {"base": 1, "why": "a bell", "by": "Li", "files": files})
        edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 25")
        assert await callcenter("dialplan", "publish", "--why", "ring longer") == 1
        refused = capsys.readouterr().err
        assert "version 2 by Li" in refused
        assert "callcenter dialplan diff 1 2" in refused
        assert refused.endswith("[version-superseded]\n")
        assert await callcenter("dialplan", "take") == 1
        assert "holds edits that were never published: queues.yaml" in capsys.readouterr().err
        assert await callcenter("dialplan", "take", "--keep") == 0
        assert capsys.readouterr().out.splitlines() == [
            f"{dialplans} is as version 2 says, with your edits.",
            "  sounds/en/bell.wav",
        ]
        (dialplans / "sounds/en/bell.wav").unlink()
        assert await callcenter("dialplan", "publish", "--why", "ring longer", "--by", "Wang") == 0
        assert capsys.readouterr().out.splitlines()[-2:] == ["  queue sales changed", "  sound en/bell removed"]
        assert await callcenter("dialplan", "rollback", "2", "--why", "not so") == 0
        assert await callcenter("dialplan", "take") == 0
        assert capsys.readouterr().out.splitlines()[-3:] == [
            f"{dialplans} is as version 4 says.",
            "  queues.yaml",
            "  sounds/en/bell.wav",
        ]
        assert "ring_s: 20" in (dialplans / "queues.yaml").read_text("utf-8")
        edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 30")
        assert await callcenter("dialplan", "take", "1", "--discard") == 0
        assert "Version 4 is current" in capsys.readouterr().out


async def test_what_the_service_refuses_is_told_and_changes_nothing(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    async with open_floor(tmp_path / "state", dialplans=dialplans) as web:
        reach(web, tmp_path / "state", monkeypatch)
        edit(dialplans / "queues.yaml", "skills: {sales: 1}", "skills: {sale: 1}")
        assert await callcenter("dialplan", "publish", "--why", "a typo") == 2
        assert "queues.yaml:10:14: unknown skill" in capsys.readouterr().err
        edit(dialplans / "queues.yaml", "skills: {sale: 1}", "skills: {sales: 2}")
        refuses(web)
        assert await callcenter("dialplan", "publish", "--why", "better") == 1
        assert "the centre is as it was before" in capsys.readouterr().err
        assert versions_of(load_settings()).current == 1


async def test_where_no_service_runs_the_files_themselves_are_published(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    for command in (("history",), ("diff",), ("rollback", "--why", "x"), ("take",)):
        assert await callcenter("dialplan", *command) == 1
        assert capsys.readouterr().err.endswith("[nothing-published]\n")
    assert await callcenter("dialplan", "publish", "--why", "the beginning", "--by", "Wang") == 0
    assert capsys.readouterr().out.splitlines()[0] == "Version 1 holds."
    versions = versions_of(load_settings())
    assert (versions.manifest(1).by, versions.manifest(1).why) == ("Wang", "the beginning")
    assert await callcenter("dialplan", "rollback", "--why", "before the beginning") == 1

    edit(dialplans / "queues.yaml", "skills: {sales: 1}", "skills: {sale: 1}")
    assert await callcenter("dialplan", "publish", "--why", "a typo") == 2
    assert f"{dialplans}/queues.yaml:10:14: unknown skill" in capsys.readouterr().err
    edit(dialplans / "queues.yaml", "skills: {sale: 1}", "skills: {sales: 2}")
    edit(dialplans / "flows/hotline.yaml", "Thank you for calling.", "So long.")
    assert await callcenter("dialplan", "publish", "--why", "shorter") == 1
    assert capsys.readouterr().err.endswith("[conversations-failed]\n")
    assert await callcenter("dialplan", "publish", "--why", "shorter", "--untested") == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "Version 2 holds."
    assert said.endswith("The service does not run; it starts with this version.\n")
    assert await callcenter("dialplan", "rollback", "--why", "longer") == 0
    async with open_floor(tmp_path / "state", dialplans=dialplans) as web:
        assert web.floor.administration.version.number == 3
        assert web.floor.distributor.router.queues["sales"].settings.skills == {"sales": 1}


async def test_nothing_is_published_past_a_daemon_that_does_not_answer(dialplans: Path, capsys: Said) -> None:
    settings = load_settings()
    start(settings)
    edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 25")
    with serving(settings):
        assert await callcenter("dialplan", "publish", "--why", "ring longer") == 1
        assert capsys.readouterr().err.endswith("[daemon-serving]\n")
        assert versions_of(settings).current == 1
    assert await callcenter("dialplan", "publish", "--why", "ring longer") == 0


async def test_a_folder_of_which_nobody_knows_where_its_edits_began_wants_that_said(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    start(load_settings())
    other = shutil.copytree(dialplans, tmp_path / "other")
    edit(Path(other, "queues.yaml"), "ring_s: 20", "ring_s: 25")
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(other))
    assert await callcenter("dialplan", "publish", "--why", "ring longer") == 1
    assert capsys.readouterr().err.endswith("[folder-unknown]\n")
    assert await callcenter("dialplan", "publish", "--why", "ring longer", "--base", "1") == 0


async def test_a_version_that_was_damaged_is_made_good_by_another_publication(dialplans: Path, capsys: Said) -> None:
    settings = load_settings()
    versions = versions_of(settings)
    start(settings)
    path = versions.folder(1) / "queues.yaml"
    path.chmod(0o600)
    path.write_text("queues: {}\n")
    with pytest.raises(VersionsDamaged, match=r"queues\.yaml: it was changed after publication"):
        start(settings)
    assert await callcenter("dialplan", "publish", "--why", "from the folder again") == 0
    assert capsys.readouterr().out.startswith("Version 2 holds.\n")
    assert start(settings).version.number == 2


async def test_tokens_are_made_shown_once_listed_and_taken_back(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    async with open_floor(tmp_path / "state", dialplans=dialplans) as web:
        assert await callcenter("tokens", "add", "Wang Fang", "--role", "administrator") == 0
        token = capsys.readouterr().out.split()[-1]
        headers = {"Authorization": f"Bearer {token}"}
        assert (await web.get("/api/centre/versions", headers=headers))[0] == 200
        for name in ("Wang Fang", "owner"):
            assert await callcenter("tokens", "add", name, "--role", "reader") == 1
            assert capsys.readouterr().err.endswith("[token-known]\n")
        assert await callcenter("tokens", "revoke", "Wang Fang") == 0
        assert (await web.get("/api/centre/versions", headers=headers))[0] == 401
        assert await callcenter("tokens", "revoke", "Wang Fang") == 1
        assert capsys.readouterr().err.endswith("[unknown-token]\n")
        assert await callcenter("tokens") == 0
        head, row = capsys.readouterr().out.splitlines()
        assert head.split() == ["NAME", "ROLE", "AGENT", "MAY", "MADE", "REVOKED"]
        assert row.split()[:5] == ["Wang", "Fang", "administrator", "-", "-"]
        assert token not in row


async def test_the_very_first_publication_is_held_against_the_conversations_too(dialplans: Path, capsys: Said) -> None:
    edit(dialplans / "conversations" / "hotline.yaml", "queue: sales", "queue: support")
    assert await callcenter("dialplan", "publish", "--why", "the beginning") != 0
    assert "[conversations-failed]" in capsys.readouterr().err
    assert await callcenter("dialplan", "history") == 1
    assert "[nothing-published]" in capsys.readouterr().err
    assert await callcenter("dialplan", "publish", "--why", "the beginning", "--untested") == 0
    assert "Version 1 holds." in capsys.readouterr().out
