"""What the reports say of two tables of one's own, in both languages; part of :data:`words.WORDS`.

``{first}`` and ``{second}`` are the rule's own names of its sides.
"""

from __future__ import annotations

PAIR_LINES = """
pair_title | Reconciliation of {first} with {second} | {first}·{second} 대사 보고서
pair_sign_meaning | difference = {second} − {first}; positive: {second} is the larger | 차이 = {second} − {first}. 양수이면 {second} 쪽이 더 큼
pair_ledger_net | {second}, net | {second} 순액
pair_pg_net | {first}, net | {first} 순액
pair_share | Share of {first} | {first} 대비
pair_bridge | Bridge from {second} to {first} | 차이 조정표({second} → {first})
pair_side_payments | {first} | {first}
pair_side_ledger | {second} | {second}
pair_rows_pg | {first}: rows | {first} 행
pair_net_pg | {first}: net | {first} 순액
pair_rows_ledger | {second}: rows | {second} 행
pair_net_ledger | {second}: net | {second} 순액
pair_outcome_only_payments | Only in {first} | {first}에만 있음
pair_outcome_only_ledger | Only in {second} | {second}에만 있음
pair_several_pg | Items with several rows of {first} | {first} 행이 여럿인 건
pair_several_ledger | Items with several rows of {second} | {second} 행이 여럿인 건
pair_order_id | Key | 대사 키
pair_orders | Keys | 대사 키 목록
pair_single_use | No id of {first} stands twice | {first} 번호가 두 번 없음
pair_source_note | Where {first} and {second} come from, and that neither was made from the other, is for the reviewer to confirm. | {first}·{second}의 출처와 상호 독립성은 검토자가 확인해야 합니다.
pair_source_pg | {first}: rows used | {first}: 사용한 행
pair_source_pg_hash | {first}: SHA-256 over the sorted keys | {first}: 정렬한 키의 SHA-256
pair_source_ledger | {second}: source | {second}: 출처
pair_source_ledger_rows | {second}: rows used | {second}: 사용한 행
pair_source_ledger_hash | {second}: SHA-256 over the sorted keys | {second}: 정렬한 키의 SHA-256
pair_payments_rows | Rows of {first} | {first} 자료
pair_payments_rows_note | Every row of {first} that was used: {count}. | 사용한 {first} 전체 {count}건.
pair_ledger_rows | Rows of {second} | {second} 자료
pair_ledger_rows_note | Every row of {second} that was used: {count}. | 사용한 {second} 전체 {count}건.
pair_amount_payments | {first}: amount | {first} 금액
pair_cancel_payments | {first}: cancelled | {first} 취소
pair_net_payments | {first}: net | {first} 순액
pair_amount_ledger | {second}: amount | {second} 금액
pair_cancel_ledger | {second}: cancelled | {second} 취소
pair_chart_bridge | From {second} to {first}, {currency} | {second}에서 {first}까지, {currency}
"""
