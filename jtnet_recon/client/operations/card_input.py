"""Card data on its way to one request: it is shown to nobody and kept nowhere."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, NoReturn, Self

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMS = {
    "card_number": (r"\d{13,19}", "13 to 19 digits"),
    "expiry": (r"\d{4}-(0[1-9]|1[0-2])", "YYYY-MM, such as 2030-01"),
    "birth": (r"\d{6}|\d{10}", "six digits (YYMMDD), or the ten of a business number"),
    "pwd_2digit": (r"\d{2}", "the first two digits of the card's password"),
    "cvc": (r"\d{3,4}", "three or four digits"),
}
_LAST = 4
# The same by its name, as a server may repeat what it was sent: JSON, a form, words.
_NAMED = re.compile(
    r"""((?:card_number|expiry|birth|pwd_2digit|cvc)["']?\s*[:=]\s*["']?)\d[^\s"',&;})]*"""
)
# Found wherever it stands; what is shorter would be found in any figure.
_TELLING_LENGTH = 6
# A number with blanks or dashes between its digits is a number, too.
_LIKE_A_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－", "0123456789-")
MASK = "••••"


class Masked(dict[str, Any]):
    """Fields with a card among them: a dict to whoever sends it, a mask to whoever prints it."""

    def __repr__(self) -> str:
        """Name the fields."""
        return f"{{{', '.join(self)}: {MASK}}}"

    __str__ = __repr__

    def __rich_repr__(self) -> Iterator[str]:
        """Say the same to what prints dicts by itself."""
        yield repr(self)

    def __reduce__(self) -> NoReturn:
        message = "A card cannot be pickled or copied."
        raise TypeError(message)


class CardInput:
    """One card, for one request; ``repr`` shows its last four digits at most.

    It cannot be pickled, copied or compared, and is emptied when it has been sent. That is the
    best Python can do: texts that the caller made it from stay in the caller's memory.

    Parameters
    ----------
    number : str
        13 to 19 digits, with or without dashes and blanks.
    expiry : str
        ``YYYY-MM``.
    birth : str, optional
        Six digits, or the ten of a business number.
    pwd_2digit : str, optional
        The first two digits of the card's password.
    cvc : str, optional
        Three or four digits.

    Raises
    ------
    ConfigError
        If a part has another form; the message does not repeat it.

    Notes
    -----
    Source: i'mport V1 OpenAPI, POST /subscribe/customers/{customer_uid}; PCI DSS v4, 3.3.1, 3.4.1.
    """

    __slots__ = ("_parts",)
    __hash__ = None  # type: ignore[assignment] # a hash of a card number can be guessed

    def __init__(
        self,
        number: str,
        expiry: str,
        *,
        birth: str | None = None,
        pwd_2digit: str | None = None,
        cvc: str | None = None,
    ) -> None:
        parts = {
            "card_number": re.sub(r"[\s-]", "", _plain(number)),
            "expiry": _plain(expiry),
            **{
                name: _plain(value)
                for name, value in (("birth", birth), ("pwd_2digit", pwd_2digit), ("cvc", cvc))
                if value is not None
            },
        }
        wrong = [name for name in parts if not re.fullmatch(_FORMS[name][0], parts[name], re.ASCII)]
        kept = {} if wrong else parts
        self._parts = Masked({name: bytearray(text, "ascii") for name, text in kept.items()})
        # Whoever formats the error with its locals must not find them here.
        del number, expiry, birth, pwd_2digit, cvc, parts, kept
        if wrong:
            message = f"{wrong[0]} of the card is not {_FORMS[wrong[0]][1]}."
            raise ConfigError(
                message,
                hint="The value is not repeated here on purpose. Type it again.",
                hint_ko="카드정보 형식이 올바르지 않습니다. 입력값은 보안을 위해 표시하지 않습니다.",
            )

    @classmethod
    def prompt(cls) -> Self:
        """Ask for the card at the terminal or in the notebook, without showing what is typed.

        Returns
        -------
        CardInput
            Without CVC: JTNet and NICE do not ask for it.

        Raises
        ------
        ConfigError
            If the terminal would show it, or a part has another form.
        """
        return cls(
            _hidden("Card number · 카드번호: "),
            _hidden("Expiry YYYY-MM · 유효기간: "),
            birth=_hidden("Birth YYMMDD or business number · 생년월일/사업자번호: ") or None,
            pwd_2digit=_hidden("First two digits of the password · 비밀번호 앞 2자리: ") or None,
        )

    def fields(self) -> dict[str, str]:
        """Return what the API is sent; for the expression that writes the request only.

        Returns
        -------
        dict
            card_number as ``dddd-dddd-dddd-dddd``, expiry, and what else was given.

        Raises
        ------
        ConfigError
            If the card was sent already.
        """
        self.check_full()
        found = Masked({name: part.decode("ascii") for name, part in self._parts.items()})
        found["card_number"] = "-".join(re.findall(r"\d{1,4}", found["card_number"]))
        return found

    def check_full(self) -> None:
        """Refuse a card that was sent already.

        Raises
        ------
        ConfigError
            If the data are gone.
        """
        if self.is_empty:
            raise ConfigError(
                message="This card was sent already; its data are gone.",
                hint="Make another CardInput for another request.",
                hint_ko="이미 사용한 카드 입력입니다. CardInput을 새로 만드세요.",
            )

    def clear(self) -> None:
        """Overwrite and forget the data."""
        for part in self._parts.values():
            part[:] = bytes(len(part))
        self._parts.clear()

    def is_in(self, *texts: object) -> bool:
        """Tell whether a text holds the card's number, whatever stands between its digits.

        Parameters
        ----------
        *texts : object
            Ids, which travel further than a card may; what is no text has no digits.

        Returns
        -------
        bool
            Also False for a card that was sent.
        """
        number = self._parts.get("card_number", b"").decode("ascii")
        digits = (re.sub(r"\D", "", _plain(text)) for text in texts)
        return bool(number) and any(number in some for some in digits)

    def hide(self, text: str) -> str:
        """Put a mask in place of the card's parts, where a server repeats them.

        Parameters
        ----------
        text : str
            What the server says.

        Returns
        -------
        str
            As of ``without_cards``, and without this card's expiry and date of birth.
        """
        for part in self._parts.values():
            if len(part) >= _TELLING_LENGTH:
                text = text.replace(part.decode("ascii"), MASK)
        return without_cards(text)

    @property
    def is_empty(self) -> bool:
        """Whether the data are gone."""
        return not self._parts

    def __repr__(self) -> str:
        """Show the last four digits, or that it is empty."""
        if not getattr(self, "_parts", None):
            return "CardInput(empty)"
        return f"CardInput({MASK} {self._parts['card_number'][-_LAST:].decode('ascii')})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Show the same in f-strings."""
        return repr(self)

    def __eq__(self, other: object) -> bool:
        """Be equal to itself alone."""
        return self is other

    def __getstate__(self) -> NoReturn:
        self.__reduce__()

    def __reduce__(self) -> NoReturn:
        message = "A card cannot be pickled or copied."
        raise TypeError(message)


