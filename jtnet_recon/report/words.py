"""The words of the reports, English and Korean side by side."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from jtnet_recon.report.words_close import CLOSE_LINES
from jtnet_recon.report.words_keys import KEY_LINES
from jtnet_recon.report.words_pair import PAIR_LINES

if TYPE_CHECKING:
    from jtnet_recon.report.shapes import Lang

_LINES = """
title | Reconciliation of i'mport payments with the ledger | 아임포트(포트원) 결제·장부 대사 보고서
period | Period | 대상 기간
basis | Date basis | 기준일
basis_paid | day of approval, Asia/Seoul (UTC+09:00), from 00:00:00 to 23:59:59 | 승인일(한국 시간 00:00:00~23:59:59)
basis_events | day of any approval or cancel, Asia/Seoul (UTC+09:00) | 승인·취소 발생일(한국 시간)
rule | Rule | 대사 규칙
rule_default | order id and currency must be equal; then amount, cancelled amount, status and KST date must agree | 주문번호와 통화가 같은 건끼리 금액·취소금액·상태·결제일(한국 시간) 비교
rule_entries | order id, currency and kind must be equal; then amount and KST date must agree | 주문번호·통화·구분이 같은 행끼리 금액·일자(한국 시간) 비교
as_of | Judged as of | 판단 기준 시각
midnight | Midnight band | 자정 허용 구간
minutes | {count} minutes | {count}분
digest | Result digest (SHA-256) | 결과 해시(SHA-256)
report_id | Report id | 보고서 번호
generated_at | Generated at | 생성 시각
library | Software | 소프트웨어
mids | PG and MIDs | PG·상점아이디
currencies | Currencies | 통화
sign | Sign | 부호
sign_meaning | difference = ledger − PG; positive: the books claim more than the PG has | 차이 = 장부 − PG. 양수이면 장부가 더 큼
unknown | not known | 알 수 없음
none | none | 없음
all | All | 전체
currency | Currency | 통화
headline | At a glance | 요약
ledger_net | Ledger, net | 장부 순액
pg_net | PG, net | PG 순액
difference | Difference | 차이
unexplained | Unexplained | 미설명
open_items | Open items | 미해소 건수
at_risk | Money at risk | 위험금액
share | Share of PG net | PG 순액 대비
by_code | Money at risk by code | 사유코드별 위험금액
by_code_note | Open items are all codes but those of severity Info, which are expected and carry no risk. | 심각도 '정보'는 예상된 건으로 위험금액이 없으며 미해소 건수에 넣지 않습니다.
code | Code | 코드
finding_name | What | 내용
severity | Severity | 심각도
items | Items | 건수
next_action | Next step | 다음 조치
total | Total | 합계
top | Largest breaks | 위험금액 상위 불일치
order_id | Order id | 주문번호
finding | Finding | 확인된 내용
bridge | Bridge from the ledger to the PG | 차이 조정표(장부 → PG)
bridge_note | Each step is what a cause adds; the unexplained rest must be 0. | 원인별 증감이며 미설명 잔액은 0이어야 합니다.
step | Step | 단계
amount | Amount | 금액
bridge_base | Base | 기준
bridge_up | Increase | 증가
bridge_down | Decrease | 감소
balance | Balance | 잔액
control_totals | Control totals | 합계 대조
control_totals_note | Taken from the rows as they were read, before the comparison. Rows without money are failed, abandoned or waiting. | 대사 전, 읽은 그대로의 합계입니다. 금액이 없는 행은 실패·미완료·입금 대기입니다.
side | Side | 구분
side_payments | PG | PG
side_ledger | Ledger | 장부
rows | Rows | 행
rows_money | Rows with money | 금액 있는 행
approved_amount | Approved / booked | 승인·기장 금액
cancelled | Cancelled | 취소금액
net | Net | 순액
rows_idle | Rows without money | 금액 없는 행
amount_idle | Their amount | 해당 금액
completeness | Completeness: where every row went | 완전성: 모든 행의 귀속
completeness_note | Matched + differing + one-sided + left out = everything read, in rows and in money. | 일치 + 차이 + 한쪽에만 있음 + 제외 = 읽은 전체(행·금액).
outcome | Outcome | 결과
count | Count | 건수
rows_pg | PG rows | PG 행
net_pg | PG net | PG 순액
rows_ledger | Ledger rows | 장부 행
net_ledger | Ledger net | 장부 순액
outcome_matched | Matched | 일치
outcome_differs | Differs | 차이 있음
outcome_duplicate | Duplicate | 중복
outcome_ambiguous | Ambiguous | 판단 불가
outcome_only_payments | Only at the PG | PG에만 있음
outcome_only_ledger | Only in the ledger | 장부에만 있음
outcome_excluded | Left out | 제외
outcome_control | Control | 통제
outcome_changed | Changed since the earlier run | 이전 실행 이후 변동
sum_of_outcomes | Sum of the outcomes | 결과 합계
population | Everything read | 읽은 전체
residual | Residual, must be 0 | 잔차(0이어야 함)
excluded | Left out of the comparison, and why | 제외된 모집단과 사유
reason | Reason | 사유
excluded_test payment | test payment | 테스트 결제
excluded_amount 0 | amount 0 (issue of a billing key) | 0원(빌링키 발급)
excluded_no money in the ledger | ledger row without money | 금액 없는 장부 행
records | Record counts | 건수 검증
records_note | Offered = accepted + rejected + duplicate + out of period + totals and blank lines. | 제공 = 채택 + 거부 + 중복 + 기간 밖 + 합계·빈 행.
offered | Offered | 제공
accepted | Accepted | 채택
rejected | Rejected | 거부
duplicate | Duplicate | 중복
out_of_period | Out of period | 기간 밖
totals_blank | Totals, blanks | 합계·빈 행
check | Check | 검증
adds_up | adds up | 일치
not_adds_up | does not add up | 불일치
ageing | Age of the open items | 미해소 건 경과일
ageing_note | Days from the payment (or the booking) to {as_of}. | 결제일(없으면 기장일)부터 {as_of}까지의 일수.
age | Age in days | 경과일
age_later | after that day | 기준일 이후
age_undated | without a date | 날짜 없음
age_over | over 90 | 90일 초과
open_roll | Roll-forward of the open items | 미해소 건 이월
open_roll_note | This run was given no earlier run: nothing was carried forward, and every open item counts as new. Nothing is written off here. | 이전 대사 결과 없이 실행되어 이월 건이 없으며, 모든 미해소 건을 신규로 봅니다. 제각은 하지 않습니다.
opening | Opening | 기초
new | New | 신규
cleared | Cleared | 해소
changed | Changed | 금액 변동
closing | Closing | 기말
listed | Listed as breaks | 불일치 목록
tolerances | Tolerances used | 적용된 허용오차
tolerance | Tolerance | 허용오차
times | Times used | 적용 횟수
largest | Largest | 최대
matching | How items were paired | 매칭 방법
matched_by | Paired by | 매칭 기준
matched_by_order id | order id | 주문번호
matched_by_none | not paired | 짝 없음
share_risk | Share of the risk | 위험금액 비율
share_items | Share of items | 건수 비율
several_pg | Orders with several PG rows | PG 행이 여럿인 주문
several_ledger | Orders with several ledger rows | 장부 행이 여럿인 주문
controls | Controls of this run | 통제 결과
control | Control | 통제
state | State | 상태
expected | Expected | 기대값
actual | Found | 확인값
detail | Detail | 비고
state_passed | passed | 통과
state_failed | FAILED | 실패
state_unknown | unknown | 확인 불가
repeat | The same inputs and rule give the same digest | 같은 입력·규칙이면 같은 해시
repeat_detail | Run it again on the same files and compare this digest. | 같은 파일로 다시 실행해 해시를 비교하세요.
ledger_total | The ledger's own total agrees with its rows | 장부 합계 행과 행 합계 일치
single_use | No payment stands twice | 같은 결제가 두 번 없음
pull | Pull certificate | 수집 확인서
pull_missing | The payments came without a pull certificate: whether any is missing is not known. | 결제 수집 확인서가 없습니다. 누락 여부를 알 수 없습니다.
pull_certificate | Format | 형식
pull_verdict | Verdict | 판정
pull_reasons | Reasons against COMPLETE | COMPLETE가 아닌 사유
pull_period | Period | 대상 기간
pull_basis | Date basis | 기준일
pull_host | API host | API 주소
pull_merchant | Account (fingerprint) | 계정(지문)
pull_tier | Sub-merchant | 하위 상점
pull_endpoint | Endpoint | 호출 API
pull_parameters | Parameters | 조회 조건
pull_requests | Requests | 요청 수
pull_pages | Pages read, all walks | 읽은 페이지(전체 조회)
pull_rows_seen | Rows read, all walks | 읽은 행(전체 조회)
pull_retries | Retries | 재시도
pull_renewals | Token renewals | 토큰 갱신
pull_not_called_json | Answers not called JSON | JSON이 아니라고 표시된 응답
pull_distinct | Distinct payments seen | 확인된 고유 결제
pull_repeats | Seen twice, alike | 같은 내용으로 두 번 수집
pull_older_versions | Seen twice, changed meanwhile | 수집 중 변경
pull_resumed_windows | Windows walked before the pull was resumed | 재개 전에 조회한 구간
pull_payments | Payments of the period | 대상 기간 결제
pull_statuses | Their statuses | 결제상태별 건수
pull_unknown_fields | Fields new to this version | 알려지지 않은 필드
pull_unread | Values that could not be read | 읽을 수 없는 값
pull_test_channel | On a test channel | 테스트 채널 결제
pull_digest | Digest of the payments (SHA-256) | 결제 자료 해시(SHA-256)
pull_started_at | Started (server's clock) | 시작(서버 시각)
pull_ended_at | Ended (server's clock) | 종료(서버 시각)
pull_library | Software | 소프트웨어
window_from | From | 시작
window_to | To | 끝
window_open | Open end | 열린 구간
window_walks | Walks | 조회 횟수
window_pages | Pages | 페이지
window_rows | Rows | 행
window_distinct | Distinct | 고유
window_total_first | Total, first | 최초 총계
window_total_last | Total, last | 최종 총계
window_total_again | Total at the end | 종료 시 총계
window_agreed | Settled by | 확정 근거
agreed_same pages | same pages | 두 번 같은 페이지
agreed_same settled payments | same settled payments | 두 번 같은 확정 결제
windows | Windows of the pull | 수집 구간
sources | Sources | 자료 출처
source_note | The PG side is the answer of the i'mport API, the ledger the company's own file or query. That the ledger was not itself made from the API is for the reviewer to confirm. | PG 자료는 아임포트 API 응답, 장부는 회사의 파일·조회 결과입니다. 장부가 API 자료로 만들어지지 않았는지는 검토자가 확인해야 합니다.
source_pg | PG: rows used | PG: 사용한 행
source_pg_hash | PG: SHA-256 over the sorted i'mport ids | PG: 정렬한 결제번호의 SHA-256
source_ledger | Ledger: source | 장부: 출처
source_ledger_rows | Ledger: rows used | 장부: 사용한 행
source_ledger_hash | Ledger: SHA-256 over the sorted order ids | 장부: 정렬한 주문번호의 SHA-256
source_ledger_file_hash | Ledger: SHA-256 of the file | 장부: 파일 SHA-256
source_ledger_columns | Ledger: columns | 장부: 열 대응
source_ledger_guessed | Ledger: guessed | 장부: 자동 인식
source_ledger_notes | Ledger: notes | 장부: 참고
source_ledger_total | Ledger: total stated in the file | 장부: 파일에 적힌 합계
identity | Identity of this run | 실행 정보
company | Company | 회사
scope | Not examined in this run | 이번 대사에서 확인하지 않은 것
scope_settlement | Settlement, fees, deposits | 정산·수수료·입금
scope_settlement_text | Whether the PG paid out what it owes. | PG 지급액의 정확성
scope_fourth | Proof of cash, confirmations | 4열 현금검증·조회서
scope_fourth_text | Bank accounts and letters of the PG and the bank. | 은행 계좌, PG·은행의 확인서
scope_journal | Posting of entries | 분개 기표
scope_journal_text | Entries are proposed by cause, with general account names; none is posted. | 원인별 분개를 일반 계정명으로 제안할 뿐 기표하지 않습니다.
scope_later | Changes after this run | 실행 이후 변동
scope_later_text | Later cancels and edits show when the period is pulled and compared again. | 이후 취소·수정은 다시 수집해 대사해야 나타납니다.
scope_daily | Table by day | 일자별 표
scope_daily_text | Left out: its sums did not tie to the control totals. | 합계 대조와 맞지 않아 싣지 않았습니다.
signoff | Prepared and reviewed | 작성·검토
signoff_note | To be filled in by hand; the reviewer is another person than the preparer. Marks: ✓ traced to the source, Σ added up again, C confirmed by a third party, T timing only. | 수기로 작성합니다. 검토자는 작성자와 달라야 합니다. 검증 표시: ✓ 원천 대조, Σ 재계산, C 제3자 조회, T 시차.
role | Role | 구분
preparer | Prepared by | 작성자
reviewer | Reviewed by | 검토자
name | Name | 성명
date | Date | 일자
checked | What was checked, questions, answers | 확인 내용·질의·답변
signature | Signature | 서명
mark_sandbox | SANDBOX DATA: invented payments, no real money | 샌드박스 자료: 가상의 결제이며 실제 금액이 아님
mark_unmasked | UNMASKED: holds personal data | 비식별 해제: 개인정보 포함
mark_pull | THE PULL IS {verdict}: payments may be missing | 결제 수집 {verdict}: 누락 가능
mark_failed | NOT RECONCILED: a control failed | 대사 미완료: 통제 실패
breaks | Breaks | 불일치
breaks_note | {count} breaks, most money at risk first. | 불일치 {count}건, 위험금액이 큰 순서.
by_day | By day | 일자별
by_day_note | Rows with money by day, PG, MID and method; the ledger by its own day, with the method of its order's payment. Sums equal the control totals. | 금액이 있는 행의 일자·PG·상점아이디·결제수단별 합계. 장부는 장부 일자, 결제수단은 같은 주문의 결제 기준. 합계는 합계 대조와 같습니다.
timing | Cut-off | 기간귀속
timing_note | Items booked on another day than approved, and approvals within {minutes} minutes of the first or last midnight of the period. | 승인일과 장부일이 다른 건, 기간 첫·마지막 자정 전후 {minutes}분 안의 승인.
vat | VAT reference | 부가세 참고
vat_note | Approved less cancelled, by month of approval. VAT is net / 11, as if every sale were taxable at 10 %: the API gives no tax-free part. | 승인월 기준 순액. 부가세는 순액÷11이며 모두 과세로 본 참고값입니다(API는 면세 금액을 주지 않음).
payments_rows | PG rows | 결제 자료
payments_rows_note | Every payment that was used: {count}. | 사용한 결제 전체 {count}건.
ledger_rows | Ledger rows | 장부 자료
ledger_rows_note | Every ledger row that was used: {count}. | 사용한 장부 행 전체 {count}건.
codes | Codes | 코드표
codes_note | Every code this version can find. | 이 버전이 찾을 수 있는 모든 코드.
overflow | Long texts | 긴 텍스트
overflow_note | Texts that no cell can hold, whole, in parts. | 셀 한도를 넘는 텍스트의 전문.
charts | Charts | 차트
summary | Summary | 요약
part_number | Part | 부분
part | part {number} of {count} | {number}/{count}
at | At | 시점
day | Day | 일자
month | Month | 월
pg | PG | PG
method | Method | 결제수단
receipt | Cash receipt | 현금영수증
issued | issued | 발급
not_issued | not issued | 미발급
amount_pg | PG approved | PG 승인
cancel_pg | PG cancelled | PG 취소
amount_ledger | Ledger booked | 장부 금액
cancel_ledger | Ledger cancelled | 장부 취소
supply | Supply value | 공급가액
vat_amount | VAT | 부가세
why | Why | 사유
edge | near the period's edge | 기간 경계
period_pg | Period at the PG | PG 귀속월
period_ledger | Period in the ledger | 장부 귀속월
days_apart | Days apart | 일수 차이
code_count | In this run | 이번 건수
finding_text | What it means | 의미
sheet_name | Sheet | 시트
row | Row | 행
column | Column | 열
text | Text | 텍스트
Critical | Critical | 심각
High | High | 높음
Medium | Medium | 보통
Low | Low | 낮음
Info | Info | 정보
verdict_reconciled | Reconciled | 대사 일치
verdict_reconciled with open items | Reconciled with open items | 미해소 건 있음
verdict_not reconciled | Not reconciled | 대사 미완료
chart_bridge | From the ledger to the PG, {currency} | 장부에서 PG까지, {currency}
chart_by_code | Money at risk by code, {currency} | 사유코드별 위험금액, {currency}
chart_by_day | Ledger and PG by day, net, {currency} | 일자별 장부·PG 순액, {currency}
chart_calendar | Breaks by day | 일자별 불일치
chart_ageing | Money at risk by age, {currency} | 경과일별 위험금액, {currency}
chart_by_hour | Breaks by hour of approval, KST | 승인 시각(한국 시간)별 불일치
chart_zero | {count} causes of 0 are not drawn | 금액 0인 원인 {count}개는 생략
chart_cut | The axis does not start at 0; the two totals are cut off. | 축이 0에서 시작하지 않아 두 합계 막대는 일부만 표시됩니다.
chart_other | {count} others | 기타 {count}개
chart_empty | Nothing to draw | 해당 없음
weekdays | Mon Tue Wed Thu Fri Sat Sun | 월 화 수 목 금 토 일
search | Search | 검색
search_hint | order id, code, amount … | 주문번호, 코드, 금액 …
shown | {shown} of {count} shown | {count}건 중 {shown}건 표시
shown_rows | Show the table: {count} rows | 표 보기: {count}행
more | Show more | 더 보기
contents | Contents | 목차
sides_in_workbook | Every row that was used stands in the workbook of the same run. | 사용한 모든 행은 같은 실행의 엑셀 파일에 있습니다.
breaks_capped | The first {shown} of {count} breaks; the workbook holds all. | 불일치 {count}건 중 {shown}건. 전체는 엑셀 파일에 있습니다.
explain_more | result.browse() shows every break, to sort and search; result.explain("…") shows one order with both sides and every test. | result.browse()로 모든 불일치를 정렬·검색하고, result.explain("…")로 주문별 상세를 볼 수 있습니다.
name_en | English name | 영문 이름
name_ko | Korean name | 한글 이름
secondary | Also | 추가 사유
reasons | What differs | 차이 항목
verified | Look-up at the PG | PG 조회 결과
portone_status | PortOne's word for it | 포트원 대사 상태
cause | Likely cause | 추정 원인
kind | Kind | 종류
amount_payments | PG approved | PG 승인
cancel_payments | PG cancelled | PG 취소
net_payments | PG net | PG 순액
money_at_risk | Money at risk | 위험금액
gloss | Each break's likely reason and what to do about it stand in its row. | 불일치마다 원인과 다음 조치가 적혀 있습니다.
yes | yes | 예
no | no | 아니오
"""

WORDS = MappingProxyType(
    {
        key: (english, korean)
        for key, english, korean in (
            [part.strip() for part in line.split(" | ")]
            for line in (_LINES + CLOSE_LINES + KEY_LINES + PAIR_LINES).strip().splitlines()
            if line
        )
    }
)
"""Each word's English and Korean form."""


def word(key: str, lang: Lang, **values: object) -> str:
    """Say something in the report's language.

    Parameters
    ----------
    key : str
        Of :data:`WORDS`.
    lang : str
        ``en`` or ``ko``.
    **values : object
        For the placeholders in it.

    Returns
    -------
    str
        The word or sentence.
    """
    text = WORDS[key][0 if lang == "en" else 1]
    return text.format(**values) if values else text


def known(prefix: str, value: str, lang: Lang) -> str:
    """Say a value of a closed set, or give it as it is where it has no word yet.

    Parameters
    ----------
    prefix : str
        Of the set, such as ``outcome``.
    value : str
        Of the set.
    lang : str
        ``en`` or ``ko``.

    Returns
    -------
    str
        The word, or the value.
    """
    key = f"{prefix}_{value}"
    return word(key, lang) if key in WORDS else value
