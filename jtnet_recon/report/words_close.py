"""What the reports say of closing a month, in both languages; part of :data:`words.WORDS`."""

from __future__ import annotations

CLOSE_LINES = """
browse_untrusted | The table of all breaks is shown when this cell is run, or the notebook trusted. | 이 셀을 실행하거나 노트북을 신뢰하면 전체 불일치 표가 표시됩니다.
open_roll_from | From {before} to this run; differences are ledger less PG. {waiting} of the open items belong to days that this run did not look at: they wait. Nothing is written off here. | {before}에서 이번 실행까지. 차이는 장부 − PG입니다. 미해소 중 {waiting}건은 이번 실행의 대상이 아니어서 대기합니다. 제각은 하지 않습니다.
confirmations | PG and bank confirmations | PG·은행 조회서
timeliness | Period ended, pulled | 기간 종료·수집
timeliness_text | {end}, {pulled}: {days} days after | {end} 종료, {pulled} 수집: {days}일 경과
company_unknown | the API gives no name; account (fingerprint) {merchant} | API가 상호를 제공하지 않음; 계정(지문) {merchant}
rule_digest | Digest of the rule (SHA-256) | 규칙 해시(SHA-256)
rule_tolerance | Tolerances allowed | 허용오차 한도
rule_tolerance_text | {amount} minor units, {days} days, {minutes} minutes, {midnight} minutes around midnight | 금액 {amount}(최소 화폐단위), {days}일, {minutes}분, 자정 전후 {midnight}분
tolerance_amount | amount | 금액
tolerance_days | days | 일수
tolerance_minutes | minutes | 분
tolerance_midnight | midnight | 자정
limit | Allowed a pair | 건별 한도
limit_amount | {count} minor units | 최소 화폐단위 {count}
limit_days | {count} days | {count}일
limit_minutes | {count} minutes | {count}분
limit_midnight | {count} minutes around midnight, KST | 자정 전후 {count}분(한국 시간)
signed | Signed | 부호 합계
budget | Budget | 한도 총액
matching_note | Nothing is paired by hand or by force: there is no such way. | 수기·강제 매칭은 없습니다(기능 자체가 없음).
matched_by_order id, sum | order id, sum of its rows | 주문번호, 합계
matched_by_order id, within tolerance | order id, within tolerance | 주문번호, 허용오차 이내
detail_self_test | {missed} missed, {extra} false alarms; {codes} codes, seed {seed} | 누락 {missed}건, 오탐 {extra}건; 사유코드 {codes}종, 시드 {seed}
detail_rows | rows | 행
detail_unexplained | unexplained | 미설명
detail_rows, difference, money at risk | rows, difference, money at risk | 건수, 차이, 위험금액
mids_known | Every MID is a declared one | 신고된 상점아이디만 있음
mids_unknown | No MIDs were declared (Rule.mids); any of them passes. | 상점아이디를 지정하지 않아(Rule.mids) 확인하지 않았습니다.
self_test | Self-test: planted breaks are found | 자체 시험: 심은 불일치를 모두 찾음
self_test_unknown | Not run. result.with_self_test() plants breaks on these payments and looks for them. | 실행하지 않음. result.with_self_test()가 이 결제 자료에 불일치를 심어 찾는지 시험합니다.
adjustments | Proposed entries | 수정분개 제안
adjustments_note | What leads from the ledger to the PG, cause by cause: the receivable adds up to {moved}. Proposed, not posted; account names are general ones. The breaks of a code name all its orders. | 장부에서 PG까지 원인별 분개이며 미수금 증감의 합은 {moved}입니다. 제안일 뿐 기표되지 않으며 계정명은 일반 명칭입니다. 전체 주문번호는 불일치 시트에 있습니다.
action | What to do | 처리
debit | Debit | 차변
credit | Credit | 대변
receivable | Receivable moves by | 미수금 증감
orders | Order ids | 주문번호 목록
outcome_elsewhere | Paired under another id | 다른 번호로 매칭
open_list | Open items | 미해소 목록
open_list_note | Every item that is open now or was open at {before}: {count}, {cleared} of them cleared. | 현재 또는 {before}에 미해소였던 {count}건, 그중 해소 {cleared}건.
open_list_lost | {count} cleared items had been carried from runs before that and are not listed. | 그 이전 실행에서 이월되어 해소된 {count}건은 목록에 없습니다.
open_state | State | 상태
open_new | new | 신규
open_open | open as before | 미해소 유지
open_changed | changed | 변동
open_waiting | waits, not looked at | 대기(대상 아님)
open_cleared | cleared | 해소
since | Open since | 최초 발견
open_period | Period | 대상 기간
"""
