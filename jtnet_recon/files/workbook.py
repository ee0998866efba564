"""Reading Excel workbooks: the right sheet, ids as shown, nothing left out."""

from __future__ import annotations

import difflib
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jtnet_recon.files.grid import Grid, Origin, digest_of
from jtnet_recon.files.header_faults import no_header
from jtnet_recon.files.headings import Wanted, find_header
from jtnet_recon.files.preflight import SheetScan, check_area, open_parts, scan_sheet
from jtnet_recon.files.source import damaged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from python_calamine import CalamineSheet, CalamineWorkbook

    from jtnet_recon.errors import TableError
    from jtnet_recon.files.faults import Place
    from jtnet_recon.files.source import Kind

_CELLS_MAX = 40_000_000
_SHOWN_FORMAT = re.compile(r'^(?:0|"[^"0]*"|\\[^0]|[-\s/():])+$')
_OUTSIDE = {"xl/externalLinks/": "links to other workbooks", "xl/vbaProject": "macros"}


def read_workbook(data: bytes, name: str, *, kind: Kind, sheet: str | None, wanted: Wanted) -> Grid:
    """Read the sheet that has the header, or the one that is named."""
    origin = Origin(kind, name, digest_of(data))
    parts = {} if kind == "xls" else open_parts(data, origin.place)
    for part_name, part in parts.items():
        if part_name.startswith(("xl/worksheets/sheet", "xl/worksheets/")):
            check_area(part_name, part, origin.place)
    workbook = _open(data, origin.place)
    chosen, rows, notes = _choose(workbook, origin, sheet=sheet, wanted=wanted)
    origin = replace(
        origin,
        sheet=chosen.name,
        notes=[*notes, *_outside_notes(parts)],
        merged=_merged(chosen, kind),
    )
    if kind == "xlsx":
        return _with_scan(Grid(origin, rows), parts)
    return Grid(origin, rows)


def _open(data: bytes, place: Place) -> CalamineWorkbook:
    """Open the workbook; whatever the reader dislikes means that it is damaged."""
    import python_calamine

    try:
        return python_calamine.load_workbook(io.BytesIO(data))
    except python_calamine.CalamineError as error:
        raise damaged(place, str(error)) from error


def _cells_of(
    workbook: CalamineWorkbook, name: str, place: Place
) -> tuple[CalamineSheet, list[list[Any]]]:
    """Load one sheet as rows that start at row 1, column A."""
    import python_calamine

    try:
        sheet = workbook.get_sheet_by_name(name)
    except python_calamine.CalamineError as error:
        raise damaged(place, str(error)) from error
    rows, columns = (last + 1 for last in sheet.end or (-1, -1))
    if rows * columns > _CELLS_MAX:
        raise place.fault(
            what=f"sheet {name!r} spans {rows:,} rows and {columns:,} columns.",
            hint="Delete what is below and right of the table, or save it as csv.",
            hint_ko="표 밖의 행과 열을 삭제하거나 csv로 저장하세요.",
        )
    return sheet, sheet.to_python(skip_empty_area=False)


def _choose(
    workbook: CalamineWorkbook, origin: Origin, *, sheet: str | None, wanted: Wanted
) -> tuple[CalamineSheet, list[list[Any]], list[str]]:
    """Take the named sheet, or the one sheet on which a header is found."""
    hidden = _hidden_sheets(workbook)
    names = _worksheets(workbook)
    if sheet is not None:
        if sheet not in names:
            raise _no_sheet(sheet, names, origin.place)
        return *_cells_of(workbook, sheet, origin.place), _hidden_notes(sheet, hidden)
    loaded = {name: _cells_of(workbook, name, origin.place) for name in names}
    matching = [
        name
        for name, (cells, rows) in loaded.items()
        if find_header(rows, wanted, _merged(cells, origin.kind)) is not None
    ]
    visible = [name for name in matching if name not in hidden] or matching
    if len(visible) > 1:
        raise _several_sheets(visible, origin.place)
    if not visible:
        raise _no_matching_sheet(loaded, origin, wanted)
    notes = _hidden_notes(visible[0], hidden)
    if len(names) > 1:
        others = ", ".join(repr(name) for name in names if name != visible[0])
        notes.append(f"sheet {visible[0]!r} was taken, because it has the header; not {others}")
    return *loaded[visible[0]], notes


def _with_scan(grid: Grid, parts: dict[str, bytes]) -> Grid:
    """Put what the reader left out back into the grid."""
    part = parts.get(_part_of(grid.origin.sheet or "", parts), b"")
    scan = scan_sheet(part, _formats(parts))
    for (row, position), cell in scan.cells.items():
        if row <= len(grid.rows) and position < len(grid.rows[row - 1]):
            grid.rows[row - 1][position] = cell
        else:
            _extend(grid.rows, row, position, cell)
    grid.origin.notes.extend(_scan_notes(scan))
    is_1904 = _is_1904(parts["xl/workbook.xml"])
    origin = replace(grid.origin, hidden_rows=frozenset(scan.hidden_rows), is_1904=is_1904)
    return Grid(origin, grid.rows)


def _extend(rows: list[list[Any]], row: int, position: int, cell: Any) -> None:
    """Make room for a cell outside what the reader saw: it drops blank margins."""
    width = max(len(rows[0]) if rows else 0, position + 1)
    while len(rows) < row:
        rows.append([])
    for cells in rows:
        cells.extend([""] * (width - len(cells)))
    rows[row - 1][position] = cell


