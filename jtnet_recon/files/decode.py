"""Telling in which encoding a text file is, strictly: nothing is replaced."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jtnet_recon.errors import TableError
    from jtnet_recon.files.faults import Place

_HEAD = 4096
_LINES_TRIED = 20_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_BYTES_SHOWN = 8


def decode(
    data: bytes, place: Place, *, encoding: str | None, has_header: Callable[[str], bool]
) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    Korean ledgers come as UTF-8, UTF-8 with a mark, cp949 and (from Excel's "Unicode text")
    UTF-16. cp949 is tried after UTF-8, because UTF-8 is almost never valid by accident.
    """
    if encoding is not None:
        return _decode_pinned(data, encoding, place), encoding
    for mark, codec, label in _MARKS:
        if data.startswith(mark):
            return _decode_strictly(data[len(mark) :], codec, place, skipped=len(mark)), label
    unmarked = _unmarked_utf16(data)
    if unmarked is not None:
        return _decode_strictly(data, unmarked, place), unmarked
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_cp949(data, place), "cp949"
    return _decide(text, data, place, has_header)


def _decode_pinned(data: bytes, encoding: str, place: Place) -> str:
    """Use the encoding the caller named, strictly."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise place.fault(
            what=f"there is no encoding {encoding!r}.",
            hint="Known: utf-8, cp949, utf-16.",
            hint_ko="utf-8, cp949, utf-16 중에서 고르세요.",
        ) from error
    return _decode_strictly(data, encoding, place).removeprefix("\ufeff")


def _decode_strictly(data: bytes, codec: str, place: Place, *, skipped: int = 0) -> str:
    """Decode or name the first bad byte and its row."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise _bad_byte(data, error.start, codec, place, skipped=skipped) from error


def _decode_cp949(data: bytes, place: Place) -> str:
    """Decode as cp949 unless most lines are UTF-8: then one line is wrong, not all the others."""
    if _is_mostly_utf8(data):
        return _decode_strictly(data, "utf-8", place)
    return _decode_strictly(data, "cp949", place)


def _decide(
    text: str, data: bytes, place: Place, has_header: Callable[[str], bool]
) -> tuple[str, str]:
    """Settle the few texts that are valid both as UTF-8 and as cp949 (카트 reads as īƮ)."""
    if text.isascii() or _has_hangul(text):
        return text, "utf-8"
    try:
        other = data.decode("cp949")
    except UnicodeDecodeError:
        return text, "utf-8"
    if not _has_hangul(other):
        return text, "utf-8"
    if has_header(other) and not has_header(text):
        return other, "cp949"
    if not has_header(other):
        return text, "utf-8"
    at = next(index for index, letter in enumerate(text) if not letter.isascii())
    raise place.fault(
        what="its encoding is not clear: the bytes read as "
        f"{text[at : at + _BYTES_SHOWN].split(maxsplit=1)[0]!r} in UTF-8 and as "
        f"{other[at : at + _BYTES_SHOWN].split()[0]!r} in cp949.",
        row=text[:at].count("\n") + 1,
        hint='Say which is right: encoding="cp949" or encoding="utf-8".',
        hint_ko='글자가 맞는 쪽을 지정하세요: encoding="cp949" 또는 encoding="utf-8"',
    )


def _unmarked_utf16(data: bytes) -> str | None:
    """Know UTF-16 without a mark by the zeros of its ASCII part."""
    head = data[:_HEAD]
    half = len(head) // 2
    low, high = head[1::2].count(0), head[::2].count(0)
    if half and low > half // 4 and high == 0:
        return "utf-16-le"
    if half and high > half // 4 and low == 0:
        return "utf-16-be"
    return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Tell whether more lines with Korean in them are valid as UTF-8 than not."""
    good = bad = 0
    for line in data.splitlines():
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
        else:
            good += 1
        if good + bad >= _LINES_TRIED:
            break
    return good > bad


def _bad_byte(data: bytes, start: int, codec: str, place: Place, *, skipped: int) -> TableError:
    """Name the row and the byte, and what that row seems to be in."""
    row = data[:start].decode(codec, errors="replace").count("\n") + 1
    begin = data.rfind(b"\n", 0, start) + 1
    end = data.find(b"\n", start)
    line = data[begin : None if end < 0 else end]
    other = "cp949" if codec.startswith("utf-8") else "UTF-8"
    try:
        line.decode(other.lower())
        guess = f"; that row seems to be {other}, so two encodings are mixed"
    except UnicodeDecodeError:
        guess = ""
    value = data[start : start + 2].hex(" ")
    return place.fault(
        what=f"byte {value} at offset {start + skipped:,} is not {codec.upper()} like the rows "
        f"before{guess}.",
        row=row,
        value=value,
        hint="Export it again in one encoding; CSV UTF-8 is the safest.",
        hint_ko="한 파일에 두 인코딩이 섞였습니다. CSV UTF-8로 다시 내보내세요.",
    )


def _has_hangul(text: str) -> bool:
    """Tell whether there is a Hangul syllable or letter, composed or not."""
    return any("가" <= letter <= "힣" or "\u1100" <= letter <= "\u11ff" for letter in text)
