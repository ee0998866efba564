"""The passes of a rule of orders, told for one key: exact, linked, summed, within tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from jtnet_recon.recon.explain_link_trials import link_trials
from jtnet_recon.recon.explain_say import Trial, day_text, instant_text, money
from jtnet_recon.recon.explain_sides import row_at

if TYPE_CHECKING:
    from jtnet_recon.recon.explain_case import Case, Item

EXACT, WITHIN, SUM = "order id", "order id, within tolerance", "order id, sum"
_LEFT_TO_LATER = ("ready", "failed", "cancel_requested")


def order_trials(case: Case) -> list[Trial]:
    """Tell how each pass ended for an order.

    Parameters
    ----------
    case : Case
        The order.

    Returns
    -------
    list of Trial
        The exact pass, the linking passes, then each item's sums.
    """
    trials = _exact(case)
    keys = sorted({item.values["merchant_uid"] for item in case.items} - {None})
    if not all(item.is_exact for item in case.items):
        for key in keys:
            trials += link_trials(case.sides, case.links, key, case.say)
    for item in case.items:
        if not item.is_exact:
            trials += _sums(case, item)
    return trials


def _exact(case: Case) -> list[Trial]:
    """Tell how the exact pass ended, over all currencies of the key."""
    say = case.say
    own = case.right[case.right["key"] == case.key] if case.key is not None else case.right
    labels = {
        "payments": ", ".join(case.left["label"]),
        "ledger": ", ".join(own["label"] if len(own) else case.right["label"]),
    }
    if case.key is None:
        why = say("a row without an order id matches nothing", "주문번호가 없는 행은 아무것과도 매칭되지 않음")  # fmt: skip
        return [Trial(EXACT, **labels, verdict="not tried", why=why)]
    if case.left.empty and case.right.empty:
        why = say(
            "plain matches of inputs larger than memory are not carried with the result",
            "메모리보다 큰 입력의 단순 일치 행은 결과에 담지 않음",
        )
        names = dict.fromkeys(item.values["matched_by"] for item in case.items)
        return [Trial(name, verdict="won", why=why) for name in names]
    counts = [int((side["key"] == case.key).sum()) for side in (case.left, case.right)]
    if counts != [1, 1]:
        why = say(
            "this pass takes one payment and one line with the same order id",
            "이 단계는 주문번호가 같은 결제 1건과 장부 1행만 대상으로 함",
        )
        texts = {"value_payments": str(counts[0]), "value_ledger": str(counts[1])}
        return [Trial(EXACT, **labels, field="rows", **texts, tolerance="1 : 1", verdict="differs", why=why)]  # fmt: skip
    return _exact_pair(case, case.left.iloc[0], own.iloc[0])


def _exact_pair(case: Case, payment: pd.Series[Any], line: pd.Series[Any]) -> list[Trial]:
    """Compare a payment with the one line of its order, field by field."""
    say = case.say
    labels = {"payments": payment["label"], "ledger": line["label"]}
    trials = [
        Trial(EXACT, **labels, field=field, value_payments=first, value_ledger=second,
              tolerance="0" if field in ("amount", "cancel_amount") else "",
              verdict="agrees" if first == second else "differs")
        for field, first, second in _fields(case, payment, line)
    ]  # fmt: skip
    for field, first, second, why in _closer(case, payment, line):
        values = {"value_payments": first, "value_ledger": second}
        trials.append(Trial(EXACT, **labels, field=field, **values, verdict="not tried", why=why))
    if any(item.is_exact for item in case.items):
        why = say("the rows are alone under the order id and agree in everything", "주문번호가 서로 하나씩이고 모든 항목이 일치")  # fmt: skip
        trials.append(Trial(EXACT, **labels, verdict="won", why=why))
    return trials


def _fields(
    case: Case, payment: pd.Series[Any], line: pd.Series[Any]
) -> list[tuple[str, str, str]]:
    """List the fields of the exact pass with both values."""
    fields = [
        ("merchant_uid", payment["key"], line["key"]),
        ("currency", payment["currency"], line["currency"]),
        *(
            (field, money(payment[name], payment["currency"]), money(line[name], line["currency"]))
            for field, name in (("amount", "amount"), ("cancel_amount", "cancel"))
        ),
    ]
    if case.sides.is_dated:
        fields.append(("paid_on", day_text(payment["day"]), day_text(line["day"])))
    own, theirs = row_at(case.payments, payment.name), row_at(case.ledger, line.name)
    for name, absent in (("card_quota", 0), ("escrow", False)):
        if name in own.index and name in theirs.index and pd.notna(theirs[name]):
            stated = absent if pd.isna(own[name]) else own[name]
            fields.append((name, str(stated), str(theirs[name])))
    return fields


def _closer(
    case: Case, payment: pd.Series[Any], line: pd.Series[Any]
) -> list[tuple[str, str, str, str]]:
    """List what makes the exact pass leave these rows to the later ones."""
    say, own = case.say, row_at(case.payments, payment.name)
    later = say("left to the later passes: ", "다음 단계에서 판단: ")
    found: list[tuple[str, str, str, str]] = []
    if not payment["is_money"]:
        why = say("the payment is not approved", "승인된 결제가 아님")
        found.append(("status", str(own["status"]), "", later + why))
    if payment["is_test"]:
        found.append(
            ("pg_id", str(own.get("pg_id")), "", later + say("a test payment", "테스트 결제"))
        )
    if not 0 <= payment["cancel"] <= payment["amount"] or payment["amount"] == 0:
        texts = money(payment["cancel"], payment["currency"])
        why = say(
            "cancelled below 0 or above the amount, or an amount of 0",
            "취소금액이 결제금액을 넘거나 금액이 0",
        )
        found.append(("cancel_amount", texts, "", later + why))
    if pd.notna(own.get("failed_at")):
        why = say("the payment had failed once", "실패 이력이 있는 결제")
        found.append(("failed_at", f"{own['failed_at']:%Y-%m-%d %H:%M:%S}", "", later + why))
    found += [(field, value, "", later + why) for field, value, why in _odd(case)]
    theirs = row_at(case.ledger, line.name)
    status = theirs.get("status")
    if pd.notna(status) and status in _LEFT_TO_LATER:
        why = say("the line says the order is not settled", "장부 행의 상태가 확정되지 않음")
        found.append(("status", "", str(status), later + why))
    if pd.notna(theirs.get("cancelled_on")):
        why = say("the line has a refund date", "장부 행에 취소일이 있음")
        found.append(("cancelled_on", "", f"{theirs['cancelled_on']:%Y-%m-%d}", later + why))
    return found


def _odd(case: Case) -> list[tuple[str, str, str]]:
    """List what was seen of the payments alone: (field, value, why)."""
    say, held = case.say, {c for item in case.items for c in item.values.get("held") or ()}
    values = case.items[0].values
    currency = values["currency"]
    known = {
        "C06": ("cancel_history", "", say("the cancel history does not add up", "취소이력 합계가 맞지 않음")),
        "P08": ("double_of", str(values.get("double_of")), say("a second equal charge of one customer", "같은 고객의 두 번째 동일 금액 결제")),
        "P18": ("pg_id", str(values.get("stranger")), say("not a declared MID", "등록되지 않은 상점아이디")),
        "P21": ("prepared", money(values.get("prepared"), currency), say("another amount was registered", "사전등록 금액과 다름")),
        "V03": ("vbank_date", instant_text(values.get("due_us")), say("deposited after the deadline", "입금기한이 지난 뒤의 입금")),
        **{code: ("deposit_history", money(values.get("deposited"), currency), say("the deposits differ from the amount", "입금 합계가 금액과 다름")) for code in ("V04", "V05", "V06")},
    }  # fmt: skip
    return [what for code, what in known.items() if code in held]


def _sums(case: Case, item: Item) -> list[Trial]:
    """Tell how the order's sums compare, within tolerance and as sums."""
    values, say = item.values, case.say
    labels = {"payments": case.labels(item.left, 0), "ledger": case.labels(item.right, 1)}
    if not values["rows_payments"] or not values["rows_ledger"] or case.key is None:
        side = say("the ledger", "장부") if values["rows_payments"] else say("the PG", "PG")
        why = say(f"{side} has no row of this item", f"{side}에 이 건의 행이 없음")
        return [Trial(by, **labels, verdict="not tried", why=why) for by in (WITHIN, SUM)]
    trials = _within(case, item, labels) + _summed(case, item, labels)
    by = values["matched_by"]
    if by in (EXACT, WITHIN, SUM):
        trials.append(Trial(by, **labels, verdict="won", why=_won(case, item)))
    return trials


