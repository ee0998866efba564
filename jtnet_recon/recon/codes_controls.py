"""The codes of data and control: X01, X03, X05, X08 and X09."""

from __future__ import annotations

from jtnet_recon.recon.codes_base import BreakCode

CONTROL_CODES = (
    BreakCode(
        code="X01",
        severity="Critical",
        name="Pull incomplete",
        name_ko="수집 불완전",
        finding="The pull of the payments is {verdict}: payments may be missing.",
        finding_ko="결제 수집 상태: {verdict}. 빠진 결제가 있을 수 있습니다.",
        cause="Rows moved between pages while they were read, or a request timed out.",
        cause_ko="조회 중 페이지 사이의 행 이동 또는 요청 시간 초과.",
        next_action="Pull again; nothing may be signed off on this result.",
        next_action_ko="다시 수집하세요. 이 결과로 마감할 수 없습니다.",
    ),
    BreakCode(
        code="X03",
        severity="High",
        name="Damaged id",
        name_ko="식별자 손상",
        finding="The order id was damaged on its way: a number with an exponent, lost zeros or broken letters.",
        finding_ko="주문번호가 손상되었습니다: 지수 표기, 앞자리 0 유실 또는 깨진 글자.",
        cause="The file went through a spreadsheet or was saved in another encoding.",
        cause_ko="스프레드시트에서 다시 저장하였거나 다른 문자 인코딩으로 저장.",
        next_action="Export again with the ids as text, and run again.",
        next_action_ko="식별자를 텍스트 형식으로 다시 내보내 재실행하세요.",
    ),
    BreakCode(
        code="X05",
        severity="Medium",
        name="Bad or missing value",
        name_ko="필수값 오류",
        finding="A value that the comparison needs is missing: {missing}.",
        finding_ko="대사에 필요한 값이 없습니다: {missing}.",
        cause="The export's template changed, or the field was left empty.",
        cause_ko="내보내기 서식 변경 또는 입력 누락.",
        next_action="Fill it in at the source and run again; such a row matches nothing.",
        next_action_ko="원천 자료에서 값을 채운 뒤 다시 실행하세요. 이 행은 아무것과도 매칭되지 않습니다.",
    ),
    BreakCode(
        code="X08",
        severity="Medium",
        name="Tolerance budget exceeded",
        name_ko="허용오차 한도초과",
        finding="The differences accepted within {tolerance} add up to {money_at_risk}; the limit is {limit}.",
        finding_ko="허용오차 {tolerance} 이내로 인정한 차이의 합계 {money_at_risk}, 한도 {limit}.",
        cause="The tolerance is too wide, or small differences have one common cause.",
        cause_ko="허용오차가 지나치게 넓거나, 작은 차이들의 공통 원인이 있음.",
        next_action="Look at what was accepted, then narrow the tolerance.",
        next_action_ko="인정된 차이를 검토하고 허용오차를 줄이세요.",
    ),
    BreakCode(
        code="X09",
        severity="Critical",
        name="Unexplained residual",
        name_ko="미설명 차이",
        finding="The bridge from the ledger to the PG leaves {residual} unexplained.",
        finding_ko="차이 조정표(장부에서 PG까지)에 설명되지 않은 잔액이 남았습니다: {residual}.",
        cause="A defect of this tool, or a kind of difference it does not know.",
        cause_ko="도구의 결함 또는 아직 분류되지 않은 차이 유형.",
        next_action="Block the sign-off and report the case to the makers of this tool.",
        next_action_ko="마감을 중단하고 도구 제작자에게 알리세요.",
    ),
)
