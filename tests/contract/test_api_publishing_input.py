"""What a publication through the API is given that cannot be: names, fields, sizes, versions changed on the disk."""

import io
import shutil
from pathlib import Path

import pytest

from cti.http.overlay import BODY_AT_MOST
from tests.contract.fake_floor import BEARER, HOME, open_floor

pytestmark = pytest.mark.contract


@pytest.fixture
def dialplans(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME / "dialplans", tmp_path / "dialplans"))


@pytest.mark.parametrize(
    "name",
    [
        "../../token",
        "/etc/passwd",
        "flows/../../x.yaml",
        "extensions.conf",
        "flows/a/b.yaml",
        "manifest.json",
        "flows/",
    ],
)
async def test_no_name_leads_out_of_a_version(tmp_path: Path, dialplans: Path, name: str) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        async with web.client.get("/api/centre/versions/1/file", params={"name": name}, headers=BEARER) as answer:
            assert (answer.status, (await answer.json())["error"]["id"]) == (404, "unknown-file")
        files = {name: {"text": "x"}}
        _, checked = await web.post("/api/centre/check", {"files": files})
        assert [problem["wrong"] for problem in checked["problems"]] == ["no file of a centre is called so"]
        status, refused = await web.post("/api/centre/versions", {"base": 1, "why": "a way out", "files": files})
        assert (status, refused["error"]["problems"]) == (422, checked["problems"])
        assert {path.name for path in web.floor.folder.versions.root.iterdir() if path.is_dir()} == {"0001"}


async def test_what_does_not_fit_a_request_is_told_by_field(tmp_path: Path, dialplans: Path) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        for path, body, field in (
            ("/api/centre/versions", {"why": "x", "files": {}}, "base"),
            ("/api/centre/versions", {"base": 1, "files": {}}, "why"),
            ("/api/centre/versions", {"base": 1, "why": " ", "files": {}}, "why"),
            ("/api/centre/versions", {"base": 1, "why": "two\nlines", "files": {}}, "why"),
            ("/api/centre/check", {"files": {"centre.yaml": {}}}, "files.centre.yaml"),
            ("/api/centre/check", {"files": {"centre.yaml": {"text": "", "base64": ""}}}, "files.centre.yaml"),
        ):
            status, refused = await web.post(path, body)
            assert (status, refused["error"]["field"]) == (422, field), path
        for path in ("/api/centre/versions/2", "/api/centre/versions/2/file?name=centre.yaml"):
            status, refused = await web.get(path)
            assert (status, refused["error"]["id"]) == (404, "unknown-version")
        assert (await web.get("/api/centre/versions/x"))[0] == 422
        assert (await web.post("/api/centre/check", {"base": 7, "files": {}}))[0] == 404
        large = io.BytesIO(b'{"files": {"sounds/en/a.wav": {"base64": "' + b"A" * BODY_AT_MOST + b'"}}}')
        async with web.client.post("/api/centre/check", data=large, headers=BEARER) as answer:
            assert (answer.status, (await answer.json())["error"]["id"]) == (413, "body-too-large")


async def test_a_version_that_was_changed_on_the_disk_is_told_as_such(tmp_path: Path, dialplans: Path) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        path = web.floor.folder.versions.folder(1) / "centre.yaml"
        path.chmod(0o600)
        path.write_text("centre: Mine\n")
        status, refused = await web.get("/api/centre/versions/1/file?name=centre.yaml")
        assert (status, refused["error"]["id"]) == (500, "versions-damaged")
        assert "centre.yaml: it was changed after publication" in refused["error"]["message"]
        files = {"sounds/en/bell.wav": {"base64": "UklGRg=="}}
        assert (await web.post("/api/centre/versions", {"base": 1, "why": "a bell", "files": files}))[0] == 500
        assert await web.floor.administration.flows(1) is web.floor.centre.flows  # what is in memory serves on
