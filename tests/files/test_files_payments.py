"""Keeping payments in a file, byte for byte."""

from __future__ import annotations

import json
import random

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from jtnet_recon.errors import TableError
from jtnet_recon.files import read_payments, write_payments
from jtnet_recon.tables import PAYMENTS, conform

PULL = {"verdict": "COMPLETE", "windows": [{"start": "2022-11-01T00:00:00+09:00", "walks": 2}]}


def payments_of(**columns):
    frame = pd.DataFrame(
        {
            "imp_uid": ["imp_1", "imp_2"],
            "merchant_uid": ["00123", None],
            "amount": [9007199254740993, -5],
            "currency": ["KRW", "USD"],
            "status": ["paid", "cancelled"],
            **columns,
        }
    )
    payments = conform(frame, PAYMENTS)
    payments.attrs["pull"] = PULL
    return payments


@pytest.fixture
def payments():
    return payments_of(
        cancel_amount=[0, 3],
        sandbox=pd.array([True, None], dtype="boolean"),
        card_quota=pd.array([None, 3], dtype="Int64"),
        paid_at=pd.to_datetime(["2022-11-07 13:05:33.123456", None]).tz_localize("Asia/Seoul"),
        cancel_history=[[], [{"amount": 3, "cancelled_at": 1667800000, "reason": '변심 "x"'}]],
        cancel_receipt_urls=[[], ["https://a/b"]],
        deposit_history=[[], []],
        promotion=[None, {"discount": 1.5, "id": "여름"}],
        new_field=["=1+1", None],
        new_number=[1, 2],
        new_flag=[True, False],
        new_nested=[{"a": [1]}, None],
    )


def test_payments_come_back_as_they_were(payments, tmp_path):
    write_payments(payments, tmp_path / "p.parquet")

    again = read_payments(tmp_path / "p.parquet")

    assert_frame_equal(again, payments)
    assert again.attrs == {"pull": PULL}
    assert again.dtypes.astype(str).to_dict() == payments.dtypes.astype(str).to_dict()


def test_writing_leaves_the_payments_alone(payments, tmp_path):
    before = payments.copy(deep=True)

    write_payments(payments, tmp_path / "p.parquet")

    assert_frame_equal(payments, before)
    assert type(payments["cancel_history"].iloc[1]) is list


def test_no_payments_come_back_as_none(tmp_path):
    none = payments_of().iloc[:0]

    write_payments(none, tmp_path / "p.parquet")
    again = read_payments(tmp_path / "p.parquet")

    assert_frame_equal(again, none)


def test_payments_without_a_certificate_come_back_without(tmp_path):
    payments = payments_of()
    payments.attrs = {}

    write_payments(payments, tmp_path / "p.parquet")

    assert read_payments(tmp_path / "p.parquet").attrs == {}


def test_an_older_file_is_replaced(payments, tmp_path):
    path = tmp_path / "p.parquet"
    path.write_text("old", encoding="utf-8")

    write_payments(payments, path)

    assert len(read_payments(path)) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.parquet"]


def flip(path, good, bit):
    data = bytearray(good)
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(data))


def silent_bits(path, payments, bits):
    """Change one bit after the other; return those after which something else is read."""
    good, silent = path.read_bytes(), []
    for bit in bits:
        flip(path, good, bit)
        try:
            again = read_payments(path)
        except TableError:
            continue
        if not again.equals(payments) or again.attrs != payments.attrs:
            silent.append(bit)
    return silent


def test_no_single_changed_bit_passes_unseen(payments, tmp_path):
    path = tmp_path / "p.parquet"
    write_payments(payments, path)
    bits = random.Random(7).sample(range(path.stat().st_size * 8), 3000)

    assert silent_bits(path, payments, bits) == []


def test_no_changed_bit_of_the_seal_itself_passes_unseen(payments, tmp_path):
    path = tmp_path / "p.parquet"
    write_payments(payments, path)
    good = path.read_bytes()
    key, mark = good.rindex(b"jtnet_recon"), good.rindex(b"jtnet-recon sha256 ")
    places = (range(key - 4, key + 20), range(mark - 4, mark + 19 + 64 + 4), range(-8, 0))
    bits = [(byte % len(good)) * 8 + bit for place in places for byte in place for bit in range(8)]

    assert silent_bits(path, payments, bits) == []


def test_a_mark_among_the_data_changes_nothing(tmp_path):
    mark = "jtnet-recon sha256 " + "0" * 64
    payments = payments_of(new_field=[mark, None])
    payments.attrs["pull"] = {**PULL, "note": mark}
    path = tmp_path / "p.parquet"

    write_payments(payments, path)

    again = read_payments(path)
    assert_frame_equal(again, payments)
    assert again.attrs == payments.attrs


