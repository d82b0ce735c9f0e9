"""The directory of callers: by the API, and on the command line."""

from pathlib import Path

import pytest

from tests.contract.command_line import callcenter
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor

pytestmark = pytest.mark.contract


async def put(web: FakeFloor, number: str, **given: object) -> tuple[int, dict[str, object]]:
    async with web.client.put(f"/api/callers/{number}", json=given, headers=BEARER) as answer:
        return answer.status, await answer.json()


async def test_a_caller_is_put_shown_listed_and_removed_however_his_number_is_written(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, entry = await put(
            web, "139 0000 0001", name="Ma", priority=3, agent="1001", note="Pays late.", language="en", open_case="C-7"
        )
        assert (status, entry["language"], entry["open_case"]) == (200, "en", "C-7")
        assert await web.get(f"/api/callers/{entry['number']}") == (200, entry)
        assert await web.get("/api/callers/139-0000-0001") == (200, entry)
        await put(web, "13900000002")
        _, page = await web.get("/api/callers?limit=1")
        assert (page["callers"], page["next"]) == ([entry], entry["number"])
        _, page = await web.get(f"/api/callers?after={page['next']}")
        assert ([one["name"] for one in page["callers"]], page["next"]) == ([""], None)
        async with web.client.delete("/api/callers/13900000001", headers=BEARER) as answer:
            assert await answer.json() == entry
        status, answer = await web.get("/api/callers/13900000001")
        assert (status, answer["error"]["id"]) == (404, "unknown-caller")


@pytest.mark.parametrize(
    ("number", "given", "field"),
    [
        ("13900000001", {"priority": 101}, "priority"),
        ("13900000001", {"agent": "4711"}, "agent"),
        ("13900000001", {"colour": "red"}, "colour"),
        ("13900000001", {"language": "fr"}, "language"),
        ("anonymous", {}, "number"),
        ("1" * 30, {}, "number"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_field(
    tmp_path: Path, number: str, given: dict[str, object], field: str
) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await put(web, number, **given)
        assert (status, answer["error"]["field"]) == (422, field)  # type: ignore[index]


async def test_callers_are_set_listed_imported_and_removed_without_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path):
        pass  # its agents are in the data base
    assert await callcenter("callers", "set", "139-0000-0001", "--name", "马云", "--priority", "3") == 0
    assert (
        await callcenter("callers", "set", "13900000001", "--agent", "1002", "--open-case", "C-7", "--language", "cmn")
        == 0
    )
    capsys.readouterr()
    assert await callcenter("callers") == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["NUMBER", "NAME", "PRIORITY", "AGENT", "NOTE", "OPEN", "CASE", "LANGUAGE"]
    assert line.split()[1:] == ["马云", "3", "1002", "C-7", "cmn"]
    file = tmp_path / "callers.csv"
    file.write_text('\ufeffnumber,name,priority,note\r\n13900000002,"Li, Na",2,VIP\r\n13900000003,Wang,,\r\n', "utf-8")
    assert await callcenter("callers", "import", str(file)) == 0
    assert capsys.readouterr().out == "2 callers are known.\n"
    assert await callcenter("callers", "list") == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert await callcenter("callers", "remove", "13900000002") == 0
    assert await callcenter("callers", "remove", "13900000002") == 1
    assert capsys.readouterr().err.endswith("[unknown-caller]\n")
    assert await callcenter("callers", "set", "anonymous") == 2
    assert await callcenter("callers", "set", "13900000001", "--agent", "4711") == 2
    assert await callcenter("callers", "set", "13900000001", "--language", "fr") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nMa\n", ":1: expected a header line with number"),
        ("number,colour\n1,red\n", ":1: expected a header line with number"),
        ("number,name\n13900000001\n", ":2: expected as many values"),
        ("number,name\n13900000001,Ma,3\n", ":2: expected as many values"),
        ("number\nnobody\n", ":2: number 'nobody'"),
        ("number,priority\n13900000001,high\n13900000002,101\n", ":3: priority '101'"),
        ("number\n13900000001\n139 0000 0001\n", ":3: this number stands in line 2 already"),
        ("number,agent\n13900000001,4711\n", "there is no agent 4711"),
        ("number,language\n13900000001,fr\n", ":2: language 'fr'; expected one of: cmn, en, or nothing"),
        (b"number\n\xff\n", "expected a CSV file in UTF-8"),
    ],
)
async def test_a_file_that_does_not_fit_is_refused_whole_with_its_lines(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | bytes,
    said: str,
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    file = tmp_path / "callers.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    assert await callcenter("callers", "import", str(file)) == 2
    assert said in capsys.readouterr().err
    assert await callcenter("callers", "list") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
