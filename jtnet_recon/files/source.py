"""Opening a file: that it is there, is not too large, stands still, and what it really is."""

from __future__ import annotations

import difflib
import errno
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jtnet_recon.files.faults import Place

if TYPE_CHECKING:
    import os

    from jtnet_recon.errors import TableError

Kind = Literal["csv", "xlsx", "xlsb", "xls", "parquet"]

FILE_BYTES_MAX = 1 << 30

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The record a workbook of Excel 97 to 2003 begins with: 16 bytes of version 6, all sheets.
_BOF_HEAD = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_BOF_REST = 12
_WRITE_PROTECT = b"\x86\x00\x00\x00"
_FILE_PASS = b"\x2f\x00"
_HEAD = 4096
_KOREAN_CHECK = "파일을 확인하세요."

_REFUSED = (
    (b"\x1f\x8b", "a gzip archive", "Unpack it first.", "압축을 먼저 푸세요."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it first.", "압축을 먼저 푸세요."),
    (b"%PDF", "a PDF", "Export the table as xlsx or csv.", "xlsx 또는 csv로 내보내세요."),
    (
        b"SQLite format 3\x00",
        "an SQLite database",
        'Read it with read_ledger("sqlite:///path", query="SELECT …").',
        'read_ledger("sqlite:///경로", query="SELECT …")로 읽으세요.',
    ),
)


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Read a file once and whole, or say why not."""
    file = Path(path)
    place = Place(file.name or str(file))
    if file.name.startswith("~$"):
        raise place.fault(
            what="it is the lock that Excel leaves beside an open workbook, not a table.",
            hint=f"Name the workbook itself: {file.name.removeprefix('~$')}.",
            hint_ko="엑셀이 만든 잠금 파일입니다. 원본 파일 이름을 쓰세요.",
        )
    try:
        before = file.stat()
        if file.is_dir():
            raise _folder(place)
        if before.st_size > FILE_BYTES_MAX:
            raise _too_large(place, before.st_size)
        data = file.read_bytes()
        after = file.stat()
    except FileNotFoundError as error:
        raise _missing(file) from error
    except OSError as error:
        raise _unreadable(place, error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        data
    ) != after.st_size:
        raise place.fault(
            what="it was changed while it was read.",
            hint="Wait until the program that writes it is done, then run again.",
            hint_ko="파일 저장이 끝난 뒤 다시 실행하세요.",
        )
    if not data:
        raise place.fault(
            what="it is empty (0 bytes).",
            hint="Export it again.",
            hint_ko="빈 파일입니다. 다시 내보내세요.",
        )
    return data


def kind_of(data: bytes, place: Place) -> Kind:
    """Tell what a file is by its first bytes; its name is not asked."""
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"PK"):
        return _kind_of_zip(data, place)
    if data.startswith(_OLE):
        return _kind_of_ole(data, place)
    for magic, what, hint, hint_ko in _REFUSED:
        if data.startswith(magic):
            raise place.fault(what=f"it is {what}, not a table.", hint=hint, hint_ko=hint_ko)
    if data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise place.fault(
            what="it is a web page or XML, although its name may say otherwise (bank and PG sites "
            "export such files as .xls).",
            hint="Open it in Excel and save it as an .xlsx workbook.",
            hint_ko="엑셀에서 열어 xlsx 형식으로 다시 저장하세요.",
        )
    if _is_binary(data[:_HEAD]):
        raise place.fault(
            what="it is neither text nor a workbook nor Parquet, or it is damaged.",
            hint="Export it again as xlsx or csv.",
            hint_ko="파일이 손상되었거나 지원하지 않는 형식입니다. xlsx나 csv로 다시 내보내세요.",
        )
    return "csv"


def damaged(place: Place, detail: str) -> TableError:
    """Build the error for a workbook or Parquet file that cannot be opened."""
    return place.fault(
        what=f"it is damaged or cut off ({detail}).",
        hint="Download or export it again; open it in Excel to see whether it can be repaired.",
        hint_ko="파일이 손상되었습니다. 다시 내려받거나 내보내세요.",
    )


def protected(place: Place) -> TableError:
    """Build the error for a workbook with a password."""
    return place.fault(
        what="it is protected with a password.",
        hint="Open it in Excel and save an unprotected copy.",
        hint_ko="암호가 걸린 파일입니다. 암호를 해제한 사본을 저장하세요.",
    )


def _kind_of_zip(data: bytes, place: Place) -> Kind:
    """Tell workbooks from other archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise damaged(place, str(error)) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    what = "an OpenDocument file" if "mimetype" in names else "a zip archive"
    raise place.fault(
        what=f"it is {what}, not an Excel workbook.",
        hint="Unpack it, or save the table as xlsx.",
        hint_ko="압축을 풀거나 xlsx 형식으로 저장하세요.",
    )


def _kind_of_ole(data: bytes, place: Place) -> Kind:
    """Tell old workbooks from encrypted new ones and from other documents."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise protected(place)
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        if _is_locked(data):
            raise protected(place)
        return "xls"
    raise place.fault(
        what="it is an Office or Hangul document, not a workbook.",
        hint="Save the table as xlsx.",
        hint_ko="표를 xlsx 형식으로 저장하세요.",
    )


def _is_locked(data: bytes) -> bool:
    """Tell whether an old workbook is encrypted. Source: [MS-XLS] 2.1.7.20.1, FilePass."""
    _, found, rest = data.partition(_BOF_HEAD)
    return bool(found) and rest[_BOF_REST:].removeprefix(_WRITE_PROTECT).startswith(_FILE_PASS)


def _is_binary(head: bytes) -> bool:
    """Tell whether the bytes are no text in any encoding read here."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27)))
    zeros = head.count(0)
    # UTF-16 without a mark has a zero in about every second byte, binaries rarely so regularly.
    is_utf16 = max(head[::2].count(0), head[1::2].count(0)) > 0.9 * zeros > 0
    return controls > len(head) // 50 or (zeros > len(head) // 4 and not is_utf16)


def _missing(file: Path) -> TableError:
    """Name the files nearby whose names are nearest."""
    try:
        names = [entry.name for entry in file.parent.iterdir() if entry.is_file()]
    except OSError:
        names = []
    near = difflib.get_close_matches(file.name, names, n=3, cutoff=0.4)
    folder = str(file.parent) if file.is_absolute() else str(Path.cwd() / file.parent)
    hint = f"Did you mean {', '.join(near)}?" if near else "Check the folder and the name."
    return Place(file.name).fault(
        what=f"there is no such file in {folder}.",
        hint=hint,
        hint_ko=f"파일이 없습니다. {'비슷한 이름: ' + ', '.join(near) if near else _KOREAN_CHECK}",
    )


def _folder(place: Place) -> TableError:
    return place.fault(
        what="it is a folder.",
        hint="Name one file in it.",
        hint_ko="폴더입니다. 파일을 지정하세요.",
    )


def _too_large(place: Place, size: int) -> TableError:
    return place.fault(
        what=f"it is too large: {size:,} bytes, at most {FILE_BYTES_MAX:,} are read.",
        hint="Split it by month, or load it into a database and give query=.",
        hint_ko="파일이 너무 큽니다. 월별로 나누거나 데이터베이스에서 query=로 읽으세요.",
    )


def _unreadable(place: Place, error: OSError) -> TableError:
    """Say what the system said, and what that usually means."""
    is_locked = error.errno in {errno.EACCES, errno.EPERM}
    return place.fault(
        what=f"it cannot be read: {error.strerror or error}.",
        hint="Close it in other programs, or ask for the right to read it."
        if is_locked
        else "Copy it to a local folder and try again.",
        hint_ko="다른 프로그램에서 닫거나 읽기 권한을 확인하세요.",
    )
