"""Text is read in its own encoding, or refused where that can't be told."""

from __future__ import annotations

import pytest
from files_cells import COLUMNS, EXPECTED, HEAD_LINE

from jtnet_recon.files import read_ledger


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp949", "cp949"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encoding_is_found(write_csv, encoding, seen):
    ledger = read_ledger(write_csv(encoding=encoding))

    assert ledger[COLUMNS].to_numpy().tolist() == EXPECTED
    assert ledger.attrs["source"]["encoding"] == seen


def test_big_endian_utf16_with_a_mark_is_read(write_csv):
    text = HEAD_LINE + "o1,1000,책\n"

    ledger = read_ledger(write_csv(b"\xfe\xff" + text.encode("utf-16-be")))

    assert ledger["상품명"].tolist() == ["책"]


def test_syllables_outside_euc_kr_are_read(write_csv):
    ledger = read_ledger(write_csv(HEAD_LINE + "o1,1000,뷁 똠\n", encoding="cp949"))

    assert ledger["상품명"].tolist() == ["뷁 똠"]


def test_cp949_headings_that_are_valid_utf8_are_known_by_meaning(write_csv):
    # All of these syllables are valid two-byte UTF-8 when written in cp949.
    text = "order_id,amount,카트\no1,1000,카트\n"
    assert text.encode("cp949").decode("utf-8")

    ledger = read_ledger(write_csv(text, encoding="cp949"), encoding="cp949")

    assert ledger.columns[-1] == "카트"


def test_text_that_is_valid_in_two_encodings_is_asked_about(write_csv, refusal):
    error = refusal(write_csv("order_id,amount,memo\no1,1000,카트\n", encoding="cp949"))

    assert (error.file, error.row) == ("ledger.csv", 2)
    assert "'īƮ' in UTF-8 and as '카트' in cp949" in error.message
    assert 'encoding="cp949"' in error.hint


def test_the_answer_about_the_encoding_is_followed(write_csv):
    path = write_csv("order_id,amount,memo\no1,1000,카트\n", encoding="cp949")

    assert read_ledger(path, encoding="cp949")["memo"].tolist() == ["카트"]
    assert read_ledger(path, encoding="utf-8")["memo"].tolist() == ["īƮ"]


def test_an_unknown_encoding_is_refused(write_csv, refusal):
    error = refusal(write_csv(), encoding="cp9499")

    assert error.message == "ledger.csv: there is no encoding 'cp9499'."


def test_mixed_encodings_are_named_by_row_and_byte(write_csv, refusal):
    good = (HEAD_LINE + "o1,1000,책\no2,2000,연필\n").encode()
    bad = "o3,3000,지우개\n".encode("cp949")

    error = refusal(write_csv(good + bad))

    assert error.row == 4
    assert f"offset {len(good) + 8}" in error.message
    assert "two encodings are mixed" in error.message
    assert error.value == "c1 f6"


def test_a_byte_of_no_encoding_is_named_by_row(write_csv, refusal):
    content = (HEAD_LINE + "o1,1000,책\n").encode("cp949") + b"o2,2000,\xff\xff\n"

    error = refusal(write_csv(content))

    assert error.row == 3
    assert "is not CP949" in error.message


@pytest.mark.parametrize(
    ("wrong", "right"), [("cp949", "utf-8"), ("latin-1", "cp949"), ("latin-1", "utf-8")]
)
def test_text_that_an_earlier_tool_damaged_is_recognised(write_csv, refusal, wrong, right):
    damaged = "주문번호".encode(right).decode(wrong)

    error = refusal(write_csv(f"{damaged},amount\no1,1000\n"))

    assert "decoded wrongly by an earlier program" in error.message
    assert "'주문번호'" in error.message


def test_joined_files_are_recognised_by_the_second_mark(write_csv, refusal):
    one = "\ufeff" + HEAD_LINE + "o1,1000,책\n"

    error = refusal(write_csv(one + one))

    assert error.row == 3
    assert "two files are joined at row 3" in error.message


def test_nul_characters_are_kept_visibly(write_csv):
    ledger = read_ledger(write_csv(HEAD_LINE + "o1,1000,a\x00b\n"))

    assert ledger["상품명"].tolist() == ["a␀b"]
    assert "1 NUL characters are shown as ␀" in ledger.attrs["source"]["notes"]


def test_headings_that_mean_something_in_cp949_alone_decide_for_it(write_csv):
    # 카트 and 처치 in cp949 are two letters each in UTF-8 (īƮ óġ), and no heading there.
    text = "카트,처치\no1,1000\n"
    assert text.encode("cp949").decode("utf-8") == "īƮ,óġ\no1,1000\n"

    columns = {"merchant_uid": "카트", "amount": "처치"}
    ledger = read_ledger(write_csv(text, encoding="cp949"), columns=columns)

    assert ledger["amount"].tolist() == [1000]
    assert ledger.attrs["source"]["encoding"] == "cp949"


@pytest.mark.parametrize(
    ("memo", "in_cp949"), [("日本", None), ("ʡ", "伽")], ids=["no cp949", "no Hangul in cp949"]
)
def test_letters_of_other_languages_stay_as_they_are(write_csv, memo, in_cp949):
    if in_cp949:
        assert memo.encode().decode("cp949") == in_cp949

    ledger = read_ledger(write_csv(f"order_id,amount,memo\no1,1000,{memo}\n"))

    assert ledger["memo"].tolist() == [memo]
    assert ledger.attrs["source"]["encoding"] == "utf-8"


def test_headings_that_mean_something_in_neither_encoding_leave_it_at_utf8(write_csv, refusal):
    error = refusal(write_csv("number,sum,īƮ\no1,1000,x\n"))

    assert "'īƮ'" not in error.message
    assert "no header row was found" in error.message
    assert "īƮ" in error.message