def _won(case: Case, item: Item) -> str:
    """Say what it means that a pass won."""
    if item.code is None:
        return case.say("the two sides agree", "양쪽이 일치")
    return case.say(
        f"it pairs the rows; what differs gives the code {item.code}",
        f"행을 짝지음. 남은 차이는 코드 {item.code}",
    )


def _within(case: Case, item: Item, labels: dict[str, str]) -> list[Trial]:
    """Compare the sums and the days with the tolerances."""
    values, say, tolerance = item.values, case.say, case.result.rule.tolerance
    currency, trials = values["currency"], []
    for field, name in (("amount", "amount"), ("cancel_amount", "cancel")):
        first, second = values[f"{name}_payments"], values[f"{name}_ledger"]
        if first != second and not _is_settled(item, field):
            is_within = abs(first - second) <= tolerance.amount
            trials.append(
                Trial(WITHIN, **labels, field=field, value_payments=money(first, currency),
                      value_ledger=money(second, currency), tolerance=f"±{money(tolerance.amount, currency)}",
                      verdict="agrees" if is_within else "differs")
            )  # fmt: skip
    apart = values.get("days_apart")
    if apart:
        is_within = abs(apart) <= tolerance.days or bool(values["at_midnight"])
        limit = say(
            f"±{tolerance.days} days; {tolerance.midnight_minutes} minutes around midnight",
            f"±{tolerance.days}일, 자정 전후 {tolerance.midnight_minutes}분",
        )
        trials.append(
            Trial(WITHIN, **labels, field="paid_on", value_payments=instant_text(values["paid_us"]),
                  value_ledger=day_text(values["day_l"]), tolerance=limit,
                  verdict="agrees" if is_within else "differs")
        )  # fmt: skip
    if not trials:
        why = say("no amount or day differs", "금액과 날짜에 차이가 없음")
        return [Trial(WITHIN, **labels, verdict="not tried", why=why)]
    return trials


