"""Fixtures of the tests on real parts."""

from tests.integration.asterisk_fixture import asterisk, music
from tests.integration.centre_fixture import prompts
from tests.integration.floor_fixture import dialplans, floor, floor_prompts

__all__ = ["asterisk", "dialplans", "floor", "floor_prompts", "music", "prompts"]
