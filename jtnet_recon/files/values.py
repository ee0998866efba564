"""Reading amounts, ids, currencies and states from cells."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from jtnet_recon.files.faults import RefusalError
from jtnet_recon.files.grid import INVISIBLE, Special, is_blank
from jtnet_recon.files.words import CURRENCIES, STATUSES, fold
from jtnet_recon.money import OtherCurrencyError, minor_digits, to_minor

_FLOAT_EXACT_MAX = 2**53
_CLEAN_DIGITS_MAX = 15
# As a spreadsheet shows a long number: digits of it are gone. "2024E01" and "1e5" are ids.
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[eE]\+\d{1,3}$")
_CURRENCY = re.compile(r"^[A-Z]{3}$")


def read_amount(cell: Any, currency: str, *, is_spreadsheet: bool = False) -> int:
    """Return whole minor units; KRW: won."""
    if type(cell) is str:
        if (
            len(cell) <= _CLEAN_DIGITS_MAX
            and cell.isascii()
            and cell.isdigit()
            and not minor_digits(currency)
        ):
            return int(cell)
        return _amount_of_text(cell.strip(INVISIBLE), currency)
    if cell is None:
        raise _blank_amount()
    if isinstance(cell, float):
        return _amount_of_float(cell, currency, is_spreadsheet=is_spreadsheet)
    if isinstance(cell, (bool, date, time)) or not isinstance(cell, (int, Decimal)):
        raise RefusalError(
            what="{value} is not an amount",
            hint="Write the amount as a number, such as 14000; check that the cell's format is no "
            "date.",
            hint_ko="14000 처럼 숫자로 쓰고 셀 서식이 날짜가 아닌지 확인하세요.",
        )
    return _exact(cell, currency)


def read_cancel(cell: Any, currency: str, *, is_spreadsheet: bool = False) -> int:
    """Return the cancelled amount; a blank cell means that nothing was cancelled."""
    return 0 if is_blank(cell) else read_amount(cell, currency, is_spreadsheet=is_spreadsheet)


def read_id(cell: Any, *, what: str = "order id", what_ko: str = "주문번호") -> str | None:
    """Return an id as the text displayed, None if it is blank."""
    if type(cell) is str:
        text = cell.strip(INVISIBLE)
        if _SCIENTIFIC.match(text):
            raise _digits_lost(what, what_ko)
        return (text if text.isascii() else unicodedata.normalize("NFC", text)) or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) >= _FLOAT_EXACT_MAX:
            raise _digits_lost(what, what_ko)
        return str(int(cell))
    if isinstance(cell, Decimal):
        if cell != cell.to_integral_value():
            raise _digits_lost(what, what_ko)
        return format(cell, "f").partition(".")[0]
    if isinstance(cell, (date, time)):
        raise RefusalError(
            what=f"the {what} was turned into a date ({{value}})",
            hint="Set the column's format to text and enter the ids again.",
            hint_ko=f"열 서식을 텍스트로 바꾸고 {what_ko}를 다시 입력하세요.",
        )
    return str(cell)


def read_currency(cell: Any, default: str) -> str:
    """Return the ISO code; a blank cell means the default."""
    if is_blank(cell):
        return default
    text = str(cell).strip(INVISIBLE)
    code = CURRENCIES.get(fold(text), text.upper())
    if _CURRENCY.match(code) is None:
        raise RefusalError(
            what="{value} is no currency",
            hint="Write the three letters, such as KRW or USD.",
            hint_ko="KRW, USD 처럼 세 글자로 쓰세요.",
        )
    return code


def read_status(cell: Any) -> str | None:
    """Return paid, cancelled, partial, ready, failed or cancel_requested; None if it is blank."""
    if is_blank(cell):
        return None
    status = STATUSES.get(fold(str(cell)))
    if status is None:
        raise RefusalError(
            what="the state {value} is not known",
            hint="Known are: 결제완료 (paid), 취소 (cancelled), 부분취소 (partial), 입금대기 (ready), "
            "결제실패 (failed), 취소요청 (cancel_requested) and their English names. Replace it, or leave "
            "the column out of the file.",
            hint_ko="결제완료, 취소, 부분취소, 입금대기, 결제실패, 취소요청 중 하나로 바꾸세요.",
        )
    return status


def text_of(cell: Any) -> str | None:
    """Write any other cell as text, the way it is displayed."""
    if cell is None or cell is Special.UNCALCULATED or cell == "":
        return None
    if isinstance(cell, (str, bool)):
        return cell if isinstance(cell, str) else str(cell).upper()
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < _FLOAT_EXACT_MAX
        return str(int(cell)) if whole else f"{cell:.15g}"
    if isinstance(cell, datetime):
        is_day = cell.time() == time() and cell.tzinfo is None
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def _amount_of_text(text: str, currency: str) -> int:
    """Read an amount as people write it; the currency it names has to be the row's."""
    if not text:
        raise _blank_amount()
    return _exact(text, currency)