def no_card() -> ConfigError:
    """Make the error for a card that is plain text, without repeating it."""
    return ConfigError(
        message="card must be a CardInput.",
        hint="CardInput(number, expiry, ...), or CardInput.prompt(). Nothing was sent.",
        hint_ko="카드정보는 CardInput으로 지정하세요. 아무것도 전송하지 않았습니다.",
    )


def number_as_id() -> ConfigError:
    """Make the error for an id that holds the card's number, without repeating it."""
    return ConfigError(
        message="An id holds the card's number; ids stand in journals, records and reports.",
        hint="Give the card a name of its own, such as gildong_0001. Nothing was sent.",
        hint_ko="주문번호나 빌링키(customer_uid)에 카드번호를 쓸 수 없습니다. 아무것도 전송하지 않았습니다.",
    )


def without_cards(text: str) -> str:
    """Put a mask in place of whatever looks like a card number.

    Parameters
    ----------
    text : str
        Such as a message of the server, which may repeat what it was sent.

    Returns
    -------
    str
        Runs of 13 to 19 digits, with single blanks or dashes between them, become a mask; so
        does what follows the name of a card's field.
    """
    return _NAMED.sub(rf"\1{MASK}", _LIKE_A_CARD.sub(MASK, text))


def _hidden(words: str) -> str:
    """Ask without showing what is typed; where that cannot be, do not ask."""
    from getpass import GetPassWarning, getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            return getpass(words)
    except GetPassWarning:
        pass
    raise ConfigError(
        message="This terminal would show the card while it is typed.",
        hint="Ask in a terminal or a notebook, or make a CardInput from what your vault gives.",
        hint_ko="입력한 카드정보가 화면에 표시되는 터미널입니다. 일반 터미널이나 노트북에서 실행하세요.",
    )


def _plain(value: object) -> str:
    """Bring full-width digits to plain ones; what is no text has no form."""
    return value.translate(_FULL_WIDTH).strip() if isinstance(value, str) else ""
