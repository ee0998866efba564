"""What explain() says of each code of an order: the condition that held, and what would match.

The sentences quote figures in ``{braces}``; :mod:`jtnet_recon.recon.explain_figures` fills them in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one code.

    Parameters
    ----------
    held, held_ko : str
        The condition that held.
    to_match, to_match_ko : str
        What would make the item match.
    """

    held: str
    held_ko: str
    to_match: str
    to_match_ko: str


_NOTHING = ("Nothing needs to change.", "변경할 것이 없습니다.")

ORDER_WORDS = {
    "P01": Words(
        "Approved at the PG: {approved} payment(s), {net_p} net; no ledger line has this order id or leads to it.",
        "PG 승인 {approved}건, 순액 {net_p}. 이 주문번호이거나 이 결제로 이어지는 장부 행이 없습니다.",
        "Book the order {key} on {paid_on}: amount {amount_p}, cancelled {cancel_p}{or_line}.",
        "장부에 추가: 주문번호 {key}, 일자 {paid_on}, 결제금액 {amount_p}, 취소금액 {cancel_p}{or_line_ko}.",
    ),
    "P02": Words(
        "The ledger holds {sales} sale(s), {net_l} net; {attempts}.",
        "장부 매출 {sales}건, 순액 {net_l}. {attempts}.",
        "A payment of {amount_l} approved at the PG under {key}; if there is none, reverse the ledger's {right}.",
        "PG에 주문번호 {key}, 승인금액 {amount_l}인 결제가 있으면 일치합니다. 없으면 장부의 {right} 매출을 취소하세요.",
    ),
    "P03": Words(
        "Approved {amount_p}, booked {amount_l}: {gap} apart, more than the tolerance of {tolerance}.",
        "승인 {amount_p}, 장부 {amount_l}: 차이 {gap}, 허용오차 {tolerance} 초과.",
        "Ledger amount {amount_p} instead of {amount_l}.",
        "장부 결제금액: {amount_l} → {amount_p}.",
    ),
    "P04": Words(
        "Amounts {gap} apart, cancels {gap_cancel} apart: within the tolerance of {tolerance}.",
        "결제금액 차이 {gap}, 취소금액 차이 {gap_cancel}: 허용오차 {tolerance} 이내.",
        "Nothing is needed; to the won: ledger amount {amount_p}, cancelled {cancel_p}.",
        "조치 불필요. 원 단위까지 맞추려면 장부 결제금액 {amount_p}, 취소금액 {cancel_p}.",
    ),
    "P05": Words(
        "The PG holds {net_p}; every ledger line of the order says it was not paid ({statuses_l}).",
        "PG 순액 {net_p}. 이 주문의 장부 행은 모두 미결제 상태입니다(상태: {statuses_l}).",
        "Ledger status paid instead of {statuses_l}, with amount {amount_p} and cancelled {cancel_p}.",
        "장부 상태: {statuses_l} → paid, 결제금액 {amount_p}, 취소금액 {cancel_p}.",
    ),
    "P06": Words(
        "The payment failed at {failed_at} and was approved at {paid_at}; the ledger has no paid line.",
        "실패 {failed_at}, 이후 승인 {paid_at}. 장부에는 결제된 행이 없습니다.",
        "Book the order {key} on {paid_on} with {net_p}, or cancel the payment {left} at the PG.",
        "장부에 추가(주문번호 {key}, 일자 {paid_on}, 순액 {net_p})하거나 PG에서 {left} 결제를 취소하세요.",
    ),
    "P07": Words(
        "{kept} approvals of one order keep money; beside the earliest, {first}, that is {at_risk}.",
        "한 주문에서 금액이 남은 승인 {kept}건. 가장 이른 {first} 외의 순액 {at_risk}.",
        "Cancel all approvals but one at the PG ({left}).",
        "PG에서 승인 한 건만 남기고 취소하세요({left}).",
    ),
    "P08": Words(
        "The order {double_of} charged the same customer the same amount at most {minutes} minutes earlier.",
        "{minutes}분 이내에 같은 고객에게 같은 금액을 청구한 앞선 주문: {double_of}.",
        "Nothing in the ledger: the buyer decides. Cancelled in full, the payment is no suspect any more.",
        "장부에서 고칠 것은 없습니다. 구매자 확인 후 전액 취소하면 의심 건에서 빠집니다.",
    ),
    "P09": Words(
        "{sales} sales of one amount are booked, {amount_l} in all, for {approved} approval(s) of {amount_p}.",
        "같은 금액의 장부 매출 {sales}건(합계 {amount_l}), PG 승인 {approved}건(합계 {amount_p}).",
        "Remove {extra} of the ledger lines {right}.",
        "장부의 {right} 중 {extra}건을 취소하세요.",
    ),
    "P12": Words(
        "Approved at {paid_at}, booked on {booked_on}: the next day, within {band} minutes of midnight.",
        "승인 {paid_at}, 기장일 {booked_on}: 자정 전후 {band}분 이내의 하루 차이.",
        "Nothing is needed; to the day: ledger date {paid_on} instead of {booked_on}.",
        "조치 불필요. 일자까지 맞추려면 장부 일자: {booked_on} → {paid_on}.",
    ),
    "P13": Words(
        "Approved on {paid_on}, booked on {booked_on}: {days_apart} day(s) apart; at most {days} are accepted.",
        "승인일 {paid_on}, 기장일 {booked_on}: {days_apart}일 차이, 허용 {days}일.",
        "Ledger date {paid_on} instead of {booked_on}.",
        "장부 일자: {booked_on} → {paid_on}.",
    ),
    "P14": Words(
        "Instalment months: {quota_p} at the PG, {quota_l} in the ledger (0: a single payment).",
        "할부개월: PG {quota_p}, 장부 {quota_l} (0은 일시불).",
        "Ledger instalments {quota_p} instead of {quota_l}.",
        "장부 할부개월: {quota_l} → {quota_p}.",
    ),
    "P15": Words(
        "Escrow: {escrow_p} at the PG, {escrow_l} in the ledger.",
        "에스크로: PG {escrow_p}, 장부 {escrow_l}.",
        "Ledger escrow flag {escrow_p} instead of {escrow_l}.",
        "장부 에스크로 여부: {escrow_l} → {escrow_p}.",
    ),
    "P16": Words(
        "One order id: the PG has it in {currencies_p}, the ledger in {currencies_l}.",
        "같은 주문번호의 통화: PG {currencies_p}, 장부 {currencies_l}.",
        "Ledger currency {currencies_p} instead of {currencies_l}, if the PG's is the true one.",
        "PG의 통화가 맞다면 장부 통화: {currencies_l} → {currencies_p}.",
    ),
    "P17": Words(
        "The payment is a test (test channel, or MID {mid}); the ledger books {net_l}.",
        "테스트 결제(테스트 채널 또는 상점아이디 {mid}). 장부 순액 {net_l}.",
        "Take {right} out of the ledger.",
        "장부에서 {right} 제외.",
    ),
    "P18": Words(
        "The MID {stranger} is not among the declared ones ({mids}).",
        "상점아이디 {stranger}: 등록된 목록({mids})에 없습니다.",
        "Declare the MID in the rule (mids=), if it is yours.",
        "자사 상점아이디라면 규칙의 mids에 추가하세요.",
    ),
    "P19": Words(
        "{rows_p} attempt(s), none approved ({statuses_p}), and no ledger line.",
        "시도 {rows_p}건, 승인 없음(상태: {statuses_p}), 장부 행 없음.",
        *_NOTHING,
    ),
    "P21": Words(
        "{prepared} was registered in advance; the payment is {amount_p}.",
        "사전등록 {prepared}, 결제 {amount_p}.",
        "A payment of the registered {prepared}, or a registration of {amount_p}.",
        "결제금액과 사전등록 금액이 같으면 일치합니다(현재 결제 {amount_p}, 사전등록 {prepared}).",
    ),
    "C01": Words(
        "Cancelled {cancel_p} at the PG, {cancel_l} in the ledger: {unbooked} is not booked.",
        "취소금액: PG {cancel_p}, 장부 {cancel_l}. 미반영 {unbooked}.",
        "Book {unbooked} more as cancelled, {cancel_p} in all.",
        "장부에 취소 {unbooked} 추가 반영(취소 합계 {cancel_p}).",
    ),
    "C02": Words(
        "The ledger refunds {cancel_l}; the PG has cancelled nothing.",
        "장부 환불 {cancel_l}, PG 취소 없음.",
        "Cancel {cancel_l} at the PG; if no refund is due, ledger cancelled 0 instead of {cancel_l}.",
        "PG에서 {cancel_l} 취소. 환불 대상이 아니면 장부 취소금액: {cancel_l} → 0.",
    ),
    "C03": Words(
        "Cancelled {cancel_p} at the PG, {cancel_l} in the ledger: {gap_cancel} apart, more than the tolerance of {tolerance}, and not some of the PG's cancels.",
        "취소금액: PG {cancel_p}, 장부 {cancel_l}. 차이 {gap_cancel}, 허용오차 {tolerance} 초과. PG의 일부 취소만 반영된 것도 아닙니다.",
        "Ledger cancelled amount {cancel_p} instead of {cancel_l}.",
        "장부 취소금액: {cancel_l} → {cancel_p}.",
    ),
    "C04": Words(
        "More is cancelled than was paid: PG {cancel_p} of {amount_p}, ledger {cancel_l} of {amount_l}.",
        "결제보다 많은 취소: PG 결제 {amount_p} 중 취소 {cancel_p}, 장부 결제 {amount_l} 중 취소 {cancel_l}.",
        "Cancels no larger than the payment, {at_risk} less.",
        "취소금액을 {at_risk} 줄여 결제금액 이하로 정정.",
    ),
    "C05": Words(
        "One cancel took back everything, {cancel_p}; the ledger asked for {cancel_l} of {amount_l}.",
        "한 번의 취소로 전액 {cancel_p} 취소. 장부가 요청한 취소는 {amount_l} 중 {cancel_l}.",
        "Ledger cancelled {cancel_p} instead of {cancel_l}; what is charged again is a payment of its own.",
        "장부 취소금액: {cancel_l} → {cancel_p}. 다시 결제한 금액은 별도의 결제로 기장하세요.",
    ),
    "C06": Words(
        "The cancel history adds up to {history}; the payment says {cancel_p} is cancelled.",
        "취소이력 합계 {history}, 결제의 취소금액 {cancel_p}.",
        "A cancel history that adds up to {cancel_p}: fetch the payment again.",
        "취소이력 합계가 {cancel_p}이면 일치합니다. 결제를 다시 조회하세요.",
    ),
    "C07": Words(
        "The PG cancelled {cancel_p} of {amount_p}; the ledger wrote off all of {amount_l}.",
        "PG는 {amount_p} 중 {cancel_p} 취소, 장부는 {amount_l} 전액 취소.",
        "Ledger cancelled amount {cancel_p} instead of {cancel_l}.",
        "장부 취소금액: {cancel_l} → {cancel_p}.",
    ),
    "C08": Words(
        "The ledger asks for a cancel of {requested}; the PG has cancelled nothing yet.",
        "장부의 취소 요청 {requested}, PG 취소 없음.",
        "A cancel of {requested} at the PG, and the ledger's status cancelled.",
        "PG 취소 {requested} 완료 후 장부 상태를 cancelled로 변경.",
    ),
    "C10": Words(
        "Cancelled on {cancelled_on} at the PG, on {refunded_on} in the ledger: different months.",
        "PG 취소일 {cancelled_on}, 장부 취소일 {refunded_on}: 귀속월이 다릅니다.",
        "Ledger refund date {cancelled_on} instead of {refunded_on}.",
        "장부 취소일: {refunded_on} → {cancelled_on}.",
    ),
    "C11": Words(
        "The ledger refunds {cancel_l}; a payment by {method}, approved on {paid_on}, can no longer be cancelled at the PG.",
        "장부 환불 {cancel_l}. 결제수단 {method}, 승인일 {paid_on}: PG 취소 기한이 지났습니다.",
        "The PG cannot match it any more: document the bank transfer of {cancel_l}.",
        "PG 취소로는 맞출 수 없습니다. {cancel_l} 계좌 환불 증빙을 보관하세요.",
    ),
    "C12": Words(
        "One approval was cancelled in full and a smaller one made; together {net_p} net, as booked.",
        "한 승인을 전액 취소하고 더 작은 금액으로 다시 승인. 순액 {net_p}, 장부와 같습니다.",
        *_NOTHING,
    ),
    "C13": Words(
        "The ledger refunds {cancel_l} by {refund_method}; the PG has cancelled nothing.",
        "장부 환불 {cancel_l}, 환불수단 {refund_method}. PG 취소 없음.",
        "The PG will never show it: document {cancel_l} with the bank statement.",
        "PG에는 나타나지 않습니다. {cancel_l} 이체 내역을 증빙으로 보관하세요.",
    ),
    "V01": Words(
        "{net_p} was deposited on {paid_on}; the ledger has no paid line of this order.",
        "입금일 {paid_on}, 순액 {net_p}. 이 주문의 결제된 장부 행이 없습니다.",
        "Book the receipt of {amount_p} on {paid_on} under the order {key}.",
        "장부에 입금 반영: 주문번호 {key}, 일자 {paid_on}, 금액 {amount_p}.",
    ),
    "V02": Words(
        "The ledger books {net_l}; the virtual account is still waiting ({statuses_p}).",
        "장부 순액 {net_l}. 가상계좌는 입금 대기 중입니다(상태: {statuses_p}).",
        "Ledger status ready until {amount_l} is deposited.",
        "{amount_l} 입금 전까지 장부 상태를 ready로 유지.",
    ),
    "V03": Words(
        "Deposited at {paid_at}, after the deadline {due}.",
        "입금 {paid_at}, 입금기한 {due} 경과.",
        "Nothing in the ledger: decide whether the late deposit is kept or refunded.",
        "장부에서 고칠 것은 없습니다. 기한 후 입금을 인정할지 환불할지 결정하세요.",
    ),
    "V04": Words(
        "The deposits add up to {deposited}, more than the payment of {amount_p}.",
        "입금 합계 {deposited}, 결제금액 {amount_p} 초과.",
        "Refund the excess of {at_risk}.",
        "초과입금 {at_risk} 환불.",
    ),
    "V05": Words(
        "The deposits add up to {deposited}, {at_risk} less than the amount.",
        "입금 합계 {deposited}, 부족액 {at_risk}.",
        "A deposit of the missing {at_risk}.",
        "부족액 {at_risk} 입금 시 일치합니다.",
    ),
    "V06": Words(
        "The full amount was deposited more than once, {deposited} in all.",
        "전액이 두 번 이상 입금됨. 입금 합계 {deposited}.",
        "Refund the repeated deposit of {at_risk}.",
        "중복입금 {at_risk} 환불.",
    ),
    "V07": Words(
        "The status is cancelled, yet nothing was ever paid: no approval, no deposit.",
        "상태는 cancelled이나 승인도 입금도 없었습니다.",
        *_NOTHING,
    ),
    "V08": Words(
        "The deadline {due} passed without a deposit; the ledger still waits ({statuses_l}).",
        "입금기한 {due} 경과, 입금 없음. 장부는 입금 대기 상태입니다(상태: {statuses_l}).",
        "Close {right} in the ledger.",
        "장부의 {right} 미수금 정리.",
    ),
    "X03": Words(
        "The ledger's order id {own_keys} was damaged on its way; the line holds {amount_l}.",
        "장부의 주문번호 {own_keys} 손상. 해당 행의 결제금액 {amount_l}.",
        "Ledger order id as exported: text, with its zeros and letters{as_key}.",
        "장부 주문번호를 원본 그대로 텍스트로 내보내기{as_key}.",
    ),
    "X05": Words(
        "A value that the comparison needs is missing: {missing}.",
        "대사에 필요한 값이 없습니다: {missing}.",
        "Fill in {missing} at the source.",
        "원천 자료에서 값 입력: {missing}.",
    ),
}  # fmt: skip
"""By code; P10 and P11 say what the code they replaced says."""
