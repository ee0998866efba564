"""Masks for personal data, one value at a time; each applied twice gives what it gave once.

Source: common Korean practice for showing personal data (name, phone, address), and PCI DSS
3.4.1 for card numbers, of which only the last four digits are shown.
"""

from __future__ import annotations

import re

_STARS = "****"
_CARD = "****-****-****-"
# Digits too: a phone number in the field of a name is no less personal.
_NAME_RUN = re.compile(r"(?:[^\W_]|\*)+")
_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"[A-Za-z0-9._%+*'-]+@[\w*-]+(?:\.[\w*-]+)*\.[^\W\d_]{2,}")
# A Korean mobile number in any common spelling, and landlines where dashes say so.
_PHONE = re.compile(
    r"(?<!\d)(?:\+?82[-. ]?\(?0?\)?1[016789]|01[016789])[-. )]{0,2}\d{3,4}[-. ]?\d{4}(?!\d)"
    r"|(?<![\d-])(?:02|0[3-6][1-5]|070|080|050\d)[-.) ]\d{3,4}[-. ]\d{4}(?![\d-])"
)
_PHONE_SHOWN = re.compile(r"\d{2,4}-\*{4}-\d{4}")
# 13 to 19 digits, alone or in groups; what is one is decided by its first digit and its sum. A
# full stop may end the sentence, but digits on both sides of one are a decimal number.
_PAN = re.compile(r"(?<!\d)(?<!\d\.)[3-69](?:[ -]?\d){12,18}(?!\d|\.\d)")
_RESIDENT = re.compile(r"(?<!\d)(\d{2})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])-?[1-8]\d{6}(?!\d)")
_REGION = re.compile(
    r"^(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
    r"|\S*[시도군구])$"
)
_STREET = re.compile(r"^[^\d\s*]+(?:읍|면|동|리|가|로|길)")

_SHOWN_DIGITS = 4
_ACCOUNT_DIGITS_MIN = 5
_PHONE_DIGITS_MIN = 7
_LUHN_DOUBLED_MAX = 9
_KOREAN_NAME_MIN = 3
_LOCAL_CHARS_FOR_TWO = 4


def mask_name(text: str) -> str:
    """Keep the first and last character of a Korean name, the first of any other.

    Parameters
    ----------
    text : str
        Such as ``김하준``, ``김준``, ``Kim Minji``.

    Returns
    -------
    str
        ``김*준``, ``김*``, ``K** M****``.
    """
    return _NAME_RUN.sub(lambda match: _mask_word(match.group()), text)


def mask_customer(text: str) -> str:
    """Hide a customer who is named; a number of the merchant's own names nobody.

    Parameters
    ----------
    text : str
        Such as ``M000123`` or ``홍길동``.

    Returns
    -------
    str
        ``M000123``, ``홍*동``.
    """
    is_number = text.isascii() and any(letter.isdigit() for letter in text)
    return mask_contacts(text) if is_number else mask_name(text)


def mask_phone(text: str) -> str:
    """Hide the middle of a phone number.

    Parameters
    ----------
    text : str
        A phone number in any spelling.

    Returns
    -------
    str
        Such as ``010-****-5678``; of something shorter, no digit.
    """
    if _PHONE_SHOWN.fullmatch(text):
        return text
    digits = "".join(_DIGIT.findall(text))
    if len(digits) < _PHONE_DIGITS_MIN:
        return _DIGIT.sub("*", text)
    if digits.startswith("82"):
        digits = "0" + digits[2:].removeprefix("0")
    head = digits[:2] if digits.startswith("02") else digits[:3]
    return f"{head}-{_STARS}-{digits[-_SHOWN_DIGITS:]}"


def mask_email(text: str) -> str:
    """Keep the first two characters before the @ and the first after it.

    Parameters
    ----------
    text : str
        An e-mail address.

    Returns
    -------
    str
        Such as ``ho***@e*****.com``.
    """
    local, at, domain = text.partition("@")
    shown = (local[:2] if len(local) >= _LOCAL_CHARS_FOR_TWO else local[:1]).rstrip("*")
    if not at:
        return f"{shown}***"
    end = domain.rpartition(".")[2] if "." in domain else ""
    return f"{shown}***@{domain[:1].rstrip('*')}*****" + (f".{end}" if end else "")


