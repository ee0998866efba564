"""The declared tables of what an account holds besides payments: billing keys and schedules."""

from __future__ import annotations

from jtnet_recon.columns import Table, columns_of

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
