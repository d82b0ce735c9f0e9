"""The folder of edits: what of it is the centre's, where its edits began, and that none is lost."""

import os
from pathlib import Path

import pytest

from cti.versions.errors import FolderEdited, FolderUnknown
from cti.versions.files import KINDS, MOST_FILES, kind_of, problems_of, read_folder
from cti.versions.folder import Folder
from cti.versions.store import Versions
from ivr.documents import DocumentError
from tests.unit.test_versions import FILES, publish

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with the files of version 1, and other things that are none of ours."""
    folder = Folder(tmp_path / "dialplans", Versions(tmp_path / "versions"))
    publish(folder.versions, FILES)
    folder.take(1)
    for name in ("README.md", "extensions.conf", "flows/hotline.yaml~", "flows/.#hotline.yaml", "traffic/a.yaml"):
        (folder.path / name).parent.mkdir(exist_ok=True)
        (folder.path / name).write_text("not ours")
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "../centre.yaml", "/etc/passwd", "flows/../centre.yaml", "flows//a.yaml", "./centre.yaml", "flows/a/b.yaml", "",
        "flows/.yaml", "flows/a.yml", "flows/a.yaml\n", "flows/a b.yaml", "flows/a\0.yaml", "extensions.conf",
        "sounds/a.wav", "sounds/EN/a.wav", "sounds/en/a.sh", "sounds/../../a.wav", "manifest.json", "flows/-a.yaml",
        "Flows/a.yaml", "flows",
        "flows/" + 65 * "a" + ".yaml", "flows/ä.yaml", "centre.yaml/", "C:\\centre.yaml", "traffic/weekday.yaml",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder_or_to_what_is_not_the_centres(name: str) -> None:
    assert kind_of(name) is None
    [problem] = problems_of({name: b""})
    assert problem.wrong == "no file of a centre is called so"


def test_size_and_number_of_files_have_limits() -> None:
    text = KINDS[0].most_bytes
    assert [problem.wrong for problem in problems_of({"centre.yaml": bytes(text)})] == []
    assert [problem.wrong for problem in problems_of({"centre.yaml": bytes(text + 1)})] == [
        f"{text + 1} bytes are too many"
    ]
    many = {f"flows/a{number}.yaml": b"" for number in range(MOST_FILES + 1)}
    assert [problem.wrong for problem in problems_of(many)] == [f"{MOST_FILES + 1} files are too many"]
    sounds = {f"sounds/en/a{number}.wav": bytes(5 << 20) for number in range(26)}
    assert [problem.wrong for problem in problems_of(sounds)] == [f"{26 * (5 << 20)} bytes in all files are too many"]


def test_only_the_centres_files_are_read(folder: Folder) -> None:
    assert read_folder(folder.path) == FILES


@pytest.mark.parametrize("name", ["centre.yaml", "flows/other.yaml", "flows", "sounds/de", "sounds/en/a.wav"])
def test_a_link_is_refused(folder: Folder, tmp_path: Path, name: str) -> None:
    path = folder.path / name
    if path.is_dir():
        path.rename(tmp_path / "elsewhere")
    path.unlink(missing_ok=True)
    path.symlink_to(tmp_path)
    with pytest.raises(DocumentError) as refused:
        read_folder(folder.path)
    assert [problem.file for problem in refused.value.problems] == [name]


def test_what_is_no_plain_file_or_has_a_name_that_no_file_has_is_told(folder: Folder) -> None:
    os.mkfifo(folder.path / "flows/pipe.yaml")
    (folder.path / "flows/two words.yaml").write_text("flow: x")
    with pytest.raises(DocumentError) as refused:
        read_folder(folder.path)
    assert [(one.file, one.wrong) for one in refused.value.problems] == [
        ("flows/pipe.yaml", "cannot be read: it is no plain file"),
        ("flows/two words.yaml", "no file of a centre is called so"),
    ]


def test_it_is_known_from_which_version_the_edits_began(folder: Folder) -> None:
    assert (folder.base, folder.edits()) == (1, [])
    (folder.path / "centre.yaml").write_bytes(b"centre: D\n")
    (folder.path / "flows/new.yaml").write_bytes(b"flow: new\n")
    assert folder.edits() == ["centre.yaml", "flows/new.yaml"]
    assert Folder(folder.path, Versions(folder.versions.root)).require_base() == 1
    other = Folder(folder.path / "flows", folder.versions)
    with pytest.raises(FolderUnknown, match="nobody knows from which version"):
        other.require_base()
    (folder.versions.root / "folder.json").write_text("{")
    assert folder.base is None


def test_to_take_a_version_loses_no_edit_unless_that_is_wanted(folder: Folder) -> None:
    publish(folder.versions, {"centre.yaml": b"centre: D\n", "flows/night.yaml": b"flow: night\n"})
    (folder.path / "centre.yaml").write_bytes(b"centre: mine\n")
    with pytest.raises(FolderEdited, match=r"never published: centre\.yaml; publish them"):
        folder.take(2)
    assert (folder.path / "centre.yaml").read_bytes() == b"centre: mine\n"
    changed = folder.take(2, discard=True)
    assert changed == ["centre.yaml", "flows/hotline.yaml", "flows/night.yaml", "sounds/en/bell.wav"]
    assert folder.read() == folder.versions.files(2)
    assert folder.base == 2
    assert (folder.path / "README.md").exists()
    assert (folder.path / "flows/hotline.yaml~").exists()


def test_a_folder_that_says_what_some_version_says_can_be_replaced(folder: Folder) -> None:
    publish(folder.versions, {"centre.yaml": b"centre: D\n"})
    (folder.versions.root / "folder.json").unlink()
    assert folder.take(2)
    assert folder.take(1)
    assert folder.take(1) == []


def test_edits_of_files_that_nobody_else_changed_are_kept_when_a_version_is_taken(folder: Folder) -> None:
    theirs = {**FILES, "flows/hotline.yaml": b"flow: theirs\n", "flows/night.yaml": b"flow: night\n"}
    del theirs["sounds/en/bell.wav"]
    publish(folder.versions, theirs)
    (folder.path / "centre.yaml").write_bytes(b"centre: mine\n")
    (folder.path / "flows/mine.yaml").write_bytes(b"flow: mine\n")
    changed = folder.take(2, keep=True)
    assert changed == ["flows/hotline.yaml", "flows/night.yaml", "sounds/en/bell.wav"]
    assert folder.read() == {**theirs, "centre.yaml": b"centre: mine\n", "flows/mine.yaml": b"flow: mine\n"}
    assert (folder.base, folder.edits()) == (2, ["centre.yaml", "flows/mine.yaml"])

    publish(folder.versions, {**theirs, "centre.yaml": b"centre: theirs\n"})
    (folder.path / "flows/night.yaml").unlink()
    with pytest.raises(FolderEdited, match=r"edited here and by others since version 2: centre\.yaml; bring"):
        folder.take(3, keep=True)
    assert folder.base == 2
    (folder.path / "centre.yaml").write_bytes(b"centre: theirs\n")  # both say the same
    assert folder.take(3, keep=True) == []
    assert folder.edits() == ["flows/mine.yaml", "flows/night.yaml"]
