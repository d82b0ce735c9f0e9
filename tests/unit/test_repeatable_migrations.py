"""A migration that was interrupted on MariaDB is run again: which statements can be made twice, which are refused."""

import re
from pathlib import Path

import pytest

import recording.migrations.versions
from recording.migrations.repeatable import NotRepeatable, repeatable

pytestmark = pytest.mark.unit

VERSIONS = sorted(Path(next(iter(recording.migrations.versions.__path__))).glob("v*.py"))


@pytest.mark.parametrize(
    ("statement", "again"),
    [
        ("\nCREATE TABLE staff (\n\tday DATE)", "CREATE TABLE IF NOT EXISTS staff (\n\tday DATE)"),
        ("CREATE INDEX ix ON t (a)", "CREATE INDEX IF NOT EXISTS ix ON t (a)"),
        ("CREATE UNIQUE INDEX ix ON t (a)", "CREATE UNIQUE INDEX IF NOT EXISTS ix ON t (a)"),
        ("ALTER TABLE `call` ADD COLUMN a TEXT", "ALTER TABLE `call` ADD COLUMN IF NOT EXISTS a TEXT"),
        ("ALTER TABLE t DROP COLUMN a", "ALTER TABLE t DROP COLUMN IF EXISTS a"),
        ("DROP TABLE t", "DROP TABLE IF EXISTS t"),
        ("DROP INDEX ix ON t", "DROP INDEX IF EXISTS ix ON t"),
    ],
)
def test_what_is_made_already_is_not_made_again(statement: str, again: str) -> None:
    assert repeatable(statement) == again
    assert repeatable(again) == again


@pytest.mark.parametrize(
    "statement",
    ["SELECT 1", "UPDATE alembic_version SET a = 1", "ALTER TABLE t MODIFY a TEXT COMMENT 'x'"],
)
def test_what_is_the_same_twice_stays_as_it_is(statement: str) -> None:
    assert repeatable(statement) == statement


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE t RENAME TO u", "RENAME TABLE t TO u", "ALTER TABLE t CHANGE a b TEXT", "TRUNCATE TABLE t"],
)
def test_what_cannot_be_done_twice_is_refused(statement: str) -> None:
    with pytest.raises(NotRepeatable):
        repeatable(statement)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.stem)
def test_rows_are_written_after_the_last_change_of_a_table(version: Path) -> None:
    """They are committed with the migration's number then, or not at all."""
    calls = re.findall(r"op\.(create_\w+|add_column|drop_\w+|alter_column|bulk_insert)", version.read_text("utf-8"))
    if "bulk_insert" in calls:
        assert set(calls[calls.index("bulk_insert") :]) == {"bulk_insert"}
