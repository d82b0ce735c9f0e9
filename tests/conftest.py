"""What holds for every test: no test fails because the machine was slow, or because another ran beside it."""

from hypothesis import settings

from cti.simulation import ports
from tests.shares import share

settings.register_profile("house", deadline=None)
settings.load_profile("house")

_ours = share(range(ports.FIRST, ports.LAST + 1))
ports.FIRST, ports.LAST = _ours[0], _ours[-1]
