"""Answers the requests around a payment: cancels, papers, code tables, PG settings.

Delivery notes, identity checks and Naver Pay are answered as for a merchant of JTNet or
NICE, who has none of them: there is nothing to read, and nothing can be changed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from jtnet_recon.sandbox import cancels, codes, papers, vbanks
from jtnet_recon.sandbox.gateways import CHANNELS
from jtnet_recon.sandbox.refusals import RefusedError, Why
from jtnet_recon.sandbox.replies import Reply, success
from jtnet_recon.sandbox.shelf import as_json

if TYPE_CHECKING:
    from jtnet_recon.sandbox.account import Account, Call, Route, Routes

TIER_NAMES = {"A01": "강남점", "B02": "서초점"}


def _cancel(account: Account, call: Call) -> Reply:
    return success(as_json(cancels.cancel(account.shop, call.form)))


def _prepare(account: Account, call: Call) -> Reply:
    is_change = call.method == "PUT"
    return success(as_json(papers.prepare(account.shop, call.form, is_change=is_change)))


def _prepared(account: Account, call: Call) -> Reply:
    return success(as_json(papers.prepared(account.shop, call.segments[2])))


def _balance(account: Account, call: Call) -> Reply:
    """Refuse: only PAYCO and KCP keep a balance, and this merchant has neither."""
    _known(account, call.segments[1])
    raise RefusedError(Why.BALANCE_UNSUPPORTED)


def _issue_account(account: Account, call: Call) -> Reply:
    return success(as_json(vbanks.issue(account.shop, call.form)))


def _change_account(account: Account, call: Call) -> Reply:
    return success(as_json(vbanks.change(account.shop, call.segments[1], call.form)))


def _revoke_account(account: Account, call: Call) -> Reply:
    return success(as_json(vbanks.revoke(account.shop, call.segments[1])))


def _receipt(account: Account, call: Call) -> Reply:
    return success(as_json(papers.receipt(account.shop, call.segments[1])))


def _issue_receipt(account: Account, call: Call) -> Reply:
    return success(as_json(papers.issue_receipt(account.shop, call.segments[1], call.form)))


def _cancel_receipt(account: Account, call: Call) -> Reply:
    return success(as_json(papers.cancel_receipt(account.shop, call.segments[1])))


def _external(account: Account, call: Call) -> Reply:
    return success(as_json(papers.external_receipt(account.shop, call.segments[2])))


def _issue_external(account: Account, call: Call) -> Reply:
    shop, merchant_uid = account.shop, call.segments[2]
    return success(as_json(papers.issue_external_receipt(shop, merchant_uid, call.form)))


def _cancel_external(account: Account, call: Call) -> Reply:
    return success(as_json(papers.cancel_external_receipt(account.shop, call.segments[2])))


def _escrow(account: Account, call: Call) -> Reply:
    """Refuse: neither JTNet nor the older NICE module takes delivery notes."""
    _known(account, call.segments[2])
    raise RefusedError(Why.PG_UNSUPPORTED)


def _cards(_account: Account, _call: Call) -> Reply:
    return success(_listed(codes.CARDS))


def _card(_account: Account, call: Call) -> Reply:
    return success(_one_of(codes.CARDS, call.segments[1], Why.CARD_CODE_UNKNOWN))


def _banks(_account: Account, _call: Call) -> Reply:
    return success(_listed(codes.BANKS))


def _bank(_account: Account, call: Call) -> Reply:
    return success(_one_of(codes.BANKS, call.segments[1], Why.BANK_CODE_UNKNOWN))


def _settings(_account: Account, _call: Call) -> Reply:
    return success(as_json([asdict(channel) for channel in CHANNELS]))


def _tier(account: Account, call: Call) -> Reply:
    code = call.segments[1]
    if code not in account.tiers:
        raise RefusedError(Why.TIER_UNKNOWN)
    return success(as_json({"tier_code": code, "tier_name": TIER_NAMES[code]}))


def _naver_of_payment(account: Account, call: Call) -> Reply:
    _known(account, call.segments[1])
    raise RefusedError(Why.NAVER_ONLY if call.segments[3] == "cash-amount" else Why.NAVER_UNKNOWN)


def _refuse(why: Why) -> Route:
    """Make a route that always refuses."""

    def refuse(_account: Account, _call: Call) -> Reply:
        raise RefusedError(why)

    return refuse


def _known(account: Account, imp_uid: str) -> None:
    if imp_uid not in account.shelf.by_imp_uid:
        raise RefusedError(Why.PAYMENT_UNKNOWN)


def _listed(table: dict[str, str]) -> bytes:
    return as_json([{"code": code, "name": name} for code, name in table.items()])


def _one_of(table: dict[str, str], code: str, why: Why) -> bytes:
    if code not in table:
        raise RefusedError(why)
    return as_json({"code": code, "name": table[code]})


_NO_CHECK = _refuse(Why.CERTIFICATION_UNKNOWN)
ROUTES: Routes = {
    "payments/cancel": {"POST": _cancel},
    "payments/prepare": {"POST": _prepare, "PUT": _prepare},
    "payments/prepare/{}": {"GET": _prepared},
    "payments/{}/balance": {"GET": _balance},
    "payments/{}/naver/product-orders": {"GET": _naver_of_payment},
    "payments/{}/naver/cash-amount": {"GET": _naver_of_payment},
    "naver/product-orders/{}": {"GET": _refuse(Why.NAVER_UNKNOWN)},
    "naver/reviews": {"GET": _refuse(Why.NAVER_ONLY)},
    "vbanks": {"POST": _issue_account},
    "vbanks/{}": {"PUT": _change_account, "DELETE": _revoke_account},
    "receipts/external/{}": {
        "GET": _external,
        "POST": _issue_external,
        "DELETE": _cancel_external,
    },
    "receipts/{}": {"GET": _receipt, "POST": _issue_receipt, "DELETE": _cancel_receipt},
    "escrows/logis/{}": {"GET": _escrow, "POST": _escrow, "PUT": _escrow},
    "certifications/{}": {"GET": _NO_CHECK, "DELETE": _NO_CHECK},
    "cards": {"GET": _cards},
    "cards/{}": {"GET": _card},
    "banks": {"GET": _banks},
    "banks/{}": {"GET": _bank},
    "users/pg": {"GET": _settings},
    "tiers/{}": {"GET": _tier},
}
