"""write_excel(): the workbook an auditor gets.

openpyxl makes the workbook with everything but the data rows; these are then put into the sheets
while the file is packed. The same result and language give the same bytes: the only time in it
is the one that page 1 names.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from jtnet_recon.atomic import atomic_path
from jtnet_recon.report.excel_charts import draw_charts
from jtnet_recon.report.excel_page import draw_page
from jtnet_recon.report.excel_rows import ROWS_MAX, row_chunks, too_long
from jtnet_recon.report.excel_sheet import HEAD_ROWS, draw_head, set_paper, sheet_name
from jtnet_recon.report.excel_style import Styles
from jtnet_recon.report.shapes import DataSheet, check_suffix
from jtnet_recon.report.summary import summarise
from jtnet_recon.report.words import word

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from openpyxl.workbook import Workbook

    from jtnet_recon.recon.result import Reconciliation
    from jtnet_recon.report.shapes import Summary

# What a file inside the archive is dated with: the archive cannot hold an earlier time.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(r"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_DIMENSION = re.compile(r'<dimension ref="[^"]*" ?/>')
_PART_CHARS = 16_000
# Half the time of the usual 6, and the file hardly larger.
_COMPRESSION = 3


def write_excel(
    result: Reconciliation, path: str | os.PathLike[str], *, lang: str = "en", unmask: bool = False
) -> Path:
    """Write the workbook of a result, whole or not at all.

    Parameters
    ----------
    result : Reconciliation
        Any.
    path : str or PathLike
        Where to; written beside it first and then renamed.
    lang : {"en", "ko"}, default "en"
        Language of the labels.
    unmask : bool, default False
        Whether names, phones, mails, addresses and card numbers are written out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ConfigError
        If reports do not speak the language, or the name does not end with .xlsx.
    StoreError
        If the file cannot be written.
    """
    check_suffix(path, ".xlsx")
    summary = summarise(result, lang=lang, unmask=unmask)
    with atomic_path(path) as temporary:
        save_workbook(summary, temporary)
    return Path(path)


def save_workbook(summary: Summary, path: Path) -> None:
    """Draw a report as a workbook.

    Parameters
    ----------
    summary : Summary
        The report.
    path : Path
        The file; an older one is overwritten.
    """
    from openpyxl import Workbook

    workbook = Workbook()
    taken: set[str] = set()
    page = workbook.worksheets[0]
    page.title = sheet_name(word("summary", summary.lang), taken)
    sheets = [
        (sheet_name(part.title, taken), part)
        for sheet in (*summary.sheets, *_long_texts(summary))
        for part in _parts(sheet, summary)
    ]
    charts = sheet_name(word("charts", summary.lang), taken)
    _add_charts(workbook, summary, charts)
    links = [(sheet.title, "") for sheet in workbook.worksheets[1:]]
    draw_page(page, summary, [*links, *((name, part.note) for name, part in sheets)])
    set_paper(page, summary, page.title)
    styles = Styles(workbook)
    styles.prepare(_currencies(summary))
    rows = {}
    for name, part in sheets:
        worksheet = workbook.create_sheet(name)
        draw_head(worksheet, part, summary)
        set_paper(worksheet, summary, name)
        chunks = row_chunks(part, styles, summary.lang, first_row=HEAD_ROWS + 1)
        rows[f"xl/worksheets/sheet{len(workbook.worksheets)}.xml"] = (
            worksheet.auto_filter.ref,
            chunks,
        )
    _set_properties(workbook, summary)
    _pack(workbook, path, rows)


def _add_charts(workbook: Workbook, summary: Summary, name: str) -> None:
    """Add the sheet of charts, if there is anything to draw."""
    worksheet = workbook.create_sheet(name)
    if draw_charts(worksheet, summary):
        set_paper(worksheet, summary, name)
    else:
        workbook.remove(worksheet)


def _currencies(summary: Summary) -> set[str]:
    """Find every currency of the report's amounts."""
    columns = {
        (sheet.key, column): sheet.frame[column]
        for sheet in summary.sheets
        for column in sheet.money.values()
        if column
    }
    return {
        currency
        for values in columns.values()
        for currency in values.dropna().unique()
        if isinstance(currency, str)
    } | {"KRW"}


def _parts(sheet: DataSheet, summary: Summary) -> list[DataSheet]:
    """Cut a sheet that has more rows than a spreadsheet holds."""
    room = ROWS_MAX - HEAD_ROWS
    count = max(1, -(-len(sheet.frame) // room))
    if count == 1:
        return [sheet]
    parts = []
    for number in range(count):
        said = word("part", summary.lang, number=number + 1, count=count)
        frame = sheet.frame.iloc[number * room : (number + 1) * room]
        note = f"{sheet.note} ({said})"
        parts.append(replace(sheet, frame=frame.reset_index(drop=True), note=note))
    return parts


def _long_texts(summary: Summary) -> list[DataSheet]:
    """Keep the texts that no cell holds whole, in parts, on a sheet of their own."""
    rows = []
    for sheet in summary.sheets:
        for row, column, text in too_long(sheet):
            pieces = [text[at : at + _PART_CHARS] for at in range(0, len(text), _PART_CHARS)]
            place = (sheet.title, f"{row + HEAD_ROWS + 1:,}", column)
            rows += [(*place, f"{n}/{len(pieces)}", piece) for n, piece in enumerate(pieces, 1)]
    if not rows:
        return []
    names = ("sheet_name", "row", "column", "part_number", "text")
    return [
        DataSheet(
            key="overflow",
            title=word("overflow", summary.lang),
            frame=pd.DataFrame(rows, columns=list(names), dtype="str"),
            labels=tuple(word(name, summary.lang) for name in names),
            money={},
            main=len(names),
            note=word("overflow_note", summary.lang),
        )
    ]


def _set_properties(workbook: Workbook, summary: Summary) -> None:
    """Say what the file is; when and by whom stands on page 1."""
    from openpyxl.packaging.core import DocumentProperties

    workbook.properties = DocumentProperties(
        creator="jtnet_recon", title=summary.title, language=summary.lang
    )


def _pack(workbook: Workbook, path: Path, rows: dict[str, tuple[str, Iterator[str]]]) -> None:
    """Write the archive, every file in it dated alike, the rows put into their sheets."""
    from openpyxl.writer.excel import ExcelWriter

    frame = io.BytesIO()
    with zipfile.ZipFile(frame, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(workbook, archive).write_data()
    with (
        zipfile.ZipFile(frame) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as target,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            data = source.read(name).decode("utf-8") if name.endswith((".xml", ".rels")) else None
            with target.open(info, "w", force_zip64=name in rows) as part:
                if data is None:
                    part.write(source.read(name))
                    continue
                if name == "docProps/core.xml":
                    data = _TIMES.sub("", data)
                range_, chunks = rows.get(name, ("", iter(())))
                if range_:
                    data = _DIMENSION.sub(f'<dimension ref="A1:{range_.partition(":")[2]}"/>', data)
                before, end, after = data.partition("</sheetData>")
                part.write(before.encode())
                for chunk in chunks:
                    part.write(chunk.encode())
                part.write(f"{end}{after}".encode())
