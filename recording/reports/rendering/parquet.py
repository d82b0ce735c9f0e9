"""Columns and rows as Parquet, by pyarrow: typed columns whose meaning and unit stand in their metadata. Instants are
kept in UTC to the microsecond, with the centre's zone as their own.
"""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from recording.reports.columns import Column, Datum, Export, Kind

ROWS_AT_ONCE = 10_000


def write_parquet(export: Export, file: IO[bytes]) -> None:
    """Write the file; it is whole when this returns."""
    schema = _schema(export)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in _batches(export):
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array([_plain(one) for one in column], field.type)
                for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def _batches(export: Export) -> Iterator[list[Sequence[Datum]]]:
    rows = iter(export.rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


def _schema(export: Export) -> "pa.Schema":
    types = {
        Kind.TEXT: pa.string(),
        Kind.NUMBER: pa.float64(),
        Kind.COUNT: pa.int64(),
        Kind.INSTANT: pa.timestamp("us", tz=export.time_zone),
        Kind.TRUTH: pa.bool_(),
    }
    fields = [pa.field(one.name, types[one.kind], metadata=_metadata(one)) for one in export.columns]
    about = {"title": export.title, **export.about}
    return pa.schema(fields, metadata={"callcenter": json.dumps(about, ensure_ascii=False)})


def _metadata(column: Column) -> dict[str, str]:
    return {"description": column.meaning, **({"unit": column.unit} if column.unit else {})}


def _plain(value: Datum) -> Datum | float:
    return float(value) if isinstance(value, Decimal) else value
