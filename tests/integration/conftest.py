"""Fixtures of the tests on real parts."""

from tests.integration.asterisk_fixture import asterisk, music

__all__ = ["asterisk", "music"]
