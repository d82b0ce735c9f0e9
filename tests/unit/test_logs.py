"""The log's last line of defence: what cannot be written is lost, not thrown."""

import os

import pytest

from cti.logs import Unfailing

pytestmark = pytest.mark.unit


def test_a_line_is_written_whatever_it_holds() -> None:
    reader, writer = os.pipe()
    Unfailing(writer).write("周 \udcff\n")
    os.close(writer)
    with open(reader, "rb") as written:
        assert written.read() == "周 \\udcff\n".encode()


def test_a_log_that_nobody_takes_any_more_raises_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    assert Unfailing(writer).write("lost\n") == 5
    os.close(writer)
    assert Unfailing(writer).write("lost\n") == 5