def _worksheets(workbook: CalamineWorkbook) -> list[str]:
    """Names of the sheets that hold cells, in order."""
    from python_calamine import SheetTypeEnum

    return [meta.name for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]


def _hidden_sheets(workbook: CalamineWorkbook) -> set[str]:
    from python_calamine import SheetVisibleEnum

    visible = SheetVisibleEnum.Visible
    return {meta.name for meta in workbook.sheets_metadata if meta.visible != visible}


def _hidden_notes(name: str, hidden: set[str]) -> list[str]:
    return [f"sheet {name!r} is hidden"] if name in hidden else []


def _merged(sheet: CalamineSheet, kind: str) -> tuple[tuple[int, int, int, int], ...]:
    """Return the merged blocks that span rows."""
    if kind == "xlsb":
        return ()
    blocks = sheet.merged_cell_ranges or []
    return tuple(
        (first[0] + 1, first[1], last[0] + 1, last[1])
        for first, last in blocks
        if last[0] > first[0]
    )


def _outside_notes(parts: Iterable[str]) -> list[str]:
    """Report, never follow, what reaches outside the sheet."""
    names = list(parts)
    return [
        f"the workbook has {what}; they were not used"
        for prefix, what in _OUTSIDE.items()
        if any(name.startswith(prefix) for name in names)
    ]


def _scan_notes(scan: SheetScan) -> list[str]:
    """Tell what the eye does not see in Excel."""
    notes = []
    if scan.hidden_columns:
        listed = ", ".join(scan.hidden_columns[:10])
        notes.append(f"{len(scan.hidden_columns)} hidden columns are read, too: {listed}")
    if scan.is_filtered:
        notes.append("the sheet has a filter; rows it hides are read, too")
    return notes


def _part_of(sheet: str, parts: dict[str, bytes]) -> str:
    """Return the archive part that holds a sheet."""
    targets = {
        node.get("Id"): node.get("Target", "")
        for node in _xml(parts.get("xl/_rels/workbook.xml.rels", b"<none/>")).iter()
    }
    for node in _xml(parts["xl/workbook.xml"]).iter():
        if _local(node) == "sheet" and node.get("name") == sheet:
            link = next((value for key, value in node.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return ""  # pragma: no cover - the reader has found the sheet by the same two parts


def _formats(parts: dict[str, bytes]) -> dict[int, str]:
    """Return the cell styles that show a whole number with zeros or letters around it."""
    if "xl/styles.xml" not in parts:
        return {}
    root = _xml(parts["xl/styles.xml"])
    codes = {
        node.get("numFmtId"): (node.get("formatCode") or "").split(";")[0]
        for node in root.iter()
        if _local(node) == "numFmt"
    }
    styles = next((node for node in root if _local(node) == "cellXfs"), ())
    found = ((index, codes.get(node.get("numFmtId"), "")) for index, node in enumerate(styles))
    return {
        index: re.sub(r'["\\]', "", code)
        for index, code in found
        if code.count("0") > 1 and _SHOWN_FORMAT.match(code)
    }


def _is_1904(workbook: bytes) -> bool:
    """Tell whether serial 0 is 1904-01-01 (old Mac workbooks)."""
    nodes = [node for node in _xml(workbook).iter() if _local(node) == "workbookPr"]
    return any(node.get("date1904") in {"1", "true"} for node in nodes)


def _xml(part: bytes) -> Element:
    """Parse a small part; entities were refused before."""
    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(part)
    return root


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _no_sheet(sheet: str, names: list[str], place: Place) -> TableError:
    near = difflib.get_close_matches(sheet, names, n=1, cutoff=0.4)
    return place.fault(
        what=f"there is no sheet {sheet!r}; it has {', '.join(map(repr, names))}.",
        value=sheet,
        hint=f"Did you mean {near[0]!r}?" if near else "Give one of these names as sheet=.",
        hint_ko=f"시트 이름을 확인하세요: {', '.join(names)}",
    )


def _several_sheets(names: list[str], place: Place) -> TableError:
    listed = ", ".join(map(repr, names))
    return place.fault(
        what=f"several sheets have the header: {listed}.",
        hint=f'Say which one: sheet="{names[0]}". Read them one by one and join them with '
        "pandas.concat to use all.",
        hint_ko=f"시트를 지정하세요: {listed}",
    )


def _no_matching_sheet(
    loaded: dict[str, tuple[CalamineSheet, list[list[Any]]]], origin: Origin, wanted: Wanted
) -> TableError:
    """Say it of the only sheet in detail, or list all sheets."""
    filled = {name: rows for name, (_, rows) in loaded.items() if rows} or {
        name: rows for name, (_, rows) in loaded.items()
    }
    if len(filled) == 1:
        name, rows = next(iter(filled.items()))
        merged = _merged(loaded[name][0], origin.kind)
        return no_header(Grid(replace(origin, sheet=name, merged=merged), rows), wanted)
    return origin.place.fault(
        what=f"no sheet has the headings that are needed; the sheets are "
        f"{', '.join(map(repr, loaded))}.",
        hint='Say where to look: sheet="…", and name the columns: columns={"merchant_uid": "…", '
        '"amount": "…"}.',
        hint_ko=f"시트와 열을 지정하세요. 시트: {', '.join(loaded)}",
    )
