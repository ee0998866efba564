"""Which columns hold personal data, and the frames without it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from jtnet_recon.report import mask
from jtnet_recon.tables import PAYMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Mask: TypeAlias = Callable[[str], str]

DROPPED = ("custom_data", "user_agent")
"""Payment columns that no masked report shows: their content cannot be told."""

UNREAD = "unread"
"""The payment column of values that could not be read, as JSON by field."""

IDS = ("merchant_uid", "customer_uid")
"""Ids of the merchant's own making; many shops build them from a phone or an e-mail."""

_PAYMENT_MASKS: dict[str, Mask] = {
    "card_number": mask.mask_card,
    "vbank_num": mask.mask_account,
    "vbank_holder": mask.mask_name,
    "buyer_name": mask.mask_name,
    "buyer_email": mask.mask_email,
    "buyer_tel": mask.mask_phone,
    "buyer_addr": mask.mask_address,
    "buyer_postcode": mask.mask_postcode,
    "depositor_name": mask.mask_name,
    "name": mask.mask_free_text,
    "fail_reason": mask.mask_free_text,
    "cancel_reason": mask.mask_free_text,
}
# Ids and codes of the PG are long numbers that only look like cards or phones.
_PLAIN = {column.name for column in PAYMENTS.columns} - set(_PAYMENT_MASKS) - set(DROPPED)
_PLAIN |= {"cancellation_id", "deposited_at", "cancelled_at"}

# What people write above such columns; the first that fits decides, so "구매자 연락처" is a phone.
_HEADINGS: tuple[tuple[re.Pattern[str], Mask], ...] = tuple(
    (re.compile(words, re.IGNORECASE), masked)
    for words, masked in (
        (r"e-?mail|이메일|전자우편|메일", mask.mask_email),
        (r"우편번호|postcode|postal|zip", mask.mask_postcode),
        (r"주소|배송지|addr", mask.mask_address),
        (
            r"연락처|전화|휴대폰|핸드폰|모바일|phone|\btel|mobile|(?<![a-z])hp(?![a-z])",
            mask.mask_phone,
        ),
        (r"주민|생년월일|birth|resident|사업자등록번호", mask.mask_birth),
        (r"카드번호|card_?(?:number|no)\b|card num", mask.mask_card),
        (r"계좌|account_?(?:number|no)?$|vbank_num", mask.mask_account),
        (r"user_?agent|custom_?data|(?<![a-z])ip(?![a-z])|아이피", mask.mask_all),
        (
            (
                r"(?:구매|주문|수령|수취|입금|결제|신청|예약|계약|받는|보내는)\s*(?:자|인|분|사람|고객)"
                r"(?:명|이름|성명|성함)?$|예금주|성명|성함|이름|고객(?:명|님)?$|회원(?:명|님)?$|담당자"
                r"|buyer(?:_?name)?$|customer(?:_?name)?$|recipient|payer|holder|depositor|(?:first|last|full)_?name"
            ),
            mask.mask_name,
        ),
    )
)


@cache
def mask_of(column: str, *, of_payments: bool) -> Mask | None:
    """Choose the mask of a column by its name or heading.

    Parameters
    ----------
    column : str
        The name of a payment's field, or the heading of a ledger's column.
    of_payments : bool
        Whether it is a field of a payment, whose meaning is known.

    Returns
    -------
    callable or None
        Takes and returns a text; None where the column is no person's.
    """
    if of_payments and column in _PAYMENT_MASKS:
        return _PAYMENT_MASKS[column]
    if column == "customer":
        return mask.mask_customer
    if of_payments and column == UNREAD:
        return _mask_json
    if column in _PLAIN and (of_payments or column in ("merchant_uid", "status", "currency")):
        return None
    for words, masked in _HEADINGS:
        if words.search(column.strip()):
            return masked
    return mask.mask_free_text


def mask_side(
    frame: pd.DataFrame, aliases: Mapping[str, str], *, of_payments: bool
) -> pd.DataFrame:
    """Return one side without personal data.

    Parameters
    ----------
    frame : DataFrame
        Payments or ledger; left as it is.
    aliases : mapping of str to str
        Of :func:`id_aliases`.
    of_payments : bool
        Which side it is.

    Returns
    -------
    DataFrame
        The same rows; ``custom_data`` and ``user_agent`` are gone from payments.
    """
    kept = frame.drop(columns=[name for name in DROPPED if of_payments and name in frame.columns])
    columns = {
        name: _masked(kept[name], str(name), aliases, of_payments=of_payments)
        for name in kept.columns
    }
    result = pd.DataFrame(columns, index=kept.index)
    return result.set_axis(kept.columns, axis=1)