def _summed(case: Case, item: Item, labels: dict[str, str]) -> list[Trial]:
    """Compare the sums of the order."""
    values, say = item.values, case.say
    if values["approved"] < 2 and values["sales"] < 2:  # noqa: PLR2004 - one row is no sum
        why = say("at most one approval and one sale: nothing to add up", "승인과 매출이 각각 1건 이하라 합산할 것이 없음")  # fmt: skip
        return [Trial(SUM, **labels, verdict="not tried", why=why)]
    trials = []
    for field, name in (("amount", "amount"), ("cancel_amount", "cancel")):
        first, second = values[f"{name}_payments"], values[f"{name}_ledger"]
        why = ""
        if first != second and _is_settled(item, field):
            why = say(
                "an approval that was cancelled in full is set aside",
                "전액 취소된 승인을 제외하면 일치",
            )
        trials.append(
            Trial(SUM, **labels, field=field,
                  value_payments=f"Σ {money(first, values['currency'])}",
                  value_ledger=f"Σ {money(second, values['currency'])}", tolerance="0",
                  verdict="agrees" if first == second or why else "differs", why=why)
        )  # fmt: skip
    return trials


def _is_settled(item: Item, field: str) -> bool:
    """Whether sums that differ agree all the same, for an extra approval was undone."""
    reasons = (item.values["reasons"] or "").split(", ")
    is_booked = item.values["approved"] and item.values["sales"]
    return bool(is_booked) and field not in reasons
