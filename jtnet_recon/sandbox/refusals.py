"""Names every refusal of the sandbox: HTTP status, code, and the server's Korean words.

Wordings above the line "ours" were read in public client code or dumps. Those below were not:
that the server refuses is documented or inferred, what it says then is not known.
"""

from __future__ import annotations

from enum import Enum, unique
from typing import NamedTuple


class Reason(NamedTuple):
    """What a refusal looks like."""

    status: int
    code: int
    message: str


@unique
class Why(Enum):
    """Every reason; the name is what code goes by, the message what people read."""

    PAYMENT_UNKNOWN = Reason(404, -1, "존재하지 않는 결제정보입니다.")
    CANCEL_ID_MISSING = Reason(
        400, 1, "imp_uid 또는 merchant_uid 하나는 반드시 지정해주셔야합니다."
    )
    CANCEL_UNKNOWN = Reason(200, 1, "취소할 결제건이 존재하지 않습니다.")
    CANCEL_DONE = Reason(200, 1, "이미 전액취소된 주문입니다.")
    CANCEL_REFUSED = Reason(200, -1, "결제취소에 실패하였습니다.({})")
    CUSTOMER_UNKNOWN = Reason(200, 1, "요청하신 customer_uid({})로 등록된 정보를 찾을 수 없습니다.")
    CARD_NUMBER = Reason(200, -1, "유효하지않은 카드번호를 입력하셨습니다.")
    KEY_REFUSED = Reason(200, -1, "카드정보 인증 및 빌키 발급에 실패하였습니다. {}")
    CARD_REFUSED = Reason(200, -1, "카드정보 인증에 실패하였습니다. {}")
    BILLING_NOT_SET_UP = Reason(200, 1, "비인증결제모듈 사용정보를 찾을 수 없습니다.")
    BUYER_UNKNOWN = Reason(200, 1, "등록되지 않은 구매자입니다.")
    ORDER_DONE = Reason(
        200,
        1,
        "이미 주문이 이루어진 건입니다. (동일한 merchant_uid로 결제 또는 취소된 기록이 있습니다)",
    )
    SCHEDULE_CUSTOMER_UNKNOWN = Reason(200, 1, "등록된 고객정보가 없습니다.")
    UNSCHEDULE_NOTHING = Reason(200, 1, "취소할 예약결제 기록이 존재하지 않습니다.")
    PREPARE_UNKNOWN = Reason(404, -1, "사전등록된 결제정보가 존재하지 않습니다.")
    BALANCE_UNSUPPORTED = Reason(
        404,
        -1,
        "(현재는 PAYCO, KCP만 지원됩니다) 결제건에 대한 금액상세정보가 확인되지 않습니다. 결제 상태가 paid 또는 cancelled가 아닌 경우 확인되지 않습니다.",
    )
    PG_UNSUPPORTED = Reason(400, 1, "현재 지원되지 않는 PG사입니다.")
    CERTIFICATION_UNKNOWN = Reason(404, -1, "인증결과가 존재하지 않습니다.")
    # ours
    PARAMETER_MISSING = Reason(400, 1, "필수 파라메터가 누락되었습니다. ({})")
    PARAMETER_BAD = Reason(400, 1, "{} 파라메터가 올바르지 않습니다.")
    AMOUNT_NOT_INTEGER = Reason(400, 1, "결제금액(amount)은 문자열이 아닌 정수여야 합니다.")
    AMOUNT_ZERO = Reason(400, 1, "결제금액(amount)은 0보다 커야 합니다.")
    METHOD_UNKNOWN = Reason(400, 1, "지원되지 않는 결제수단(pay_method)입니다: {}")
    BILLING_CARD_ONLY = Reason(400, 1, "빌링키 발급은 신용카드(card) 결제수단만 지원됩니다.")
    PG_UNKNOWN = Reason(400, 1, "등록된 PG 설정정보가 없습니다: {}")
    AMOUNT_NOT_PREPARED = Reason(
        400, 1, "사전등록된 결제금액({})과 요청하신 결제금액({})이 일치하지 않습니다."
    )
    CARD_FORBIDDEN = Reason(400, 1, "이 주문에서 사용할 수 없는 카드입니다.")
    CARDS_ALL_FORBIDDEN = Reason(
        400,
        1,
        "이 주문에서 사용할 수 있는 카드가 없습니다. 상점의 카드 제한(card)을 확인해 주세요.",
    )
    WINDOW_UNKNOWN = Reason(404, -1, "존재하지 않는 결제창입니다.")
    WINDOW_DONE = Reason(400, 1, "이미 종료된 결제창입니다.")
    BANK_UNKNOWN = Reason(400, 1, "존재하지 않는 은행 코드입니다.")
    CARD_REAL = Reason(
        200, -1, "유효하지않은 카드번호를 입력하셨습니다. (테스트 서버는 실제 카드를 받지 않습니다)"
    )
    PG_SILENT = Reason(500, -1, "PG사로부터 응답을 받지 못하였습니다. 결제 결과를 조회해 주세요.")
    CHECKSUM_DIFFERS = Reason(200, 1, "취소 가능 금액이 일치하지 않습니다.")
    REFUND_ACCOUNT_MISSING = Reason(200, 1, "환불 계좌정보가 필요합니다.")
    PREPARE_KNOWN = Reason(200, 1, "이미 등록된 merchant_uid 입니다.")
    SCHEDULE_KNOWN = Reason(200, 1, "이미 예약된 merchant_uid 입니다.")
    SCHEDULE_PAST = Reason(200, 1, "예약시각은 현재시각 이후여야 합니다.")
    RESCHEDULE_PAST = Reason(400, 1, "예약시각은 현재시각 이후여야 합니다.")
    SCHEDULE_UNKNOWN = Reason(404, -1, "존재하지 않는 결제예약입니다.")
    SCHEDULE_EXECUTED = Reason(400, 1, "이미 실행된 결제예약입니다.")
    SCHEDULE_REVOKED = Reason(400, 1, "이미 취소된 결제예약입니다.")
    SCHEDULE_NOT_FAILED = Reason(400, 1, "실패하거나 취소된 결제예약이 아닙니다.")
    SCHEDULE_KEY_UNKNOWN = Reason(404, -1, "등록되지 않은 구매자입니다.")
    CUSTOMERS_UNKNOWN = Reason(404, -1, "등록된 정보를 찾을 수 없습니다.")
    VBANK_UNSUPPORTED = Reason(200, 1, "가상계좌 발급을 지원하지 않는 PG사입니다.")
    VBANK_NOT_WAITING = Reason(400, 1, "입금대기 상태의 가상계좌가 아닙니다.")
    VBANK_EXPIRED = Reason(400, 1, "입금기한이 지난 가상계좌입니다.")
    RECEIPT_UNSUPPORTED = Reason(501, -1, "현재 지원되지 않는 PG사입니다.")
    RECEIPT_UNKNOWN = Reason(404, -1, "현금영수증 발급내역이 존재하지 않습니다.")
    RECEIPT_NOT_CASH = Reason(400, 1, "현금영수증을 발급할 수 없는 결제건입니다.")
    RECEIPT_KNOWN = Reason(400, 1, "이미 현금영수증이 발급된 건입니다.")
    CARD_CODE_UNKNOWN = Reason(404, -1, "존재하지 않는 카드사 코드입니다.")
    BANK_CODE_UNKNOWN = Reason(404, -1, "존재하지 않는 은행 코드입니다.")
    TIER_UNKNOWN = Reason(404, -1, "존재하지 않는 하위상점입니다.")
    NAVER_UNKNOWN = Reason(404, -1, "네이버페이 상품주문이 존재하지 않습니다.")
    NAVER_ONLY = Reason(400, 1, "네이버페이 결제건이 아닙니다.")
    SERVICE_UNUSED = Reason(
        200, 1, "이 상점(JTNet, 나이스페이먼츠)에서 사용하지 않는 서비스입니다: {}"
    )


class RefusedError(Exception):
    """The server refuses; ``name`` is that of the reason, in lower case."""

    def __init__(self, why: Why, *details: object) -> None:
        self.why = why
        self.name = why.name.lower()
        self.status, self.code = why.value.status, why.value.code
        self.message = why.value.message.format(*details)
        super().__init__(f"{self.name}: {self.message}")
