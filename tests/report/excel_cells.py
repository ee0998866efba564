"""What stands in a workbook: rows, tables and the XML of its parts."""

from __future__ import annotations

import zipfile

from jtnet_recon.report.excel_sheet import HEAD_ROWS


def rows_of(sheet):
    """Give a data sheet's rows by the columns' own names."""
    head = [cell.value for cell in sheet[HEAD_ROWS]]
    return [
        dict(zip(head, row, strict=True))
        for row in sheet.iter_rows(min_row=HEAD_ROWS + 1, values_only=True)
    ]


def table_of(sheet, title):
    """Give a table of page 1 as texts, by its title."""
    lines = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)
    ]
    start = next(place for place, line in enumerate(lines) if line == [title])
    end = next((p for p in range(start + 1, len(lines)) if not lines[p]), len(lines))
    return lines[start + 1 : end]


def xml_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
