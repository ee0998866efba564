"""The declared tables of what an account holds besides payments: keys, schedules, papers, codes."""

from __future__ import annotations

from jtnet_recon.columns import Table, columns_of

_OF_A_RECEIPT = (
    *columns_of(
        "text",
        "receipt_tid | PG receipt id | 현금영수증 발행번호",
        "apply_num | Approval number | 국세청 승인번호",
        "type | Issued to | 발행대상",
        "currency | Currency | 통화",
    ),
    *columns_of(
        "money",
        "amount | Receipt amount | 발행금액",
        "vat | VAT | 부가세",
        required=("amount", "vat"),
    ),
    *columns_of("text", "receipt_url | Receipt | 현금영수증"),
    *columns_of("instant", "applied_at | Issued | 발행일시", "cancelled_at | Cancelled | 취소일시"),
)

BILLING_KEYS = Table(
    "billing_keys",
    (
        *columns_of(
            "text",
            "customer_uid | Billing key | 빌링키",
            "state | What was found | 조회결과",
            required=("customer_uid", "state"),
        ),
        *columns_of("text", "pg_provider | PG | PG사", "pg_id | MID | 상점아이디"),
        *columns_of("flag", "sandbox | Test channel | 테스트"),
        *columns_of(
            "text",
            "customer_id | Customer id | 고객 ID",
            "card_name | Card | 카드사",
            "card_code | Card code | 카드사코드",
            "card_issuer_code | Issuer code | 발급사코드",
            "card_issuer_name | Issuer | 발급사",
            "card_publisher_code | Acquirer code | 매입사코드",
            "card_publisher_name | Acquirer | 매입사",
            "card_number | Card number | 카드번호",
        ),
        *columns_of("number", "card_type | Card type | 카드종류"),
        *columns_of(
            "text",
            "customer_name | Customer | 고객명",
            "customer_tel | Customer phone | 고객 연락처",
            "customer_email | Customer e-mail | 고객 이메일",
            "customer_addr | Customer address | 고객 주소",
            "customer_postcode | Customer postcode | 고객 우편번호",
        ),
        *columns_of(
            "instant",
            "inserted | Registered | 등록일시",
            "updated | Last changed | 최종변경일시",
        ),
        *columns_of("text", "channelGroupId | Channel group | 채널그룹"),
        *columns_of(
            "nested",
            "succeededChannels | Channels registered | 발급 성공 채널",
            "failedChannels | Channels refused | 발급 실패 채널",
        ),
    ),
    key="customer_uid",
)
"""One row a billing key that was asked for, whatever was found.

``state`` is ``registered`` (one card at one PG), ``super`` (a channel group: what all its
channels agree on stands in the card's columns), ``unknown`` (deleted, never issued, or another
merchant's: the API does not tell which) or ``not_asked`` (the id cannot stand in an address).
``updated`` after ``inserted``: the id was issued again, perhaps to another card.

Source: i'mport V1 OpenAPI, CustomerAnnotation and SuperBillingKeyAnnotation.
"""

SCHEDULES = Table(
    "schedules",
    (
        *columns_of(
            "text",
            "customer_uid | Billing key | 빌링키",
            "merchant_uid | Order id | 주문번호",
            "imp_uid | i'mport id | 포트원 번호",
            "pg_provider | PG | PG사",
            "pg_id | MID | 상점아이디",
            "customer_id | Customer id | 고객 ID",
            required=("merchant_uid",),
        ),
        *columns_of(
            "instant",
            "schedule_at | Scheduled for | 결제예정일시",
            "executed_at | Executed | 실행일시",
            "revoked_at | Revoked | 철회일시",
        ),
        *columns_of("money", "amount | Amount | 결제금액", required=("amount",)),
        *columns_of(
            "text",
            "currency | Currency | 통화",
            "name | Order name | 주문명",
            "buyer_name | Buyer | 구매자",
            "buyer_email | Buyer e-mail | 구매자 이메일",
            "buyer_tel | Buyer phone | 구매자 연락처",
            "buyer_addr | Buyer address | 구매자 주소",
            "buyer_postcode | Buyer postcode | 구매자 우편번호",
            "custom_data | Custom data | 추가정보",
            "schedule_status | Schedule status | 예약상태",
            "payment_status | Payment status | 결제상태",
            "fail_reason | Failure reason | 실패사유",
            "promotion_id | Promotion | 프로모션",
            required=("schedule_status",),
        ),
    ),
    key="merchant_uid",
)
"""One row a scheduled payment. ``executed`` does not mean paid: ``payment_status`` does.

Source: i'mport V1 OpenAPI, ScheduleResultAnnotation.
"""

