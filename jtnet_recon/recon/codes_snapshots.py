"""The codes of what changed since an earlier run: C09 and X02; P06 when two pulls show it."""

from __future__ import annotations

from jtnet_recon.recon.codes_base import BreakCode

SNAPSHOT_CODES = (
    BreakCode(
        code="C09",
        severity="High",
        name="Cancel reversed",
        name_ko="취소 원복",
        finding="At {since} {cancel_before} was cancelled; now {cancel_after} is, status {status}.",
        finding_ko="{since} 당시 취소금액 {cancel_before}, 현재 취소금액 {cancel_after}(상태: {status}).",
        cause="The PG's back office undid the cancel.",
        cause_ko="PG 백오피스에서 취소를 되돌림.",
        next_action="Reverse the refund in the ledger, and ask the PG why the cancel is gone.",
        next_action_ko="장부의 환불을 되돌리고 취소가 사라진 사유를 PG에 확인하세요.",
    ),
    BreakCode(
        code="X02",
        severity="High",
        name="Snapshot drift",
        name_ko="재수집 변동",
        finding="{side}, a closed period, changed since {since}: {what}; net {net_before} became {net_after}.",
        finding_ko="{since} 이후 마감 기간의 {side} 변동: {what}. 순액 {net_before} → {net_after}.",
        cause="A late cancel, a correction at the PG, or an entry booked with an earlier date.",
        cause_ko="마감 후 취소, PG의 정정, 또는 과거 일자로 소급 기표.",
        next_action="Review the change, then re-open the period or carry the difference into this one.",
        next_action_ko="변동 내역을 검토한 뒤 해당 기간을 다시 열거나 차이를 당기로 이월하세요.",
    ),
)

PAID_SINCE = "At {since} the payment had failed; now it is approved, {paid_at}: {net_after}."
PAID_SINCE_KO = "{since} 당시 실패였던 결제가 {paid_at} 승인되었습니다. 순액 {net_after}."
"""What P06 says when two pulls show it, whatever the ledger has."""
