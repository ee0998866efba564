"""What the reports say of billing keys, in both languages; part of :data:`words.WORDS`."""

from __future__ import annotations

KEY_LINES = """
key_timeline | Billing key {uid}, {first} to {last} | 빌링키 {uid}, {first} ~ {last}
key_timeline_empty | Billing key {uid} | 빌링키 {uid}
key_lane_contract | Contract | 계약
key_lane_schedule | Schedules | 예약
key_lane_charge | Charges | 결제
key_lane_key | Billing key | 빌링키
key_unread | payments of these days were not read | 이 기간의 결제는 수집하지 않음
key_event_paid | paid | 결제완료
key_event_failed | failed | 실패
key_event_cancelled | cancelled | 취소
key_event_partly | cancelled in part | 부분취소
key_event_ready | not finished | 미완료
key_event_issue | card registered | 카드 등록
key_event_scheduled | waiting | 예약 대기
key_event_executed_paid | run, paid | 실행, 결제완료
key_event_executed_failed | run, failed | 실행, 실패
key_event_executed_cancelled | run, cancelled since | 실행, 이후 취소
key_event_executed | run, result unknown | 실행, 결과 없음
key_event_revoked | revoked | 철회
key_event_registered | registered | 발급
key_event_changed | changed | 변경
key_event_finding | break | 불일치
key_cohorts | Contracts charged, by month of their start | 계약 시작월별 결제 유지율
key_cohorts_months | Months since the start | 시작 후 개월
key_cohorts_start | Start | 시작월
key_cohorts_note | Share of a month's new contracts with a paid charge so many months later; – : payments of that month were not read in whole. | 각 월에 시작한 계약 중 해당 개월에 결제가 완료된 비율. – : 그 달의 결제를 모두 수집하지 않음.
key_state_registered | registered | 발급됨
key_state_super | super key (a channel group) | 슈퍼 빌링키(채널그룹)
key_state_unknown | unknown: deleted, never issued, or another merchant's; the API does not tell which | 없음: 삭제·미발급·타 상점 중 무엇인지 API가 알려 주지 않음
key_state_not_asked | not asked: this id cannot stand in an address | 조회 불가: 주소에 쓸 수 없는 식별자
card_title | Billing key {uid} | 빌링키 {uid}
card_state | State | 상태
card_card | Card | 카드
card_owner | Owner | 카드 소유자
card_pg | PG | PG사
card_test | test channel | 테스트 채널
card_age | Age | 발급
card_registered | registered {at}, {days} days ago | {at} 발급({days}일 전)
card_changed | changed {at} | {at} 변경
card_contract | Contract | 계약
card_no_list | not looked for: no list of contracts was given | 확인 안 함: 계약 목록이 없습니다
card_no_contract | none in the list | 계약 목록에 없음
card_due | due on day {day} | 매월 {day}일 청구
card_charges | Charges | 결제
card_net | net | 순액
card_since | read from {day} on | {day} 이후 수집
card_schedules | Schedules | 예약
card_next | next {at}, {amount} | 다음 {at}, {amount}
card_none | none | 없음
card_latest | Latest charges | 최근 결제
card_notes | To look at | 확인할 것
card_no_notes | nothing | 없음
card_at | When (KST) | 일시(KST)
card_what | What | 구분
card_amount | Amount | 금액
card_order | Order id | 주문번호
card_code | Code | 코드
note_gone_name | Key unknown | 빌링키 없음
note_gone | It cannot be charged. | 이 빌링키로 결제할 수 없습니다.
note_gone_waiting_name | Key unknown, schedules waiting | 빌링키 없음, 예약 대기
note_gone_waiting | It cannot be charged, and schedules still wait for it. | 결제할 수 없는 빌링키에 예약이 남아 있습니다.
note_test_name | Test channel | 테스트 채널
note_test | The key belongs to a test channel: charges on it are no revenue. | 테스트 채널의 빌링키로, 결제액은 매출이 아닙니다.
note_jtnet_name | Left at JTNet | JTNet에 남은 빌링키
note_jtnet | JTNet's PG business ended on 2023-01-31; this key was not moved and cannot be charged. | JTNet의 PG 서비스는 2023-01-31에 종료되었습니다. 이전되지 않은 빌링키로는 결제할 수 없습니다.
note_other_card_name | Another card | 다른 카드
note_other_card | Earlier charges were made on another card than the key stands for now. | 이전 결제는 현재 빌링키의 카드와 다른 카드로 이루어졌습니다.
note_moved_name | Moved since | 발급 후 이전
note_moved | The key was changed after JTNet's PG business ended on 2023-01-31: it went to another PG. Its charges show no other card. | JTNet 서비스 종료(2023-01-31) 후 다른 PG로 이전된 빌링키입니다. 다른 카드로 결제된 기록은 없습니다.
note_changed_name | Changed since | 발급 후 변경
note_changed | The key was changed after it was registered; charges before that may be another card's. | 발급 후 변경된 빌링키입니다. 그 전의 결제는 다른 카드일 수 있습니다.
note_failing_name | Failing | 연속 실패
note_failing | The latest charges failed, three or more in a row. | 최근 결제가 3회 이상 연속 실패했습니다.
keys_doubles | Double charges | 중복 청구
keys_doubles_note | Charges on top of another one, most refundable money first: {count}. | 다른 결제와 중복된 결제 {count}건, 환불 가능 금액 순.
keys_stories | Failed charges | 실패한 청구
keys_stories_note | Cycles of the period on which a charge failed, each told to its end: {count}. | 기간 내 청구 실패가 있었던 회차 {count}건의 경과.
keys_keys | Billing keys | 빌링키
keys_keys_note | Every billing key that a contract, a payment or a schedule names: {count}. The API has no list of all keys. | 계약·결제·예약에 나타난 빌링키 {count}개. API에는 전체 빌링키 목록이 없습니다.
person | Person (keyed hash) | 고객(키 해시)
flags | Flags | 특이사항
age_days | Age, days | 발급 후 일수
customers | Customers | 고객 수
contracts | Contracts | 계약 수
contracts_active | Contracts in force | 유효 계약 수
registrations | Registrations of 0 | 0원 발급
charges | Charges judged | 결제 건수
charged | Charged, net | 결제 순액
last_charged_on | Last charged | 최근 결제일
schedules_open | Schedules waiting | 대기 예약
scheduled | Scheduled | 예약금액
form | Form | 유형
refunded | Refunded | 환불액
refundable | Refundable | 환불 가능액
other_merchant_uid | The charge that stays: order id | 유지되는 결제의 주문번호
other_imp_uid | The charge that stays: i'mport id | 유지되는 결제의 포트원 번호
due_on | Due on | 청구일
attempts | Failed attempts | 실패 횟수
first_failed_at | First failed | 최초 실패
last_failed_at | Last failed | 최종 실패
payments | Paid charges | 결제 건수
paid | Paid, net | 결제 순액
ending | How it ended | 결과
cycle | Cycle | 회차
outcome_judged | no break | 불일치 없음
audit_title | Audit of i'mport billing keys against the contracts | 아임포트(포트원) 빌링키·계약 감사 보고서
audit_sign_meaning | difference = contracts − PG; positive: the contracts ask for more than was charged | 차이 = 계약 − PG. 양수이면 청구가 부족함
audit_ledger_net | Contracts, net | 계약 금액
audit_bridge | Bridge from the contracts to what was paid | 차이 조정표(계약 → 결제)
audit_chart_bridge | From the contracts to what was paid, {currency} | 계약에서 결제까지, {currency}
audit_side_ledger | Contracts | 계약
audit_rows_ledger | Cycles of contracts | 계약 회차
audit_net_ledger | Contracts | 계약 금액
excluded_refund | refund of a charge | 결제의 환불
excluded_refunded in full | second charge, paid back in full | 중복 결제 후 전액 환불
excluded_cycle of another period | charge for a cycle of another period | 다른 기간 회차의 결제
excluded_not due yet | not due yet, or still in grace | 미도래 또는 유예기간
excluded_contract ended | failed, and the contract was ended | 결제 실패 후 계약 종료
audit_outcome_only_ledger | Only in the contracts | 계약에만 있음
audit_outcome_only_payments | Only charged | 결제에만 있음
audit_source_note | The two sides come from different systems: the i'mport API and the company's own contracts. | 두 자료는 서로 다른 시스템(아임포트 API, 회사 계약 대장)에서 왔습니다.
audit_source_ledger | Contracts: source | 계약: 출처
audit_source_ledger_rows | Contracts: cycles of the period | 계약: 대상 회차
audit_source_ledger_hash | Contracts: SHA-256 over the sorted cycles | 계약: 정렬한 회차의 SHA-256
audit_source_ledger_file_hash | Contracts: SHA-256 of the file | 계약: 파일 SHA-256
audit_source_ledger_columns | Contracts: columns | 계약: 열 대응
audit_source_ledger_guessed | Contracts: guessed | 계약: 자동 인식
audit_source_ledger_notes | Contracts: notes | 계약: 참고
audit_ledger_rows | Cycles | 계약 회차
audit_ledger_rows_note | Every cycle that the contracts ask for in the period: {count}. | 기간 내 계약상 청구 회차 {count}건.
audit_payments_rows_note | Every charge on a billing key that was judged, and every attempt that a break names: {count}. | 감사 대상 빌링키 결제와 불일치에 나타난 시도 {count}건.
found_read | read | 조회함
found_not given | not given | 자료 없음
found_a list of all keys | a list of all keys | 전체 빌링키 목록
found_keys of contracts, payments and schedules | keys of contracts, payments and schedules | 계약·결제·예약에 나온 빌링키
detail_No call of the API lists all keys: one that no contract, payment or schedule names is not seen. | No call of the API lists all keys: one that no contract, payment or schedule names is not seen. | API에는 전체 빌링키 목록이 없습니다. 계약·결제·예약 어디에도 없는 빌링키는 찾을 수 없습니다.
rule_name_billing charges to contracts, by billing key and due day | billing charges to contracts, by billing key and due day | 계약 대 빌링키 결제, 빌링키·청구일별
"""
