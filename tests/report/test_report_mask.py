"""Masks hide what they must, show what they may, and do nothing when applied again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.report import mask

EACH = [
    mask.mask_name,
    mask.mask_phone,
    mask.mask_email,
    mask.mask_address,
    mask.mask_postcode,
    mask.mask_account,
    mask.mask_card,
    mask.mask_birth,
    mask.mask_all,
    mask.mask_contacts,
    mask.mask_free_text,
]
# What people, shops and earlier masks put into such fields.
TEXTS = st.text("김하준남궁민수AbcXyz0123456789 -._@+()*#,시구동로길\u200b'\t", max_size=40)


@pytest.mark.parametrize("masked", EACH, ids=lambda function: function.__name__)
@given(text=TEXTS | st.text(max_size=30))
def test_a_mask_applied_twice_gives_what_it_gave_once(masked, text):
    once = masked(text)

    assert masked(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("김하준", "김*준"),
        ("김준", "김*"),
        ("남궁민수", "남**수"),
        ("Kim Minji", "K** M****"),
        ("김", "*"),
        ("O'Brien", "*'B****"),
        ("김하준 (배송)", "김*준 (배*)"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_ends(text, shown):
    assert mask.mask_name(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010-****-5678"),
        ("+82 10 1234 5678", "010-****-5678"),
        ("+82-(0)10-1234-5678", "010-****-5678"),
        ("02-123-4567", "02-****-4567"),
        ("031 123 4567", "031-****-4567"),
        ("12345", "*****"),
        ("none", "none"),
    ],
)
def test_a_phone_loses_its_middle(text, shown):
    assert mask.mask_phone(text) == shown


@given(middle=st.integers(1000, 9999), last=st.integers(0, 9999))
def test_no_spelling_of_a_phone_shows_its_middle(middle, last):
    spellings = (
        f"010-{middle}-{last:04d}",
        f"010{middle}{last:04d}",
        f"010 {middle} {last:04d}",
        f"+8210{middle}{last:04d}",
        f"010.{middle}.{last:04d}",
    )

    for text in spellings:
        assert mask.mask_phone(text) == f"010-****-{last:04d}"
        assert mask.mask_free_text(f"call {text}!") == f"call 010-****-{last:04d}!"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hong.gildong@example.com", "ho***@e*****.com"),
        ("abc@shop.co.kr", "a***@s*****.kr"),
        ("no-at-sign", "no***"),
        ("a@localhost", "a***@l*****"),
        ("", "***"),
    ],
)
def test_a_mail_keeps_its_beginnings(text, shown):
    assert mask.mask_email(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("서울시 강남구 역삼동 123-4 101호", "서울시 강남구 역삼동 ***"),
        ("경기도 성남시 분당구 판교로 235 7층", "경기도 성남시 분당구 판교로 ***"),
        ("제주 제주시 한림읍 한림로12길 3", "제주 제주시 한림읍 ***"),
        ("123 Main Street", "***"),
        ("", "***"),
    ],
)
def test_an_address_ends_at_the_street(text, shown):
    assert mask.mask_address(text) == shown


@pytest.mark.parametrize(
    ("masked", "text", "shown"),
    [
        (mask.mask_postcode, "06236", "06***"),
        (mask.mask_account, "110-234-567890", "******7890"),
        (mask.mask_account, "1234", "******"),
        (mask.mask_card, "4111-1111-1111-1111", "****-****-****-1111"),
        (mask.mask_card, "411111******1111", "****-****-****-1111"),
        (mask.mask_card, "41111111****111*", "****-****-****-****"),
        (mask.mask_card, "1111", "****-****-****-****"),
        (mask.mask_birth, "820115", "82****"),
        (mask.mask_birth, "123-45-67890", "12****"),
        (mask.mask_all, "Mozilla/5.0", "***"),
    ],
)
def test_a_number_keeps_little(masked, text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 4111 1111 1111 1111 ok", "card ****-****-****-1111 ok"),
        ("3782-822463-10005", "****-****-****-0005"),
        ("820115-1234567", "82****-*******"),
        ("8201151234567", "82****-*******"),
        ("mail hong.gildong@example.com", "mail ho***@e*****.com"),
        ("주문 010-1234-5678 부재", "주문 010-****-5678 부재"),
    ],
)
def test_free_text_hides_cards_residents_mails_and_phones(text, shown):
    assert mask.mask_free_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "14,000",
        "ORD-20221114-0003",
        "imp_668386852019",
        "shopjt001m01012211141205301234",
        "2022-11-14 12:05:30",
        "4111111111111112",
        "1.4111111111111111",
        "그라인더 2개",
        "https://www.tpay.co.kr/issue?tid=1",
    ],
)
def test_free_text_leaves_amounts_ids_and_times(text):
    assert mask.mask_free_text(text) == text


@given(digits=st.text("0123456789", min_size=12, max_size=18), first=st.sampled_from("3456"))
def test_a_number_with_the_check_digit_of_a_card_is_hidden(digits, first):
    body = first + digits[:-1]
    card = next(f"{body}{last}" for last in range(10) if mask.passes_luhn(f"{body}{last}"))

    shown = mask.mask_free_text(f"paid with {card}.")

    assert card not in shown
    assert len(re.findall(r"\d", shown)) <= 10


@pytest.mark.parametrize(
    ("digits", "passes"), [("4111111111111111", True), ("4111111111111112", False), ("0", True)]
)
def test_the_check_sum_is_that_of_the_norm(digits, passes):
    assert mask.passes_luhn(digits) is passes
