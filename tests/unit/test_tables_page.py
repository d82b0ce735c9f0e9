"""docs/tables.md agrees with the models, which say of every column what it means."""

import pytest

from recording.models import Base
from tests.tables_page import PAGE, page

pytestmark = pytest.mark.unit


def test_the_page_is_what_the_models_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew with: python -m tests.tables_page"


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_every_table_says_what_a_row_is_and_every_column_what_it_means(name: str) -> None:
    table = Base.metadata.tables[name]
    silent = [column.name for column in table.columns if not column.comment]
    assert table.comment
    assert not silent, "say it in the model: mapped_column(…, comment=…)"
    assert len(table.comment) <= 2048, "MariaDB keeps no more"
    assert max(len(column.comment or "") for column in table.columns) <= 1024, "MariaDB keeps no more"
