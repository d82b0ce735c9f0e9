"""A report as text, CSV, Parquet, workbook and page; each form in a module that imports what only it needs."""
