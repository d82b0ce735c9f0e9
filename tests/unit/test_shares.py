"""Test processes that run at the same time are not in each other's way."""

import pytest

from tests.shares import share

pytestmark = pytest.mark.unit


def test_no_number_is_that_of_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "3")
    shares = []
    for worker in ("gw0", "gw1", "gw2"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        shares.append(set(share(range(10000, 10100))))
    assert [len(one) for one in shares] == [33, 33, 33]
    assert len(set.union(*shares)) == 99


def test_who_is_alone_has_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    assert share(range(5)) == range(5)
