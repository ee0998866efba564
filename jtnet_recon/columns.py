"""The declared tables: which columns each has, of which kind, and what people call them.

The names are the API's own; the labels are for reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jtnet_recon.period import KST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["text", "money", "number", "flag", "instant", "day", "nested"]

DTYPES: dict[Kind, str] = {
    "text": "str",
    "money": "int64",
    "number": "Int64",
    "flag": "boolean",
    "instant": f"datetime64[us, {KST_NAME}]",
    "day": "datetime64[us]",
    "nested": "object",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Parameters
    ----------
    name : str
        The API's name.
    kind : str
        ``text``, ``money`` (minor units), ``number``, ``flag``, ``instant`` (Asia/Seoul),
        ``day`` (Asia/Seoul) or ``nested`` (as the API sent it).
    label, label_ko : str
        What reports call it.
    required : bool, default False
        Whether a frame without it is refused.
    optional : bool, default False
        Whether a frame without it stays without it.
    """

    name: str
    kind: Kind
    label: str
    label_ko: str
    required: bool = False
    optional: bool = False

    @property
    def dtype(self) -> str:
        """The pandas dtype after :func:`conform`."""
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table.

    Parameters
    ----------
    name : str
        What errors call it.
    columns : tuple of Column
        In order.
    key : str
        The column that names a row.
    """

    name: str
    columns: tuple[Column, ...]
    key: str

    @property
    def names(self) -> list[str]:
        """The declared column names, in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """Return one column by name."""
        return next(column for column in self.columns if column.name == name)


def columns_of(
    kind: Kind, *rows: str, required: Iterable[str] = (), optional: bool = False
) -> tuple[Column, ...]:
    """Declare columns of one kind from lines ``name | label | Korean label``."""
    parts = [[cell.strip() for cell in row.split("|")] for row in rows]
    return tuple(
        Column(name, kind, label, label_ko, required=name in set(required), optional=optional)
        for name, label, label_ko in parts
    )


PAYMENTS = Table(
    "payments",
    (
        *columns_of(
            "text",
            "imp_uid | i'mport id | 포트원 번호",
            "merchant_uid | Order id | 주문번호",
            "pay_method | Method | 결제수단",
            "channel | Channel | 결제환경",
            "pg_provider | PG | PG사",
            "emb_pg_provider | Wallet in the PG window | 간편결제",
            "pg_tid | PG transaction id | PG 거래번호",
            "pg_id | MID | 상점아이디",
            required=("imp_uid", "merchant_uid"),
        ),
        *columns_of("flag", "sandbox | Test channel | 테스트", "escrow | Escrow | 에스크로"),
        *columns_of(
            "text",
            "apply_num | Approval number | 승인번호",
            "bank_code | Bank code | 은행코드",
            "bank_name | Bank | 은행",
            "card_code | Card code | 카드사코드",
            "card_name | Card | 카드사",
            "card_issuer_code | Issuer code | 발급사코드",
            "card_issuer_name | Issuer | 발급사",
            "card_publisher_code | Acquirer code | 매입사코드",
            "card_publisher_name | Acquirer | 매입사",
        ),
        *columns_of("number", "card_quota | Instalments | 할부개월"),
        *columns_of("text", "card_number | Card number | 카드번호"),
        *columns_of("number", "card_type | Card type | 카드종류"),
        *columns_of(
            "text",
            "vbank_code | Virtual account bank code | 가상계좌 은행코드",
            "vbank_name | Virtual account bank | 가상계좌 은행",
            "vbank_num | Virtual account | 가상계좌번호",
            "vbank_holder | Virtual account holder | 가상계좌 예금주",
        ),
        *columns_of(
            "instant",
            "vbank_date | Deposit deadline | 입금기한",
            "vbank_issued_at | Virtual account issued | 가상계좌 발급일시",
        ),
        *columns_of("text", "name | Order name | 주문명"),
        *columns_of(
            "money",
            "amount | Amount | 결제금액",
            "cancel_amount | Cancelled amount | 취소금액",
            required=("amount",),
        ),
        *columns_of(
            "text",
            "currency | Currency | 통화",
            "buyer_name | Buyer | 구매자",
            "buyer_email | Buyer e-mail | 구매자 이메일",
            "buyer_tel | Buyer phone | 구매자 연락처",
            "buyer_addr | Buyer address | 구매자 주소",
            "buyer_postcode | Buyer postcode | 구매자 우편번호",
            "custom_data | Custom data | 추가정보",
            "user_agent | User agent | 브라우저",
            "status | Status | 결제상태",
            required=("currency", "status"),
        ),
        *columns_of(
            "instant",
            "started_at | Started | 결제시작",
            "paid_at | Approved | 승인일시",
            "failed_at | Failed | 실패일시",
            "cancelled_at | Last cancelled | 최종취소일시",
        ),
        *columns_of(
            "text",
            "fail_reason | Failure reason | 실패사유",
            "cancel_reason | Cancel reason | 취소사유",
            "receipt_url | Receipt | 매출전표",
        ),
        *columns_of(
            "nested",
            "cancel_history | Cancel history | 취소이력",
            "cancel_receipt_urls | Cancel receipts | 취소전표",
            "deposit_history | Deposit history | 입금이력",
        ),
        *columns_of("flag", "cash_receipt_issued | Cash receipt issued | 현금영수증"),
        *columns_of(
            "text",
            "customer_uid | Billing key | 빌링키",
            "customer_uid_usage | Billing key usage | 빌링키 용도",
        ),
        *columns_of("nested", "promotion | Promotion | 프로모션"),
    ),
    key="imp_uid",
)
"""One row a payment. Source: i'mport V1 OpenAPI, PaymentAnnotation."""

