"""The calls that a reading client may make, as data, and the paths they go to.

Source: i'mport V1 OpenAPI ("포트원 REST API 1.0", 80 operations), all its 28 GETs and the one
POST that gets a token. Everything else moves money, deletes or registers, and is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

GET_TOKEN = "/users/getToken"  # noqa: S105 - a path

READS = frozenset(
    """
    /certifications/{imp_uid}
    /subscribe/customers
    /subscribe/customers/{customer_uid}
    /subscribe/customers/{customer_uid}/payments
    /subscribe/customers/{customer_uid}/schedules
    /escrows/logis/{imp_uid}
    /payments/{imp_uid}/naver/product-orders
    /naver/product-orders/{product_order_id}
    /naver/reviews
    /payments/{imp_uid}/naver/cash-amount
    /payments/{imp_uid}/balance
    /payments/{imp_uid}
    /payments
    /payments/find/{merchant_uid}/{payment_status}
    /payments/findAll/{merchant_uid}/{payment_status}
    /payments/status/{payment_status}
    /payments/prepare/{merchant_uid}
    /receipts/{imp_uid}
    /receipts/external/{merchant_uid}
    /cards
    /cards/{card_standard_code}
    /banks
    /banks/{bank_standard_code}
    /subscribe/payments/schedule
    /subscribe/payments/schedule/{merchant_uid}
    /subscribe/payments/schedule/customers/{customer_uid}
    /tiers/{tier_code}
    /users/pg
    """.split()
)
"""Path templates of the 28 GETs, as the document writes them."""

# The document's last segment is optional ("payment_status: required false"): clients leave it out.
SHORTENED = frozenset({"/payments/find/{merchant_uid}", "/payments/findAll/{merchant_uid}"})

_NAVER = "Naver Pay's own orders: JTNet and its successor have none, and no ledger of ours does"
LEFT_OUT = {
    "/subscribe/payments/schedule/customers/{customer_uid}": "the same list as "
    "/subscribe/customers/{customer_uid}/schedules, by the document's own words",
    "/payments/{imp_uid}/naver/product-orders": _NAVER,
    "/naver/product-orders/{product_order_id}": _NAVER,
    "/naver/reviews": "reviews of shoppers: no money",
    "/payments/{imp_uid}/naver/cash-amount": _NAVER,
}
"""Templates that may be sent and that no method of the client sends, and why."""

PARTIAL = frozenset({"/payments", "/subscribe/customers"})
"""Templates that answer HTTP 207 when they found some of the ids only."""

CONFLICT_IS_AN_ANSWER = frozenset({"/escrows/logis/{imp_uid}"})
"""Templates whose HTTP 409 says that nothing is registered; another try brings the same."""

_ALLOWED = frozenset({("POST", GET_TOKEN)} | {("GET", template) for template in READS | SHORTENED})
_DOTS = ("", ".", "..")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is asked of which endpoint.

    Parameters
    ----------
    method : {"GET", "POST"}
        POST only to get a token.
    template : str
        The path as the document writes it, such as ``/payments/{imp_uid}``.
    ids : mapping, optional
        What stands for each ``{name}``.
    query : tuple of (str, str), optional
        Parameters in order; a name may repeat.
    """

    method: str
    template: str
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def target(self) -> str:
        """Path and query, each part percent-encoded.

        Raises
        ------
        ConfigError
            If an id cannot stand in a path.
        """
        path = self.template
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", _segment(name, value))
        if not self.query:
            return path
        # Brackets stay literal: the document writes imp_uid[]=a&imp_uid[]=b.
        pairs = (f"{quote(name, safe='[]')}={_quoted(name, value)}" for name, value in self.query)
        return f"{path}?{'&'.join(pairs)}"


def check_reading(method: str, template: str) -> None:
    """Refuse every call that is not a reading one, before a byte leaves.

    Parameters
    ----------
    method : str
        HTTP method.
    template : str
        The path as the document writes it.

    Raises
    ------
    ConfigError
        If the pair is not one of the 28 GETs or getToken.
    """
    if (method, template) not in _ALLOWED:
        message = f"{method} {template} is refused: this client can only read."
        raise ConfigError(
            message,
            hint="It knows the 28 GETs of the V1 document and getToken; nothing was sent.",
            hint_ko="조회 전용 클라이언트이므로 이 요청은 보내지 않았습니다.",
        )


def can_be_asked(uid: str) -> bool:
    """Tell whether an id can stand in an address at all.

    Parameters
    ----------
    uid : str
        As a user's table holds it.

    Returns
    -------
    bool
        False for an empty id, for dots alone, and for what is no valid text.
    """
    try:
        _segment("id", uid)
    except ConfigError:
        return False
    return True


def _segment(name: str, value: str) -> str:
    """Encode an id so that it is one segment of the path, whatever it holds."""
    if value in _DOTS:
        message = f"{value!r} cannot be looked up as {name}: in a path it means another place."
        raise ConfigError(
            message,
            hint="Leave it out of the list of ids.",
            hint_ko="이 값은 조회할 수 없습니다. 목록에서 빼고 다시 실행하세요.",
        )
    return _quoted(name, value)


def _quoted(name: str, value: str) -> str:
    """Percent-encode everything but letters, digits and ``_.-~``."""
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        message = f"{value!r} cannot be looked up as {name}: it is no valid text."
    raise ConfigError(
        message,
        hint="Read the id again from its source, as UTF-8 or CP949.",
        hint_ko="글자가 깨진 값입니다. 원본에서 인코딩을 확인해 다시 읽으세요.",
    )