def mask_address(text: str) -> str:
    """Keep an address up to its 읍, 면, 동 or road name.

    Parameters
    ----------
    text : str
        A Korean address; of any other nothing is kept.

    Returns
    -------
    str
        Such as ``서울시 강남구 역삼동 ***``.
    """
    kept: list[str] = []
    for word in text.split():
        street = _STREET.match(word)
        if kept and street:
            kept.append(street.group())
            break
        if not _REGION.match(word):
            break
        kept.append(word)
    return " ".join([*kept, "***"])


def mask_postcode(text: str) -> str:
    """Keep the first two digits of a postcode.

    Parameters
    ----------
    text : str
        A postcode.

    Returns
    -------
    str
        Such as ``06***``.
    """
    return text[:2].rstrip("*") + "***"


def mask_account(text: str) -> str:
    """Keep the last four digits of a bank or virtual account.

    Parameters
    ----------
    text : str
        An account number.

    Returns
    -------
    str
        Such as ``******4567``.
    """
    digits = _DIGIT.findall(text)
    is_masked = text == "******" + "".join(digits) and len(digits) == _SHOWN_DIGITS
    if is_masked:
        return text
    return "******" + ("".join(digits[-4:]) if len(digits) >= _ACCOUNT_DIGITS_MIN else "")


def mask_card(text: str) -> str:
    """Keep the last four digits of a card, if they are there.

    Parameters
    ----------
    text : str
        A card number, whole or as the PG masked it.

    Returns
    -------
    str
        ``****-****-****-1111``.
    """
    plain = re.sub(r"[\s-]", "", text)
    last = plain[-_SHOWN_DIGITS:]
    return _CARD + (last if len(plain) > _SHOWN_DIGITS and last.isdecimal() else _STARS)


def mask_birth(text: str) -> str:
    """Keep the first two characters of a birth date or registration number.

    Parameters
    ----------
    text : str
        Such as ``820115`` or ``123-45-67890``.

    Returns
    -------
    str
        Such as ``82****``.
    """
    return text[:2].rstrip("*") + _STARS


def mask_all(text: str) -> str:
    """Show nothing but that there is something.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        ``***``.
    """
    del text
    return "***"


def mask_contacts(text: str) -> str:
    """Hide the phone numbers and e-mail addresses in an id or a sentence.

    Parameters
    ----------
    text : str
        Such as an order id that a shop builds from its customer's phone number.

    Returns
    -------
    str
        The same text with the masks in it.
    """
    if "@" in text:
        text = _EMAIL.sub(lambda match: mask_email(match.group()), text)
    return _PHONE.sub(lambda match: mask_phone(match.group()), text)


def mask_free_text(text: str) -> str:
    """Hide the cards, resident numbers, phones and e-mails that stand in free text.

    Parameters
    ----------
    text : str
        An order name, a reason, a note.

    Returns
    -------
    str
        The same text with the masks in it. Names in a sentence cannot be told and stay.
    """
    if not any(letter.isdecimal() for letter in text) and "@" not in text:
        return text
    text = _PAN.sub(_mask_if_card, text)
    text = _RESIDENT.sub(lambda match: f"{match.group(1)}****-*******", text)
    return mask_contacts(text)


def passes_luhn(digits: str) -> bool:
    """Tell whether digits have the check sum of a card number.

    Parameters
    ----------
    digits : str
        Digits only.

    Returns
    -------
    bool
        True if the sum fits. Source: ISO/IEC 7812-1, annex B.
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > _LUHN_DOUBLED_MAX else value
    return total % 10 == 0


def _mask_word(word: str) -> str:
    """Mask one run of letters of a name."""
    if set(word) == {"*"}:
        return word
    if len(word) == 1:
        return "*"
    if len(word) >= _KOREAN_NAME_MIN and not word[0].isascii():
        return word[0] + "*" * (len(word) - 2) + word[-1]
    return word[0] + "*" * (len(word) - 1)


def _mask_if_card(match: re.Match[str]) -> str:
    """Mask a run of digits that has a card's check sum."""
    digits = "".join(_DIGIT.findall(match.group()))
    return _CARD + digits[-_SHOWN_DIGITS:] if passes_luhn(digits) else match.group()