def mask_breaks(breaks: pd.DataFrame, aliases: Mapping[str, str]) -> pd.DataFrame:
    """Return the breaks without personal data.

    Parameters
    ----------
    breaks : DataFrame
        Of a result; left as it is.
    aliases : mapping of str to str
        Of :func:`id_aliases`.

    Returns
    -------
    DataFrame
        The same rows; columns ``<field>_payments`` and ``<heading>_ledger`` as on their side.
    """
    dropped = [f"{name}_payments" for name in DROPPED]
    kept = breaks.drop(columns=[name for name in dropped if name in breaks.columns])
    columns = {}
    for name in kept.columns:
        field, _, side = str(name).rpartition("_")
        if side in ("payments", "ledger") and field:
            columns[name] = _masked(kept[name], field, aliases, of_payments=side == "payments")
        elif name in IDS:
            columns[name] = _renamed(kept[name], aliases)
        elif name in ("finding", "finding_ko"):
            columns[name] = _mapped(kept[name], mask.mask_contacts)
        else:
            columns[name] = kept[name]
    return pd.DataFrame(columns, index=kept.index)


def id_aliases(*frames: pd.DataFrame) -> dict[str, str]:
    """Give each id that holds a phone or an e-mail a masked name of its own.

    Two ids may look alike once masked, so each gets a number: rows of one order can still be
    found on every sheet.

    Parameters
    ----------
    *frames : DataFrame
        All that will be shown together.

    Returns
    -------
    dict of str to str
        From the id to what is shown; ids that need no mask are left out.
    """
    found: set[str] = set()
    for frame in frames:
        for name in frame.columns:
            if str(name).removesuffix("_payments").removesuffix("_ledger") in IDS:
                found.update(_texts(frame[name].unique()))
    masked = {text: mask.mask_contacts(text) for text in sorted(found)}
    changed = [text for text, shown in masked.items() if shown != text]
    return {text: f"{masked[text]} #{number}" for number, text in enumerate(changed, start=1)}


def mask_nested(value: Any, *, of_payments: bool = True) -> Any:
    """Mask lists and dicts of the API, such as a deposit's history.

    Parameters
    ----------
    value : object
        As the API sent it.
    of_payments : bool, default True
        Whether its fields are a payment's.

    Returns
    -------
    object
        A masked copy.
    """
    if isinstance(value, dict):
        return {
            key: _mask_field(str(key), item, of_payments=of_payments) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask_nested(item, of_payments=of_payments) for item in value]
    return mask.mask_free_text(value) if isinstance(value, str) else value


def _mask_field(key: str, value: Any, *, of_payments: bool) -> Any:
    """Mask one field of a dict by its name, also where it holds a list or a number."""
    if isinstance(value, (list, tuple)):
        return [_mask_field(key, item, of_payments=of_payments) for item in value]
    if value is None or isinstance(value, (dict, bool)):
        return mask_nested(value, of_payments=of_payments)
    masked = mask_of(key, of_payments=of_payments)
    if masked is None:
        return value
    text = str(value)
    shown = masked(text)
    return value if shown == text else shown


def _mask_json(text: str) -> str:
    """Mask fields that are kept as JSON; of what is no JSON nothing is shown."""
    try:
        fields = json.loads(text)
    except ValueError:
        return mask.mask_all(text)
    return json.dumps(mask_nested(fields), ensure_ascii=False)


def _masked(
    values: pd.Series[Any], name: str, aliases: Mapping[str, str], *, of_payments: bool
) -> pd.Series[Any]:
    """Mask one column; flags and times hold no person, and numbers only under such a heading."""
    if name in IDS:
        return _renamed(values, aliases)
    if values.dtype == object:
        return _mapped_objects(values, name, of_payments=of_payments)
    masked = mask_of(name, of_payments=of_payments)
    if pd.api.types.is_numeric_dtype(values.dtype) and masked not in (None, mask.mask_free_text):
        return _mapped(values.astype("str"), masked)
    if not pd.api.types.is_string_dtype(values.dtype):
        return values
    return values if masked is None else _mapped(values, masked)


def _renamed(values: pd.Series[Any], aliases: Mapping[str, str]) -> pd.Series[Any]:
    """Show ids by their aliases."""
    if not aliases:
        return values
    return values.map(lambda text: aliases.get(text, text), na_action="ignore").astype("str")


def _mapped(values: pd.Series[Any], masked: Mask) -> pd.Series[Any]:
    """Mask each different text once."""
    shown = {text: masked(text) for text in _texts(values.unique())}
    if all(text == after for text, after in shown.items()):
        return values
    return values.map(shown, na_action="ignore").astype("str")


def _mapped_objects(values: pd.Series[Any], name: str, *, of_payments: bool) -> pd.Series[Any]:
    """Mask a column of lists, dicts or mixed values."""
    shown = [
        _mask_field(name, value, of_payments=of_payments)
        if isinstance(value, str)
        else mask_nested(value, of_payments=of_payments)
        for value in values
    ]
    return pd.Series(shown, index=values.index, dtype="object")


def _texts(values: Iterable[Any]) -> list[str]:
    """Keep what is text."""
    return [value for value in values if isinstance(value, str)]
