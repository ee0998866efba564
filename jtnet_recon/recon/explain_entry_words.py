"""What explain() says of each code of an entry, and of suggestions under either rule."""

from __future__ import annotations

from jtnet_recon.recon.explain_words import ORDER_WORDS, Words

_MISSING_ENTRY = (
    "{a} has {net_p} on {paid_on}; no entry of {b} is left for it under this key and kind.",
    "{a} {net_p}, 일자 {paid_on}. 같은 키와 구분으로 남은 상대 행이 없습니다.",
)

ENTRY_WORDS = {
    **{code: ORDER_WORDS[code] for code in ("X03", "X05")},
    "P01": Words(
        *_MISSING_ENTRY,
        "An entry of {net_p} on {paid_on} under the key {key} in {b}.",
        "{b}에 추가: 키 {key}, 일자 {paid_on}, 금액 {net_p}.",
    ),
    "V01": Words(
        *_MISSING_ENTRY,
        "An entry of the deposit of {net_p} on {paid_on} under the key {key} in {b}.",
        "{b}에 입금 추가: 키 {key}, 일자 {paid_on}, 금액 {net_p}.",
    ),
    "P02": Words(
        "{b} has {net_l} on {booked_on}; no row of {a} is left for it under this key and kind.",
        "{b} {net_l}, 일자 {booked_on}. 같은 키와 구분으로 남은 {a} 행이 없습니다.",
        "A row of {net_l} under the key {key} in {a}; if there is none, reverse {right}.",
        "{a}에 키 {key}, 금액 {net_l}인 행이 있으면 일치합니다. 없으면 {b}의 {right} 취소.",
    ),
    "P03": Words(
        "{net_p} against {net_l} under one key and kind: {gap} apart, more than the tolerance of {tolerance}.",
        "같은 키와 구분의 금액: {net_p}, {net_l}. 차이 {gap}, 허용오차 {tolerance} 초과.",
        "Amount {net_p} instead of {net_l} in {right}.",
        "{right} 금액: {net_l} → {net_p}.",
    ),
    "P04": Words(
        "{net_p} against {net_l}: {gap} apart, within the tolerance of {tolerance}.",
        "금액 {net_p}, {net_l}: 차이 {gap}, 허용오차 {tolerance} 이내.",
        "Nothing is needed; to the won: amount {net_p} instead of {net_l} in {right}.",
        "조치 불필요. 원 단위까지 맞추려면 {right} 금액: {net_l} → {net_p}.",
    ),
    "P07": Words(
        "A row of {net_p} under this key is matched already; this is one more of it in {a}.",
        "같은 키의 {net_p} 행이 이미 매칭되어 있고, {a}에 같은 행이 하나 더 있습니다.",
        "Cancel {left}, or one more entry of {net_p} in {b} if both are meant.",
        "{left} 취소. 둘 다 맞는 거래라면 {b}에 {net_p} 행 추가.",
    ),
    "P09": Words(
        "An entry of {net_l} under this key is matched already; this is one more of it in {b}.",
        "같은 키의 {net_l} 행이 이미 매칭되어 있고, {b}에 같은 행이 하나 더 있습니다.",
        "Remove {right}.",
        "{right} 삭제.",
    ),
    "P12": Words(
        "{paid_at} against {booked_on}: the next day, within {band} minutes of midnight.",
        "{a} {paid_at}, {b} {booked_on}: 자정 전후 {band}분 이내의 하루 차이.",
        "Nothing is needed; to the day: {paid_on} instead of {booked_on} in {right}.",
        "조치 불필요. 일자까지 맞추려면 {right} 일자: {booked_on} → {paid_on}.",
    ),
    "P13": Words(
        "{paid_on} against {booked_on}: {days_apart} day(s) apart; at most {days} are accepted.",
        "{a} {paid_on}, {b} {booked_on}: {days_apart}일 차이, 허용 {days}일.",
        "Date {paid_on} instead of {booked_on} in {right}.",
        "{right} 일자: {booked_on} → {paid_on}.",
    ),
    "P16": Words(
        "One key: {a} has it in {currencies_p}, {b} in {currencies_l}.",
        "같은 키의 통화: {a} {currencies_p}, {b} {currencies_l}.",
        "Currency {currencies_p} instead of {currencies_l} in {b}, if {a}'s is the true one.",
        "{a}의 통화가 맞다면 {b} 통화: {currencies_l} → {currencies_p}.",
    ),
    "P17": Words(
        "The row is of a test (test channel, or MID {mid}); {b} books {net_l}.",
        "테스트 거래(테스트 채널 또는 상점아이디 {mid}). {b} 순액 {net_l}.",
        "Take {right} out of {b}.",
        "{b}에서 {right} 제외.",
    ),
    "C01": Words(
        "A cancel of {cancel_p} on {paid_on}; no refund of {b} is left for it under this key.",
        "취소 {cancel_p}, 취소일 {paid_on}. 같은 키로 남은 {b}의 환불 행이 없습니다.",
        "A refund of {cancel_p} on {paid_on} under the key {key} in {b}.",
        "{b}에 환불 추가: 키 {key}, 일자 {paid_on}, 금액 {cancel_p}.",
    ),
    "C02": Words(
        "A refund of {cancel_l} on {booked_on}; no cancel of {a} is left for it under this key.",
        "환불 {cancel_l}, 일자 {booked_on}. 같은 키로 남은 {a}의 취소 행이 없습니다.",
        "A cancel of {cancel_l} at the PG; if no refund is due, reverse {right}.",
        "PG에서 {cancel_l} 취소. 환불 대상이 아니면 {right} 취소.",
    ),
    "C03": Words(
        "Cancelled {cancel_p}, refunded {cancel_l}: {gap} apart, more than the tolerance of {tolerance}.",
        "취소 {cancel_p}, 환불 {cancel_l}: 차이 {gap}, 허용오차 {tolerance} 초과.",
        "Refund {cancel_p} instead of {cancel_l} in {right}.",
        "{right} 환불금액: {cancel_l} → {cancel_p}.",
    ),
    "C04": Words(
        "The refunds of this key pass its sales in {b}, by {at_risk} with this one.",
        "{b}에서 이 키의 환불이 매출보다 많습니다. 이 행의 초과분 {at_risk}.",
        "Refunds no larger than the sales: {right} smaller by {at_risk}.",
        "환불을 매출 이하로 정정: {right}에서 {at_risk} 차감.",
    ),
    "C06": Words(
        "The payment is cancelled by {cancel_p} more than its cancel history explains.",
        "취소이력으로 설명되지 않는 취소금액 {cancel_p}.",
        "A cancel history that adds up: fetch the payment again.",
        "취소이력 합계가 취소금액과 같으면 일치합니다. 결제를 다시 조회하세요.",
    ),
    "C08": Words(
        "A refund of {cancel_l} is asked for; no cancel of {a} is left for it under this key.",
        "환불 요청 {cancel_l}. 같은 키로 남은 {a}의 취소 행이 없습니다.",
        "A cancel of {cancel_l} at the PG.",
        "PG에서 {cancel_l} 취소.",
    ),
    "C10": Words(
        "Cancelled on {paid_on}, refunded on {booked_on}: different months.",
        "취소일 {paid_on}, 환불일 {booked_on}: 귀속월이 다릅니다.",
        "Date {paid_on} instead of {booked_on} in {right}.",
        "{right} 일자: {booked_on} → {paid_on}.",
    ),
}  # fmt: skip

SUGGESTED_WORDS = {
    "P10": Words(
        "No row of the other side has this key; {candidates} is the only partner in every assignment of least cost (amount, days, card, similar ids).",
        "상대편에 이 키가 없습니다. 금액·일자·카드·번호 유사도의 최소 비용 배정에서 유일한 상대: {candidates}.",
        "Give {lines} of {b} the key {target}{or_reference}, if it is the same sale.",
        "같은 거래라면 {lines}에 입력할 값: 키 {target}{or_reference_ko}.",
    ),
    "P11": Words(
        "Several pairs fit equally well; the candidates here: {candidates}. Nothing tells them apart.",
        "짝이 될 수 있는 조합이 여럿이고 조건이 같습니다. 이 건의 후보: {candidates}. 구별할 값이 없습니다.",
        "Fill in {decides} on both sides, or give the line the key it belongs to.",
        "양쪽에 {decides} 값을 채우거나 {b} 행에 올바른 키를 넣으세요.",
    ),
}  # fmt: skip
"""P10 and P11, under either rule."""
