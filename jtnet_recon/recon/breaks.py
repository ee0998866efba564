"""The break codes: what each is called, how grave it is, what it means and what to do.

A closed list. Codes are stable: they stand in reports, in registers and in tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["Critical", "High", "Medium", "Low", "Info"]
SEVERITIES: tuple[Severity, ...] = ("Critical", "High", "Medium", "Low", "Info")


@dataclass(frozen=True, slots=True)
class BreakCode:
    """One code.

    Parameters
    ----------
    code : str
        Such as ``P01``.
    severity : str
        Critical (cash or customer harm now), High (books wrong), Medium (needs a decision),
        Low (timing or presentation) or Info (expected; never counted as money at risk).
    name, name_ko : str
        What reports call it.
    finding, finding_ko : str
        What was seen, with ``{placeholders}`` of the item.
    next_action, next_action_ko : str
        What to do next.
    """

    code: str
    severity: Severity
    name: str
    name_ko: str
    finding: str
    finding_ko: str
    next_action: str
    next_action_ko: str


_CODES = (
    BreakCode(
        "P02",
        "Critical",
        "Missing at PG",
        "PG 누락(장부에만 존재)",
        "The ledger books {net_ledger}; the PG has no approved payment for this order.",
        "장부에는 {net_ledger}이 있으나 PG에 승인된 결제가 없습니다.",
        "Hold delivery, look the order up at the PG with every attempt, then reverse the entry.",
        "출고를 보류하고 PG에서 주문번호로 전체 시도를 조회한 뒤 분개를 취소하세요.",
    ),
    BreakCode(
        "V02",
        "Critical",
        "Booked before deposit",
        "입금 전 매출",
        "The ledger books {net_ledger}; the virtual account still waits for the deposit.",
        "장부에는 {net_ledger}이 있으나 가상계좌는 아직 입금 전입니다.",
        "Reverse the entry; make the webhook handler wait for status paid.",
        "분개를 취소하고, 웹훅은 paid 상태에서만 매출을 잡도록 고치세요.",
    ),
    BreakCode(
        "P07",
        "Critical",
        "Duplicate order, several paid",
        "동일 주문 중복결제",
        "{approved} payments are approved for one order, {net_payments} in all.",
        "한 주문에 승인이 {approved}건, 합계 {net_payments}입니다.",
        "Keep the earliest payment, refund the others.",
        "가장 먼저 승인된 결제만 남기고 나머지는 환불하세요.",
    ),
    BreakCode(
        "P16",
        "Critical",
        "Currency differs",
        "통화 불일치",
        "This order is in {currency} here and in another currency on the other side.",
        "이 주문은 여기서는 {currency}, 상대편에서는 다른 통화입니다.",
        "Find out the true currency and correct the wrong side; never add the two.",
        "실제 통화를 확인해 잘못된 쪽을 고치세요. 두 금액을 더하지 마세요.",
    ),
    BreakCode(
        "P17",
        "Critical",
        "Sandbox payment in live ledger",
        "테스트 결제 유입",
        "The ledger books {net_ledger} for a payment of a test MID.",
        "테스트 상점아이디의 결제가 장부에 {net_ledger} 잡혀 있습니다.",
        "Take it out of revenue and check which key or channel the shop uses.",
        "매출에서 제외하고 상점의 키와 채널 설정을 확인하세요.",
    ),
    BreakCode(
        "C01",
        "Critical",
        "Cancel not booked",
        "취소 미반영",
        "The PG cancelled {cancel_payments}; the ledger has {cancel_ledger}.",
        "PG 취소 {cancel_payments}, 장부 취소 {cancel_ledger}입니다.",
        "Book the refund and stop re-shipping.",
        "환불을 장부에 반영하고 재출고를 막으세요.",
    ),
    BreakCode(
        "C02",
        "Critical",
        "Refund booked, not cancelled",
        "취소 미실행",
        "The ledger refunds {cancel_ledger}; the PG has no cancel.",
        "장부에는 환불 {cancel_ledger}이 있으나 PG 취소가 없습니다.",
        "Cancel at the PG and tell the buyer.",
        "PG에서 취소를 실행하고 구매자에게 알리세요.",
    ),
    BreakCode(
        "C04",
        "Critical",
        "Over-cancelled",
        "초과취소",
        "More is cancelled than was paid: PG {cancel_payments} of {amount_payments}, "
        "ledger {cancel_ledger} of {amount_ledger}.",
        "결제보다 취소가 많습니다: PG {amount_payments} 중 {cancel_payments}, "
        "장부 {amount_ledger} 중 {cancel_ledger}.",
        "Recover the excess from the buyer or the PG; send a checksum with each cancel.",
        "초과분을 구매자나 PG에서 회수하고, 취소 요청에 checksum을 넣으세요.",
    ),
    BreakCode(
        "P01",
        "High",
        "Missing in ledger",
        "장부 누락(PG에만 존재)",
        "The PG approved {net_payments} on {paid_on}; the ledger has no such order.",
        "PG에서 {paid_on} {net_payments}이 승인되었으나 장부에 없습니다.",
        "Check the order system, then book the sale or refund the buyer.",
        "주문 시스템을 확인해 매출을 반영하거나 환불하세요.",
    ),
    BreakCode(
        "P03",
        "High",
        "Amount differs",
        "결제금액 불일치",
        "The PG approved {amount_payments}; the ledger books {amount_ledger}.",
        "PG 승인 {amount_payments}, 장부 {amount_ledger}입니다.",
        "Compare with the order lines and the prepared amount; adjust or refund.",
        "주문 내역과 사전등록 금액을 비교해 조정하거나 환불하세요.",
    ),
    BreakCode(
        "P05",
        "High",
        "Status differs",
        "상태 불일치",
        "The PG holds {net_payments}; the ledger says the payment was not made.",
        "PG에는 {net_payments}이 승인되어 있으나 장부는 미결제·실패입니다.",
        "Align the ledger with the PG and check whether the goods went out.",
        "장부를 PG에 맞추고 출고 여부를 확인하세요.",
    ),
    BreakCode(
        "P09",
        "High",
        "Duplicate ledger row",
        "장부 중복기장",
        "The ledger books this sale {sales} times, {amount_ledger} in all; "
        "the PG approved {amount_payments}.",
        "장부에 같은 매출이 {sales}번, 합계 {amount_ledger} 잡혀 있습니다. "
        "PG 승인은 {amount_payments}입니다.",
        "Reverse the extra entry; make the webhook handler idempotent.",
        "중복 분개를 취소하고 웹훅 처리를 멱등하게 고치세요.",
    ),
    BreakCode(
        "C06",
        "High",
        "Cancel history does not add up",
        "취소이력 합계 불일치",
        "The cancel history adds up to something else than the cancelled {cancel_payments}.",
        "취소이력의 합계가 취소금액 {cancel_payments}과 다릅니다.",
        "Fetch the payment again, keep the raw answer, ask the PG.",
        "결제를 다시 조회해 원문을 보관하고 PG에 문의하세요.",
    ),
    BreakCode(
        "C07",
        "High",
        "Partial cancel hidden as cancelled",
        "부분취소의 전액취소 오인",
        "The PG cancelled only {cancel_payments} of {amount_payments}; "
        "the ledger wrote off everything.",
        "PG는 {amount_payments} 중 {cancel_payments}만 취소했으나 장부는 전액 취소했습니다.",
        "Rebuild the entry from amount minus cancel_amount, never from the status.",
        "상태가 아니라 결제금액-취소금액으로 장부를 다시 잡으세요.",
    ),
    BreakCode(
        "C03",
        "High",
        "Cancel amount differs",
        "취소금액 불일치",
        "The PG cancelled {cancel_payments}; the ledger refunds {cancel_ledger}.",
        "PG 취소 {cancel_payments}, 장부 환불 {cancel_ledger}입니다.",
        "Agree on shipping fees and coupons, then adjust.",
        "배송비·쿠폰 정책을 확인해 조정하세요.",
    ),
    BreakCode(
        "X05",
        "Medium",
        "Bad or missing value",
        "필수값 오류",
        "A value that the comparison needs is missing: {missing}.",
        "대사에 필요한 값이 없습니다: {missing}.",
        "Fill it in at the source and run again; such a row matches nothing.",
        "원천 자료에서 값을 채운 뒤 다시 실행하세요. 이 행은 아무것과도 매칭되지 않습니다.",
    ),
    BreakCode(
        "P13",
        "Low",
        "Date differs",
        "결제일 불일치",
        "Approved on {paid_on}, booked on {booked_on}.",
        "승인일 {paid_on}, 장부일 {booked_on}입니다.",
        "Fix the time zone or the posting date; check the period cut-off.",
        "시간대와 기표일을 고치고 기간귀속을 확인하세요.",
    ),
    BreakCode(
        "P12",
        "Info",
        "Midnight timing",
        "자정 경계 시차",
        "Approved at {paid_at}, booked on {booked_on}: minutes from midnight.",
        "{paid_at} 승인, {booked_on} 기장: 자정 전후 몇 분 차이입니다.",
        "None; it clears itself.",
        "조치 불필요. 다음 날 자동 해소됩니다.",
    ),
    BreakCode(
        "P19",
        "Info",
        "Abandoned attempt",
        "미완료 결제",
        "Started and never paid; not in the ledger.",
        "시작했으나 결제되지 않았고 장부에도 없습니다.",
        "None; counted for completeness.",
        "조치 불필요. 완전성 확인을 위해 셉니다.",
    ),
    BreakCode(
        "V07",
        "Info",
        "Phantom cancel",
        "미입금 만료 취소",
        "Cancelled without any deposit: nothing was ever paid or refunded.",
        "입금 없이 취소되었습니다. 결제도 환불도 없었습니다.",
        "None; keep it out of refund totals.",
        "조치 불필요. 환불 합계에서 제외하세요.",
    ),
    BreakCode(
        "X01",
        "Critical",
        "Pull incomplete",
        "수집 불완전",
        "The pull of the payments is {verdict}: payments may be missing.",
        "결제 수집이 {verdict} 상태입니다. 빠진 결제가 있을 수 있습니다.",
        "Pull again; nothing may be signed off on this result.",
        "다시 수집하세요. 이 결과로 마감할 수 없습니다.",
    ),
    BreakCode(
        "X09",
        "Critical",
        "Unexplained residual",
        "미설명 차이",
        "The bridge from the ledger to the PG leaves {residual} unexplained.",
        "장부에서 PG까지의 차이 중 {residual}이 설명되지 않습니다.",
        "Block the sign-off and report the case to the makers of this tool.",
        "마감을 중단하고 도구 제작자에게 알리세요.",
    ),
)

CODES: Mapping[str, BreakCode] = MappingProxyType({code.code: code for code in _CODES})
"""Every code this version can find, the one that wins on an item first.

Within a severity, missing and doubled money goes before differing money, and that before
dates: when two codes hold on one item, the first is primary and the other secondary.
"""

PRIORITY: Mapping[str, int] = MappingProxyType({code: rank for rank, code in enumerate(CODES)})
