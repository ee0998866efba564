"""The figures of every row: the same as SQL says of it, whatever the columns hold."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from jtnet_recon import reconcile
from jtnet_recon.errors import TableError
from jtnet_recon.recon.orders import APPROVED, IS_TEST
from jtnet_recon.recon.row_figures import ledger_figures, number_currencies, payment_figures
from jtnet_recon.recon.sources import connect, open_side
from jtnet_recon.tables import LEDGER, PAYMENTS

AT = pd.Timestamp("2022-11-07 00:00:00", tz="Asia/Seoul")


def frame_of_all_states() -> pd.DataFrame:
    """One payment for each way to be: status, time, amounts, test or not."""
    rows = product(
        ["paid", "cancelled", "ready", "failed", "new word", None],
        [None, AT, AT - pd.Timedelta(seconds=1)],
        [(0, 0), (100, 0), (100, 40), (100, 100), (100, 140)],
        [(None, None), (True, None), (False, "tpaytest0m"), (None, "jtnet_mid")],
    )
    frame = pd.DataFrame(
        [
            {
                "status": status,
                "paid_at": paid_at,
                "amount": amount,
                "cancel_amount": cancel,
                "sandbox": sandbox,
                "pg_id": mid,
            }
            for status, paid_at, (amount, cancel), (sandbox, mid) in rows
        ]
    ).astype({"sandbox": "boolean", "status": "str", "pg_id": "str"})
    frame["paid_at"] = pd.to_datetime(frame["paid_at"]).astype("datetime64[us, Asia/Seoul]")
    ids = [str(place) for place in range(len(frame))]
    return frame.assign(imp_uid=ids, merchant_uid=ids, currency="KRW")


def test_what_an_approval_is_the_arrays_and_the_engine_say_alike() -> None:
    frame = frame_of_all_states()
    connection = connect(memory_limit=None)
    side = open_side(connection, frame, "payments", PAYMENTS, "merchant_uid")

    found = payment_figures(connection, side, []).arrays

    said = connection.sql(
        f"SELECT {APPROVED} AS approved, {IS_TEST} AS is_test, day FROM ("
        " SELECT *, cancel_amount AS cancel, epoch_us(paid_at) AS paid_us,"
        " (paid_at AT TIME ZONE 'Asia/Seoul')::DATE - DATE '1970-01-01' AS day FROM payments_src"
        ") ORDER BY row"
    ).df()
    assert found["is_money"].tolist() == said["approved"].tolist()
    dated = said["day"].notna().to_numpy()
    assert found["day"][dated].tolist() == said["day"][dated].tolist()
    assert not found["plain"][said["is_test"].to_numpy()].any()
    assert found["plain"].any()
    assert not (found["plain"] & found["is_minor"]).any()


def test_files_give_the_figures_that_frames_give(tmp_path) -> None:
    frame = frame_of_all_states()
    path = tmp_path / "payments.parquet"
    frame.to_parquet(path)
    connection = connect(path, memory_limit=None)
    first = payment_figures(
        connection, open_side(connection, frame, "payments", PAYMENTS, "merchant_uid"), []
    )
    second = payment_figures(
        connection, open_side(connection, path, "again", PAYMENTS, "merchant_uid"), []
    )

    assert first.arrays.keys() == second.arrays.keys()
    for name, values in first.arrays.items():
        np.testing.assert_array_equal(second.arrays[name], values)


LINES = """
status           amount  cancel  refunded | cancel  is_money  plain  is_minor
                    100       0         - |      0         1      1         0
                    100      40         - |     40         1      1         0
                    100     -40         - |     40         1      1         0
cancelled           100       0         - |    100         1      1         0
cancelled           100      40         - |     40         1      1         0
cancel_requested    100      40         - |      0         1      0         0
failed              100      40         - |     40         0      0         0
ready               100       0         - |      0         0      0         0
                   -100       0         - |    100         1      0         1
                   -100      40         - |    140         1      0         1
                   -100       0         2 |    100         1      0         0
                    100      40         2 |     40         1      0         0
                      0       0         - |      0         1      0         0
"""


def lines_of(text: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the table above: the books, and what is expected of each line."""
    _, *rows = [line for line in text.splitlines() if line.strip()]
    given, wanted = [], []
    for row in rows:
        status, rest = row[:16].strip(), row[16:].replace("|", " ").split()
        amount, cancel, refunded, *figures = rest
        day = None if refunded == "-" else pd.Timestamp(f"2022-11-0{refunded}")
        given.append((status or None, int(amount), int(cancel), day))
        wanted.append([int(figure) for figure in figures])
    books = pd.DataFrame(given, columns=["status", "amount", "cancel_amount", "cancelled_on"])
    ids = [str(place) for place in range(len(books))]
    books["cancelled_on"] = books["cancelled_on"].astype("datetime64[us]")
    names = ["cancel", "is_money", "plain", "is_minor"]
    return books.assign(merchant_uid=ids), pd.DataFrame(wanted, columns=names)


def test_a_line_of_the_books_says_what_was_sold_and_what_was_refunded() -> None:
    books, wanted = lines_of(LINES)
    connection = connect(memory_limit=None)
    side = open_side(connection, books, "ledger", LEDGER, "merchant_uid")

    found = ledger_figures(connection, side, []).arrays

    for name in wanted:
        assert found[name].astype(int).tolist() == wanted[name].tolist(), name


def test_currencies_are_numbered_over_both_sides_the_won_first() -> None:
    books = pd.DataFrame(
        {"merchant_uid": ["a", "b", "c"], "amount": 1, "currency": ["USD", None, "JPY"]}
    )
    more = books.assign(currency=["KRW", "EUR", "USD"])
    connection = connect(memory_limit=None)
    sides = [
        ledger_figures(connection, open_side(connection, frame, name, LEDGER, "merchant_uid"), [])
        for frame, name in ((books, "payments"), (more, "ledger"))
    ]

    names = number_currencies(*sides)

    assert names == ("KRW", "EUR", "JPY", "USD")
    told = [[names[place - 1] for place in side.arrays["currency"]] for side in sides]
    assert told == [["USD", "KRW", "JPY"], ["KRW", "EUR", "USD"]]


@pytest.mark.parametrize(
    ("amount", "cancel"),
    [(-(2**62), 2**62), (-(2**63) + 1, 1), (-(2**63), 0), (100, -(2**63))],
)
def test_amounts_beyond_64_bits_are_refused_and_never_wrapped(amount, cancel) -> None:
    payments = frame_of_all_states().head(1)
    books = pd.DataFrame({"merchant_uid": ["a"], "amount": [amount], "cancel_amount": [cancel]})

    with pytest.raises(TableError, match="64 bits"):
        reconcile(payments, books)
