"""Refuses the calls of services that a merchant of JTNet or NICE does not have, each by its name.

The V1 document lists them beside the others; the sandbox has nothing to do for them, and says so
in the form of a business refusal, which the document allows for each (HTTP 200, ``code`` 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jtnet_recon.sandbox.refusals import RefusedError, Why

if TYPE_CHECKING:
    from jtnet_recon.sandbox.account import Account, Call, Route, Routes
    from jtnet_recon.sandbox.replies import Reply

_KCP, _NAVER_ORDERS, _NAVER_PAY = "KCP 퀵페이", "네이버페이 주문형", "네이버페이 결제형"
_OTP = "본인인증(SMS)"


def _refuse(service: str) -> Route:
    """Make a route that says which service is not there."""

    def refuse(_account: Account, _call: Call) -> Reply:
        raise RefusedError(Why.SERVICE_UNUSED, service)

    return refuse


SERVICES: dict[tuple[str, str], str] = {
    ("POST", "benepia/payment"): "베네피아 포인트",
    ("POST", "benepia/point"): "베네피아 포인트",
    ("POST", "certifications/otp/confirm/{}"): _OTP,
    ("POST", "certifications/otp/request"): _OTP,
    ("POST", "cvs"): "편의점 결제",
    ("DELETE", "cvs/{}"): "편의점 결제",
    ("DELETE", "kcpquick/autopay/{}"): _KCP,
    ("DELETE", "kcpquick/members/{}"): _KCP,
    ("POST", "kcpquick/members/{}/fido/release"): _KCP,
    ("POST", "kcpquick/payment/autopay"): _KCP,
    ("POST", "kcpquick/payment/money"): _KCP,
    ("POST", "kcpquick/prepare/{}"): _KCP,
    ("PUT", "kcpquick/prepare/{}"): _KCP,
    ("POST", "partners/receipts/{}"): "영수증 내 하위 상점 거래",
    ("POST", "payco/orders/status/{}"): "페이코",
    ("POST", "payments/{}/naver/confirm"): _NAVER_PAY,
    ("POST", "payments/{}/naver/point"): _NAVER_PAY,
    **{
        ("POST", f"payments/{{}}/naver/{act}"): _NAVER_ORDERS
        for act in (
            "approve-cancel approve-return cancel collect-exchanged place reject-return "
            "request-return resolve-return ship ship-exchanged withhold-return"
        ).split()
    },
    ("POST", "paymentwall/delivery"): "페이먼트월",
    # Of the guide's list, and no longer in the document; the paths are those of public clients.
    ("GET", "kakao/payment/orders"): "카카오페이",
    ("GET", "vbanks/holder"): "예금주 조회",
}
ROUTES: Routes = {
    pattern: {
        method: _refuse(service)
        for (method, of_pattern), service in SERVICES.items()
        if of_pattern == pattern
    }
    for _, pattern in SERVICES
}
