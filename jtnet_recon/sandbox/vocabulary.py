"""Holds the invented people, goods and texts, and the real code tables.

Card and bank codes: KFTC, developers.portone.io, opi/ko/support/code-info/card-code.
"""

from __future__ import annotations

CARDS = (
    ("366", "신한카드"),
    ("381", "KB국민카드"),
    ("365", "삼성카드"),
    ("367", "현대카드"),
    ("041", "우리카드"),
    ("374", "하나카드"),
    ("361", "BC카드"),
    ("368", "롯데카드"),
    ("371", "NH카드"),
    ("090", "카카오뱅크"),
)
BANKS = (
    ("004", "KB국민은행"),
    ("088", "신한은행"),
    ("020", "우리은행"),
    ("011", "농협은행"),
    ("003", "기업은행"),
    ("081", "하나은행"),
)
SURNAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오")
GIVEN_NAMES = (
    "하나", "두리", "세미", "네모", "다섯", "여섯", "일곱", "여덟", "아홉", "열매",
    "가온", "나래", "다온", "라온", "마루", "바다", "사랑", "아라", "자람", "차오름",
)  # fmt: skip
# Characters that CP949 has and EUC-KR (KS X 1001) has not.
RARE_NAMES = ("뷁가온", "똠나래", "햏마루")
PRODUCTS = (
    ("원두 1kg", 33_000),
    ("원두 200g", 9_800),
    ("드리퍼 세트", 15_000),
    ("그라인더", 189_000),
    ("종이 필터 100매", 3_500),
    ("머그컵 2개", 24_000),
    ("전기 주전자", 87_000),
    ("콜드브루 1L", 14_000),
    ("선물 상자", 52_000),
    ("스티커", 3_300),
    ("합계 계산 노트", 4_200),
)
PHONE_PRODUCTS = (("스티커", 3_300), ("전자책 쿠폰", 9_900), ("음원 이용권", 7_700))
PRODUCTS_USD = (("Beans 1lb", 1_999), ("Dripper", 2_450), ("Mug", 1_205), ("Gift box", 4_990))
SUBSCRIPTION = ("정기구독", 9_900)
# What a shopper can type: a spreadsheet formula, markup, quotes.
DANGEROUS_NAMES = (
    '=HYPERLINK("http://example.com","쿠폰")',
    "<script>alert(1)</script>",
    "@SUM(A1:A9)",
    '"따옴표", 쉼표; 그리고 & 기호',
)
DANGEROUS_BUYERS = ('O\'Brien & "Co"', "=1+1", "<b>굵게</b>", "+82 가온")
FAIL_REASONS = (
    "[한도초과] 카드 한도를 확인해 주세요",
    "[잔액부족] 결제계좌 잔액이 부족합니다",
    "[3095] 사용자가 결제를 취소하였습니다",
    "유효하지않은 카드번호를 입력하셨습니다.",
)
CANCEL_REASONS = ("관리자페이지취소", "1개 품절", "배송비 조정", "단순 변심", "=1+1 재고오류")
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/107.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 13_0) AppleWebKit/605.1.15 Version/16.1 Safari/605.1.15",
)
PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 12; SM-S901N) AppleWebKit/537.36 Chrome/107.0.0.0 Mobile",
)
API_AGENT = "sorry_not_supported_anymore"
METHOD_LABELS = {
    "card": "신용카드",
    "trans": "계좌이체",
    "vbank": "가상계좌",
    "phone": "휴대폰",
    "billing": "정기결제",
}
SALE, REFUND = "매출", "환불"
PAID, CANCELLED, PARTIAL, WAITING, FAILED = (
    "결제완료", "취소완료", "부분취소", "입금대기", "결제실패",
)  # fmt: skip
