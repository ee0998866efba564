"""The headings of contract lists as merchants write them."""

from __future__ import annotations

from types import MappingProxyType

from jtnet_recon.columns_contracts import CONTRACTS
from jtnet_recon.files.words import Vocabulary, fold

_HEADINGS = {
    "contract": "contract|contract id|contract no|contract number|subscription|subscription id"
    "|계약번호|계약id|구독번호|구독id|약정번호",
    "customer": "customer|customer id|customer no|member id|member no|user id|고객번호|고객id|고객코드"
    "|고객|회원번호|회원id|회원코드|가입자번호|이용자번호|사용자id",
    "customer_uid": "customer_uid|customer uid|billing key|billing key id|빌링키|빌링키id|정기결제키"
    "|자동결제키|카드키|결제키|빌키",
    "plan": "plan|plan name|product|product name|요금제|요금제명|상품|상품명|플랜|이용권|서비스명",
    "price": "price|monthly price|fee|amount|monthly fee|요금|월요금|월 이용료|이용료|월정액|금액|월금액"
    "|청구금액|결제금액|단가|판매가",
    "currency": "currency|currency code|통화|통화코드|결제통화",
    "price_from": "price_from|price since|effective from|effective date|요금 적용일|요금적용일자"
    "|요금 시작일|적용일|적용일자|적용시작일|가격 적용일|변경일",
    "billing_day": "billing_day|billing date|day of month|charge day|결제일|청구일|출금일|정기결제일"
    "|매월 결제일|자동결제일|납부일",
    "starts_on": "starts_on|start|start date|starts|contract start|since|계약 시작일|계약시작일자|시작일"
    "|시작일자|가입일|가입일자|개시일|구독 시작일|이용시작일|계약일",
    "ends_on": "ends_on|end|end date|ends|contract end|until|cancelled on|계약 종료일|계약종료일자|종료일"
    "|종료일자|해지일|해지일자|만료일|구독 종료일|이용종료일",
}
CONTRACT_WORDS = Vocabulary(
    tuple(CONTRACTS.names),
    tuple(column.name for column in CONTRACTS.columns if column.required),
    tuple(column.name for column in CONTRACTS.columns if column.optional),
    MappingProxyType(
        {
            name: frozenset(fold(word) for word in words.split("|"))
            for name, words in _HEADINGS.items()
        }
    ),
    (
        "빌링키, 월 요금, 계약 시작일, …",
        '{"customer_uid": "…", "price": "…", "starts_on": "…"}',
    ),
)
"""Contract lists: table CONTRACTS."""

CUSTOMER_NAMES = frozenset(
    map(fold, ("고객명", "회원명", "고객이름", "회원이름", "이름", "성명", "customer name", "name"))
)
"""Headings of names: they stand for the customer only where no heading is his number."""
