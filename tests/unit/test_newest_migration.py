"""Whether tables are up to date is found out without Alembic, and Alembic would say the same."""

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from recording.migrations import NEWEST

pytestmark = pytest.mark.unit


def test_the_newest_migration_by_its_name_is_the_end_of_the_history() -> None:
    config = Config()
    config.set_main_option("script_location", "recording:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST
