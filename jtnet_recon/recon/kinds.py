"""Words of a ledger: which kind of line is a refund, and how a buyer was paid back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jtnet_recon.recon.sources import flat_table

if TYPE_CHECKING:
    import duckdb

    from jtnet_recon.recon.sources import Side

CANCEL_WORDS = (
    "cancel", "cancelled", "canceled", "refund", "refunded", "partial cancel", "partial refund",
    "취소", "환불", "반품", "전체취소", "부분취소", "부분환불", "전액취소", "전액환불", "승인취소", "결제취소",
    "매출취소", "카드취소", "취소완료", "환불완료", "취소매출", "환불매출", "취소환불", "취소/환불", "반품환불",
)  # fmt: skip
"""Words of a kind column that mean a refund; under any other the sign of the amount decides.

Source: i'mport V1 reconciliation guide, row kinds; Korean heads of exported ledgers.
"""

ORIGINAL_METHODS = (
    "pg", "원결제수단", "결제수단", "원결제", "결제취소", "승인취소", "취소", "자동취소", "간편결제",
    "카카오페이", "네이버페이", "토스", "토스페이", "페이코", "삼성페이", "kakaopay", "naverpay",
    "tosspay", "payco", "samsungpay",
)  # fmt: skip
"""Words of a ledger's ``refund_method`` that mean the payment itself was cancelled; so does any
word that ends in 취소. Blanks, case and punctuation count for nothing."""

METHOD_WORDS = {
    "card": ("card", "카드", "신용카드", "체크카드", "creditcard", "debitcard"),
    "trans": ("trans", "계좌이체", "실시간계좌이체", "실시간이체"),
    "phone": ("phone", "휴대폰", "휴대폰결제", "핸드폰", "소액결제", "휴대폰소액결제"),
}
"""Words that name a way to pay: a refund by the payment's own way is one of the payment itself."""


def is_cancel_sql(column: str) -> str:
    """Tell a refund by the word of its kind.

    Parameters
    ----------
    column : str
        The column of kinds, quoted for SQL.

    Returns
    -------
    str
        An SQL condition.
    """
    return f"coalesce(lower(trim({column})) IN ({_words(CANCEL_WORDS)}), false)"


def refunded_by_sql(column: str) -> str:
    """Sort how a buyer was paid back.

    Parameters
    ----------
    column : str
        The column with the words, SQL.

    Returns
    -------
    str
        SQL of one of ``original``, a pay method, ``other``; null where nothing is said.
    """
    word = rf"regexp_replace(lower({column}), '[\s/()·_-]+', '', 'g')"
    methods = " ".join(f"WHEN {word} IN ({_words(w)}) THEN '{m}'" for m, w in METHOD_WORDS.items())
    return (
        f"CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN {word} IN ({_words(ORIGINAL_METHODS)}) OR ends_with({word}, '취소') THEN 'original'"
        f" {methods} ELSE 'other' END"
    )


def with_signs(connection: duckdb.DuckDBPyConnection, side: Side) -> Side:
    """Give the refunds among a ledger's lines the minus that their kind means.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the ledger's view, which is replaced.
    side : Side
        A ledger; without a column of kinds it is given back as it is.

    Returns
    -------
    Side
        Lines of a refund have a negative amount. A line that states a cancelled amount of its
        own says by itself what was sold and what was refunded, and is left alone.
    """
    if "kind" not in side.columns:
        return side
    own = "coalesce(cancel_amount, 0) = 0" if "cancel_amount" in side.columns else "true"
    is_turned = f"amount > 0 AND {own} AND {is_cancel_sql('kind')}"
    if side.frame is None:
        connection.execute(f"ALTER VIEW {side.view} RENAME TO {side.name}_as_given")
        connection.execute(
            f"CREATE TEMP VIEW {side.view} AS SELECT * REPLACE "
            f"(CASE WHEN {is_turned} THEN -amount ELSE amount END AS amount) "
            f"FROM {side.name}_as_given"
        )
        return side
    rows = connection.sql(f"SELECT row FROM {side.view} WHERE {is_turned}").to_arrow_table()
    places = rows["row"].to_numpy()
    amounts = side.frame["amount"].to_numpy(copy=True)
    amounts[places] = -amounts[places]
    frame = side.frame.assign(amount=amounts)
    flat = flat_table(frame, names=side.columns)
    connection.unregister(side.view)
    connection.register(side.view, flat)
    return replace(side, frame=frame, flat=flat)


def _words(words: tuple[str, ...]) -> str:
    """Write words as an SQL list."""
    return ", ".join(f"'{word}'" for word in words)
