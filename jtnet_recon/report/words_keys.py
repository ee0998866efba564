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
"""
