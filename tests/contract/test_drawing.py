"""Pictures drawn by the real graphviz, and by programs in its place that fail in every way it could."""

import asyncio
import os
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cti.commands import main
from cti.graphviz import DrawingError, GraphvizMissing, svg
from ivr.drawing.picture import picture
from ivr.flow.model import Flow

pytestmark = pytest.mark.contract

SVG = "{http://www.w3.org/2000/svg}"
ODD = 'Press <1> & "hash" \\N {x|y}; ]]> --> ' + "业务咨询" * 30


def odd_flow(nodes: int = 1) -> Flow:
    told = {
        f"n{number}": {"kind": "say", "text": {"en": ODD}, "next": f"n{number + 1}" if number < nodes else "end"}
        for number in range(1, nodes + 1)
    }
    end = {"kind": "hangup", "reason": "odd", "text": {"en": ODD}}
    return Flow.model_validate({"flow": "odd", "languages": ("en",), "start": "n1", "nodes": {**told, "end": end}})


def put_in_place_of_dot(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "dot"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


def titles(drawn: str) -> set[str]:
    """What is drawn, by the names the graph gives it."""
    return {title.text or "" for title in ElementTree.fromstring(drawn).iter(f"{SVG}title")}


async def test_a_flow_is_drawn_as_valid_svg_whatever_its_texts_say() -> None:
    drawn = await svg(picture({"odd": odd_flow()}, "odd", numbers=["4000"]))
    assert {"number/4000", "odd/n1", "odd/end", "number/4000->odd/n1", "odd/n1->odd/end"} <= titles(drawn)
    said = " ".join(text.text or "" for text in ElementTree.fromstring(drawn).iter(f"{SVG}text"))
    assert '“Press <1> & "hash" ∖N {x|y};' in " ".join(said.split())


async def test_a_flow_of_hundreds_of_nodes_is_drawn() -> None:
    assert len(titles(await svg(picture({"odd": odd_flow(300)}, "odd")))) > 600


def test_the_command_draws_a_flow_a_number_and_the_whole_centre(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dialplan", "draw", "hotline"]) == 0
    hotline = capsys.readouterr().out
    assert "number/4000" in titles(hotline)
    file = tmp_path / "picture.svg"
    assert main(["dialplan", "draw", "4000", "--language", "en", "--out", str(file)]) == 0
    assert capsys.readouterr().out == f"Drawn: {file}\n"
    assert titles(file.read_text()) == titles(hotline)
    assert main(["dialplan", "draw"]) == 0
    assert "number/4000->flow/hotline" in titles(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "error_id"),
    [
        (("9999",), "nothing-to-draw"),
        (("hotline", "--language", "xx"), "nothing-to-draw"),
        (("hotline", "--out", "/nowhere/picture.svg"), "bad-input"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_its_id(
    arguments: tuple[str, ...], error_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dialplan", "draw", *arguments]) == 2
    assert capsys.readouterr().err.endswith(f"[{error_id}]\n")


def test_without_graphviz_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["dialplan", "draw", "hotline"]) == 1
    said = capsys.readouterr().err
    assert "apt-get install -y graphviz" in said
    assert said.endswith("[graphviz-missing]\n")
    with pytest.raises(GraphvizMissing):
        asyncio.run(svg("digraph {}"))


async def test_a_program_that_fails_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DrawingError, match=r"dot failed: .*syntax error"):
        await svg("digraph {")
    put_in_place_of_dot(tmp_path, "cat >/dev/null; exit 3", monkeypatch)
    with pytest.raises(DrawingError, match="dot failed: exit code 3"):
        await svg("digraph {}")


async def test_a_program_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place_of_dot(tmp_path, "exec sleep 600", monkeypatch)
    with pytest.raises(DrawingError, match=r"took longer than 0\.2 s"):
        await svg("digraph {}", time_limit_s=0.2)