LEDGER = Table(
    "ledger",
    (
        *columns_of("text", "merchant_uid | Order id | 주문번호", required=("merchant_uid",)),
        *columns_of(
            "money",
            "amount | Amount | 결제금액",
            "cancel_amount | Cancelled amount | 취소금액",
            required=("amount",),
        ),
        *columns_of("text", "currency | Currency | 통화", "status | Status | 상태"),
        *columns_of("day", "paid_on | Booked on | 결제일"),
        # What books may hold besides: each is compared, or used to find the payment, when there.
        *columns_of("day", "cancelled_on | Refunded on | 취소일", optional=True),
        *columns_of(
            "text",
            "kind | Kind of line | 구분",
            "refund_method | Refunded by | 환불수단",
            "imp_uid | i'mport id | 포트원 번호",
            "pg_tid | PG transaction id | PG 거래번호",
            "apply_num | Approval number | 승인번호",
            "card_code | Card code | 카드사코드",
            "card_number | Card number | 카드번호",
            optional=True,
        ),
        *columns_of("number", "card_quota | Instalments | 할부개월", optional=True),
        *columns_of("flag", "escrow | Escrow | 에스크로", optional=True),
    ),
    key="merchant_uid",
)
"""One row a line of the merchant's own books."""

TRANSACTIONS = Table(
    "transactions",
    (
        *columns_of(
            "text",
            "transaction_id | Transaction | 거래",
            "imp_uid | i'mport id | 포트원 번호",
            "merchant_uid | Order id | 주문번호",
            "kind | Kind | 거래구분",
            required=("transaction_id", "imp_uid", "merchant_uid", "kind"),
        ),
        *columns_of("money", "amount | Amount, signed | 거래금액", required=("amount",)),
        *columns_of("text", "currency | Currency | 통화", required=("currency",)),
        *columns_of("instant", "at | Happened | 거래일시"),
        *columns_of(
            "text",
            "pay_method | Method | 결제수단",
            "pg_provider | PG | PG사",
            "pg_id | MID | 상점아이디",
            "pg_tid | PG transaction id | PG 거래번호",
            "apply_num | Approval number | 승인번호",
            "card_code | Card code | 카드사코드",
            "card_number | Card number | 카드번호",
            "customer_uid | Billing key | 빌링키",
            "reason | Cancel reason | 취소사유",
        ),
        *columns_of("flag", "sandbox | Test channel | 테스트"),
        *columns_of("text", "flag | Break code | 사유코드"),
    ),
    key="transaction_id",
)
"""One row an approval (+) or a cancel (-) of a payment, each at its own time."""

PREPARED = Table(
    "prepared",
    (
        *columns_of("text", "merchant_uid | Order id | 주문번호", required=("merchant_uid",)),
        *columns_of("money", "amount | Prepared amount | 사전등록 금액", required=("amount",)),
        *columns_of("text", "currency | Currency | 통화", optional=True),
    ),
    key="merchant_uid",
)
"""One row an order whose amount was registered before it was paid.

Source: i'mport V1 OpenAPI, POST /payments/prepare.
"""