def test_pages_have_checksums_that_other_programs_can_verify(payments, tmp_path):
    path = tmp_path / "p.parquet"
    write_payments(payments, path)
    flip(path, path.read_bytes(), 60 * 8)

    with pytest.raises(OSError, match="CRC checksum verification failed"):
        pq.read_table(path, page_checksum_verification=True)


def test_a_file_that_is_cut_off_is_refused(payments, tmp_path):
    path = tmp_path / "p.parquet"
    write_payments(payments, path)
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(TableError, match="it is damaged, or another program") as caught:
        read_payments(path)

    assert caught.value.file == "p.parquet"


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("imp_uid,amount\n", encoding="utf-8")

    with pytest.raises(TableError, match="it is csv, not a Parquet file of payments"):
        read_payments(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(TableError, match="there is no such file"):
        read_payments(tmp_path / "p.parquet")


def test_a_foreign_file_with_the_columns_is_taken(tmp_path):
    columns = {
        "imp_uid": ["imp_1"],
        "merchant_uid": ["o1"],
        "amount": [1000],
        "currency": ["KRW"],
        "status": ["paid"],
        "cancel_history": [[{"amount": 1}]],
        "paid_at": pd.to_datetime(["2022-11-07"]).tz_localize("UTC"),
    }
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")

    payments = read_payments(tmp_path / "p.parquet")

    assert payments["cancel_history"].tolist() == [[{"amount": 1}]]
    assert str(payments["paid_at"].dtype) == "datetime64[us, Asia/Seoul]"
    assert payments.attrs == {}


def test_a_foreign_file_without_a_column_is_refused_by_name(tmp_path):
    pq.write_table(pa.table({"imp_uid": ["imp_1"]}), tmp_path / "p.parquet")

    with pytest.raises(TableError, match=r"p\.parquet: payments: there is no column") as caught:
        read_payments(tmp_path / "p.parquet")

    assert caught.value.file == "p.parquet"
    assert caught.value.hint


def test_a_description_that_was_changed_is_refused(payments, tmp_path):
    path = tmp_path / "p.parquet"
    write_payments(payments, path)
    table = pq.read_table(path)
    old = table.schema.metadata[b"jtnet_recon"]
    table = table.replace_schema_metadata({b"jtnet_recon": old.replace(b"COMPLETE", b"UNSTABLE")})
    pq.write_table(table, path)

    with pytest.raises(TableError, match="its checksum does not match") as caught:
        read_payments(path)

    assert "Pull the payments again" in caught.value.hint
    assert "다시 수집" in caught.value.hint_ko


def test_rows_that_were_taken_away_are_noticed(payments, tmp_path):
    path = tmp_path / "p.parquet"
    write_payments(payments, path)
    pq.write_table(pq.read_table(path).slice(0, 1), path)

    with pytest.raises(TableError, match="its checksum does not match"):
        read_payments(path)


def test_a_file_of_a_newer_version_is_refused(payments, tmp_path, monkeypatch):
    monkeypatch.setattr("jtnet_recon.files.payments._FORMAT", 99)
    write_payments(payments, tmp_path / "p.parquet")
    monkeypatch.undo()

    with pytest.raises(TableError, match="written by a newer version"):
        read_payments(tmp_path / "p.parquet")


def test_a_frame_that_is_no_table_of_payments_is_refused(tmp_path):
    with pytest.raises(TableError, match="there is no column"):
        write_payments(pd.DataFrame({"imp_uid": ["imp_1"]}), tmp_path / "p.parquet")

    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_is_no_json_is_refused(tmp_path):
    payments = payments_of(cancel_history=[[{1, 2}], []])

    with pytest.raises(TableError, match=r"payments\.cancel_history: a cell cannot be written"):
        write_payments(payments, tmp_path / "p.parquet")


def test_a_column_that_cannot_be_stored_is_refused(tmp_path):
    payments = payments_of(odd=pd.Series([1 + 2j, 2j]))

    with pytest.raises(TableError, match="cannot be stored exactly"):
        write_payments(payments, tmp_path / "p.parquet")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(max_examples=30)
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=10),
            st.integers(-(2**63) + 1, 2**63 - 1),
            st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=3), max_size=2),
            st.integers(0, 4_000_000_000),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_payments_survive_the_file(rows, tmp_path_factory):
    ids, amounts, histories, seconds = zip(*rows, strict=True)
    frame = pd.DataFrame({"imp_uid": ids, "merchant_uid": ids, "amount": amounts}).assign(
        currency="KRW",
        status="paid",
        cancel_history=pd.Series(histories, dtype="object"),
        paid_at=pd.to_datetime(list(seconds), unit="s", utc=True),
    )
    payments = conform(frame, PAYMENTS)
    path = tmp_path_factory.mktemp("any") / "p.parquet"

    write_payments(payments, path)

    assert_frame_equal(read_payments(path), payments)
    assert json.dumps(read_payments(path)["cancel_history"].tolist()) == json.dumps(list(histories))
