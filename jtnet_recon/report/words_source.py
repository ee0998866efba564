"""What was noticed while a file was read, said in Korean.

The readers write their notes in English, and so they are kept with every run. Here each is known
by its form; one that is not known stays as it is.
"""

from __future__ import annotations

import re

# Form | Korean, its parts by number. Columns are brought to "B열(결제금액)" before.
_LINES = r"""
(\w+) <- (.+) \((\w+)열\), by its heading | {2}열 {1} → {0}
customer <- (.+): two customers of one name count as one | {0} → customer(이름이 같으면 같은 고객으로 봄)
status (.+) is (\w+) | 상태 {0} → {1}
kind (.+) is (\w+) | 구분 {0} → {1}
(\d+) rows above the header \(row (\d+)\) were passed by | 열 제목({1}행) 위의 {0}행은 읽지 않음
(\w+열) has no heading | {0}에 열 제목이 없음
(\d+) blank columns were dropped | 빈 열 {0}개 제외
(.+) may both be (\w+): neither was taken; (columns=.+) says which | {0}: 둘 다 {1}일 수 있어 사용하지 않음. {2}로 지정하세요
(.+) has no word for a sale or a refund: it is no kind | {0}: 매출·환불을 뜻하는 값이 없어 거래 구분으로 쓰지 않음
blanks around (\d+) order ids were taken off | 주문번호 {0}건의 앞뒤 공백 제거
(\d+) rows have no order id | 주문번호가 없는 행 {0}개
(\d+) rows have no status | 상태가 없는 행 {0}개
(\d+) rows have no kind: the sign of the amount tells a sale from a refund | 구분이 없는 행 {0}개: 금액의 부호로 매출과 환불을 구분함
(\d+) total rows agree with the rows they sum | 합계·소계 행 {0}개가 행의 합과 일치
(\d+) total rows were left aside | 합계·소계 행 {0}개 제외
(\d+) blank rows were left aside | 빈 행 {0}개 제외
(\d+) rows of days outside (.+) were left aside | 기간({1}) 밖의 행 {0}개 제외
(\d+) hidden rows are read, too; their (?:cancel_)?amount is (.+) | 숨긴 행 {0}개도 읽음(금액 {1})
(\d+) hidden columns are read, too: (.+) | 숨긴 열 {0}개도 읽음: {1}
the sheet has a filter; rows it hides are read, too | 필터가 걸린 시트: 필터로 숨겨진 행도 읽음
sheet (.+) was taken, because it has the header; not (.+) | 열 제목이 있는 시트 {0}만 읽음. 읽지 않은 시트: {1}
sheet (.+) is hidden | 시트 {0}은(는) 숨겨진 시트
the workbook has links to other workbooks; they were not used | 다른 통합 문서로의 연결은 사용하지 않음
the workbook has macros; they were not used | 매크로는 사용하지 않음
(.+) is called (.+) here | {0}의 이름을 {1}(으)로 바꾸어 보관
(.+): (\d+) formulas were never calculated | {0}: 계산되지 않은 수식 {1}개
(\d+) NUL characters are shown as ␀ | NUL 문자 {0}개를 ␀로 표시
line ends are mixed: (.+) | 줄바꿈 문자가 섞여 있음: {0}
query: (.+) | 조회문: {0}
(.+): row (\d+)(.*) has a number of fewer than (\d+) digits; zeros in front may be lost.+ | {0}: {1}행 등에 {3}자리보다 짧은 숫자가 있음. 앞의 0이 빠졌을 수 있으니 텍스트로 다시 내보내세요
passed by: .+, row (\d+), (.+): the total (.+) says (.+), but its (\d+) rows add up to (.+): the total is .+ | 검사하지 않은 합계: {0}행 {1} {2} {3}, {4}개 행의 합은 {5}
"""
_FORMS = tuple(
    (re.compile(form), korean)
    for form, _, korean in (line.partition(" | ") for line in _LINES.strip().splitlines())
)
_COLUMN = re.compile(r"\bcolumn ([A-Z]+)\b(?: \(([^()]+)\))?")
_COLUMNS = re.compile(r"(열\S*) and (?=[A-Z]+열)")


def source_note(note: str, lang: str) -> str:
    """Say a note of a reader in the report's language.

    Parameters
    ----------
    note : str
        Of ``attrs["source"]``: one of its ``notes`` or of what it ``guessed``.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    str
        The note.
    """
    if lang == "en":
        return note
    named = _COLUMNS.sub(r"\1, ", _COLUMN.sub(_korean_column, note))
    found = ((form.fullmatch(named), korean) for form, korean in _FORMS)
    return next((korean.format(*match.groups()) for match, korean in found if match), note)


def _korean_column(match: re.Match[str]) -> str:
    """Write ``B열(결제금액)``."""
    letter, heading = match.groups()
    return f"{letter}열({heading})" if heading else f"{letter}열"
