"""Holds the card numbers the sandbox takes; it refuses every other one, real ones first of all.

=====================  =====================================================================
1234-1234-1234-1234    the guide's sample card: approved (KB국민, 381) with the expiries
                       printed there, 2019-01 and 2025-12, whatever the clock says
4242-4242-4242-4242    approved (신한, 366)
0000-0000-0NNN-0000    approved, by the issuer of card code NNN: 0000-0000-0041-0000 is 우리
0000-0000-0000-0001    declined when charged: over the limit
0000-0000-0000-0002    declined when charged: not enough money in the account
0000-0000-0000-0003    declined when registered and when charged: reported lost
0000-0000-0000-0004    refused: expired, whatever the expiry says
0000-0000-0000-0005    refused: the number is not valid
0000-0000-0000-0006    refused: date of birth or password is wrong
0000-0000-0000-0007    charged, but the PG's answer is lost: HTTP 500, the payment stays
                       ready and turns paid a minute later
0000-0000-0000-0008    charged; every cancel is refused by the PG
0000-0000-0000-0009    declined at the first attempt of an order, approved at the next
=====================  =====================================================================

No card in the world begins with 0000. "Refused" means HTTP 200 with code -1 and no payment;
"declined" means code 0 and a payment that failed. All other cards but the guide's own are
refused as expired when the expiry they are sent with is past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from jtnet_recon.sandbox.codes import CARDS
from jtnet_recon.sandbox.kst import date_of
from jtnet_recon.sandbox.refusals import RefusedError, Why

GUIDE_NUMBER, GUIDE_EXPIRIES = "1234123412341234", ("2019-01", "2025-12")
NUMBER_WRONG = "[F112]유효하지않은 카드번호를 입력하셨습니다."
EXPIRED = "[F113]유효기간이 경과한 카드입니다."
OWNER_WRONG = "[F114]생년월일 또는 비밀번호가 일치하지 않습니다."
LOST = "[F115]분실·도난 신고된 카드입니다."
LIMIT = "[한도초과] 카드 한도를 확인해 주세요"
NO_MONEY = "[잔액부족] 결제계좌 잔액이 부족합니다"
TRY_AGAIN = "[9999] 카드사 일시 장애입니다. 잠시 후 다시 시도해 주세요"


@dataclass(frozen=True, slots=True)
class Card:
    """A card as its company knows it; ``number`` is masked."""

    number: str
    code: str
    # Why the company refuses to register it, and to charge it; "" where it does not.
    identity_fault: str = ""
    decline: str = ""
    is_silent: bool = False
    is_final: bool = False
    is_moody: bool = False

    @property
    def name(self) -> str:
        """Give the name of the card company."""
        return CARDS[self.code]


_ODD: dict[int, dict[str, object]] = {
    1: {"decline": LIMIT},
    2: {"decline": NO_MONEY},
    3: {"identity_fault": LOST, "decline": LOST},
    4: {"identity_fault": EXPIRED},
    5: {"identity_fault": NUMBER_WRONG},
    6: {"identity_fault": OWNER_WRONG},
    7: {"is_silent": True},
    8: {"is_final": True},
    9: {"is_moody": True},
}
_KNOWN_CODES = {"4242424242424242": "366", GUIDE_NUMBER: "381"} | {
    f"000000000{code}0000": code for code in CARDS
}


def find(number: object) -> Card:
    """Find a test card by its number, dashes or not; refuse every other number."""
    digits = re.sub(r"[ -]", "", str(number))
    code = _KNOWN_CODES.get(digits)
    if code is not None:
        return Card(_masked(digits), code)
    if re.fullmatch("0{15}[1-9]", digits):
        return Card(_masked(digits), "366", **_ODD[int(digits)])  # type: ignore[arg-type]  # by name
    raise RefusedError(Why.CARD_REAL if re.fullmatch(r"\d{13,19}", digits) else Why.CARD_NUMBER)


def fault_of(number: object, *, expiry: object, birth: object, password: object, at_s: int) -> str:
    """Say why the card company does not recognise the owner; "" if it does."""
    card = find(number)
    if card.identity_fault:
        return card.identity_fault
    if not isinstance(expiry, str) or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", expiry):
        return EXPIRED
    is_guide = re.sub(r"[ -]", "", str(number)) == GUIDE_NUMBER and expiry in GUIDE_EXPIRIES
    if not is_guide and expiry < f"{date_of(at_s):%Y-%m}":
        return EXPIRED
    births, passwords = r"\d{6}|\d{10}", r"\d{2}"
    for given, form in ((birth, births), (password, passwords)):
        if given not in (None, "") and not re.fullmatch(form, str(given)):
            return OWNER_WRONG
    return ""


def _masked(digits: str) -> str:
    return f"{digits[:6]}******{digits[-4:]}"
