"""What holds for every test: no test fails because the machine was slow, or because another ran beside it."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from cti.simulation import ports
from tests.dealing import dealt
from tests.shares import processes, share

gc.disable()  # while tests are collected: next to nothing becomes rubbish, and to look for it takes a fifth of the time

settings.register_profile("house", deadline=None)
settings.load_profile("house")

_ours = share(range(ports.FIRST, ports.LAST + 1))
ports.FIRST, ports.LAST = _ours[0], _ours[-1]


@pytest.hookimpl(trylast=True)  # after pytest has put together those that share what is slow to make
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = dealt(items, processes(), kind=_kind, module=lambda item: item.path.stem)


def _kind(item: pytest.Item) -> str:
    return next((kind for kind in ("integration", "contract") if item.get_closest_marker(kind)), "unit")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _small_heap() -> Iterator[None]:
    """A simulated telephone lives in the process of its test, which has thousands of tests loaded. To look for rubbish
    among all these takes it half a second now and then; it says nothing meanwhile, and what Asterisk records of the
    call loses a piece."""
    yield
    gc.collect()
    gc.freeze()