def _amount_of_float(number: float, currency: str, *, is_spreadsheet: bool) -> int:
    """Take a float only where it stands for one exact decimal number."""
    if not math.isfinite(number) or abs(number) >= _FLOAT_EXACT_MAX:
        raise _no_amount()
    if number.is_integer():
        return int(number) if not minor_digits(currency) else _exact(int(number), currency)
    if is_spreadsheet:
        # Spreadsheets keep and show 15 digits; behind them is only the error of the format.
        return _exact(Decimal(f"{number:.15g}"), currency)
    if not minor_digits(currency):
        return _exact(Decimal(repr(number)), currency)
    raise RefusalError(
        what="{value} is a binary fraction, not an exact amount",
        hint="Store amounts as decimal, as text or as whole numbers.",
        hint_ko="금액은 decimal, 텍스트 또는 정수로 저장하세요.",
    )


def _exact(value: int | str | Decimal, currency: str) -> int:
    """Turn a number into minor units or say why that is not exact."""
    try:
        return to_minor(value, currency)
    except OtherCurrencyError as error:
        raise RefusalError(
            what=f"{{value}} is in another currency than the row ({currency})",
            hint="Add a column 통화 (currency) with KRW, USD, … for each row, or give currency=.",
            hint_ko="통화 열을 추가하거나 currency=를 지정하세요.",
        ) from error
    except ValueError as error:
        if "fraction" in str(error):
            unit = "a won" if currency == "KRW" else f"the smallest unit of {currency}"
            raise RefusalError(
                what=f"{{value}} has a fraction of {unit}",
                hint="Write a whole amount, such as 14000. Were won divided, or is another currency "
                "missing a 통화 (currency) column?",
                hint_ko="원 단위 정수로 쓰세요. 다른 통화라면 통화 열을 추가하세요.",
            ) from error
        raise _no_amount() from error


def _no_amount() -> RefusalError:
    return RefusalError(
        what="{value} is not an amount",
        hint="Write a whole number, such as 14000 or 14,000.",
        hint_ko="14000 또는 14,000 처럼 쓰세요.",
    )


def _blank_amount() -> RefusalError:
    return RefusalError(
        what="the amount is blank",
        hint="Write the amount, 0 if there is none, or delete the row.",
        hint_ko="금액을 쓰세요. 없으면 0을 쓰거나 행을 삭제하세요.",
    )


def _digits_lost(what: str, what_ko: str) -> RefusalError:
    return RefusalError(
        what=f"{{value}} has lost digits of the {what} in the file itself",
        hint=f"Export it again with the {what} as text (in Excel: format the column as text "
        "before the ids are entered or imported).",
        hint_ko=f"{what_ko}의 숫자가 이미 손실되었습니다. {what_ko} 열을 텍스트로 지정해 다시 내보내세요.",
    )