RECEIPTS = Table(
    "receipts",
    (
        *columns_of("text", "imp_uid | i'mport id | 포트원 번호", required=("imp_uid",)),
        *_OF_A_RECEIPT,
    ),
    key="imp_uid",
)
"""One row a payment with a cash receipt. Source: i'mport V1 OpenAPI, ReceiptAnnotation."""

EXTERNAL_RECEIPTS = Table(
    "external_receipts",
    (
        *columns_of("text", "merchant_uid | Order id | 주문번호", required=("merchant_uid",)),
        *_OF_A_RECEIPT,
    ),
    key="merchant_uid",
)
"""One row an order outside i'mport with a cash receipt.

Source: i'mport V1 OpenAPI, ExternalReceiptAnnotation.
"""

DELIVERIES = Table(
    "deliveries",
    (
        *columns_of(
            "text",
            "imp_uid | i'mport id | 포트원 번호",
            "company | Carrier code | 택배사코드",
            "invoice | Parcel number | 송장번호",
            required=("imp_uid",),
        ),
        *columns_of("instant", "sent_at | Sent | 발송일시", "applied_at | Registered | 등록일시"),
    ),
    key="imp_uid",
)
"""One row an escrow payment whose parcel is registered.

Source: i'mport V1 OpenAPI, EscrowLogisAnnotation.
"""

BALANCES = Table(
    "balances",
    (
        *columns_of(
            "text",
            "imp_uid | i'mport id | 포트원 번호",
            "part | Part | 금액구분",
            "currency | Currency | 통화",
            required=("imp_uid", "part", "currency"),
        ),
        *columns_of("instant", "created | As it was then | 등록일시"),
        *columns_of(
            "money",
            "amount | Amount at first | 최초 결제금액",
            "tax_free | Tax-free | 면세 공급가액",
            "supply | Supply | 과세 공급가액",
            "vat | VAT | 부가세",
            "service | Service charge | 봉사료",
            required=("amount", "tax_free", "supply", "vat", "service"),
        ),
    ),
    key="imp_uid",
)
"""One row a part of a payment's money, as it stands (``created`` empty) and as it once stood.

``part`` is ``cash_receipt``, ``primary``, ``secondary`` or ``discount``; refunds are taken off.

Source: i'mport V1 OpenAPI, PaymentBalanceResponseAnnotation.
"""

CERTIFICATIONS = Table(
    "certifications",
    (
        *columns_of(
            "text",
            "imp_uid | i'mport id | 포트원 번호",
            "merchant_uid | Order id | 주문번호",
            "pg_tid | PG transaction id | PG 거래번호",
            "pg_provider | PG | PG사",
            "name | Name | 이름",
            "gender | Gender | 성별",
            "birthday | Birthday | 생년월일",
            "phone | Phone | 휴대폰번호",
            "carrier | Carrier | 통신사",
            required=("imp_uid",),
        ),
        *columns_of(
            "flag",
            "foreigner | Foreigner | 외국인",
            "foreigner_v2 | Foreigner, if known | 외국인(v2)",
            "certified | Certified | 인증여부",
        ),
        *columns_of("instant", "certified_at | Certified at | 인증일시"),
        *columns_of(
            "text",
            "unique_key | Personal key (CI) | 연계정보(CI)",
            "unique_in_site | Personal key of the site (DI) | 중복가입확인정보(DI)",
            "origin | Page | 인증 페이지",
        ),
    ),
    key="imp_uid",
)
"""One row an identity check; nearly all of it is personal data.

Source: i'mport V1 OpenAPI, CertificationAnnotation.
"""

STANDARD_CODES = Table(
    "standard_codes",
    columns_of("text", "code | Code | 코드", "name | Name | 이름", required=("code", "name")),
    key="code",
)
"""One row a card company or a bank. Source: i'mport V1 OpenAPI, StandardCodeAnnotation."""

PG_SETTINGS = Table(
    "pg_settings",
    (
        *columns_of(
            "text",
            "pg_provider | PG | PG사",
            "pg_id | MID | 상점아이디",
            required=("pg_provider", "pg_id"),
        ),
        *columns_of("flag", "sandbox | Test channel | 테스트"),
        *columns_of(
            "text",
            "type | Kind of setting | 설정구분",
            "channel_name | Channel | 채널명",
            "channel_key | Channel key | 채널키",
        ),
    ),
    key="pg_id",
)
"""One row a MID that is set up in the console. Source: i'mport V1 OpenAPI, PgSettingAnnotation."""

TIERS = Table(
    "tiers",
    columns_of(
        "text",
        "tier_code | Tier | 하위상점 코드",
        "tier_name | Sub-merchant | 하위상점명",
        required=("tier_code",),
    ),
    key="tier_code",
)
"""One row a sub-merchant. Source: i'mport V1 OpenAPI, TierAnnotation."""
