"""Money is whole minor units, read exactly or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jtnet_recon.money import (
    INT64_MAX,
    OtherCurrencyError,
    format_minor,
    minor_digits,
    to_minor,
)

AMOUNTS = st.integers(-INT64_MAX, INT64_MAX)
CURRENCIES = st.sampled_from(["KRW", "JPY", "USD", "EUR", "KWD"])


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_is_read_back(amount, currency):
    assert to_minor(format_minor(amount, currency), currency) == amount


@given(AMOUNTS)
def test_won_without_separators_are_read_alike(amount):
    assert to_minor(str(amount)) == to_minor(f"{amount:,}") == to_minor(amount) == amount


@given(st.integers(1, INT64_MAX))
def test_every_way_to_write_minus_means_minus(amount):
    forms = ["-{}", "−{}", "‐{}", "–{}", "△{}", "▲{}", "({})", "{}-", "( {} )", "△ {}", "(₩{})"]
    forms += ["-₩{}", "₩-{}", "-{}원", "△{}원", "({}원)", "{}원-", "-KRW {}"]

    assert {to_minor(form.format(f"{amount:,}")) for form in forms} == {-amount}


@given(st.integers(0, INT64_MAX))
def test_every_way_to_write_won_means_won(amount):
    forms = ["{}", " {} ", "+{}", "{}원", "{} 원", "₩{}", "₩ {}", "￦{}", "\\{}", "KRW {}", "{}KRW"]
    forms += ["{}krw", "₩{}원", "\u3000{}\u00a0", "{} won"]

    assert {to_minor(form.format(f"{amount:,}")) for form in forms} == {amount}


@given(st.text(max_size=12), CURRENCIES)
def test_any_text_is_an_amount_or_a_value_error(text, currency):
    try:
        amount = to_minor(text, currency)
    except ValueError:
        return

    assert type(amount) is int
    assert to_minor(format_minor(amount, currency), currency) == amount


@pytest.mark.parametrize("dash", ["-", "–", "—", "--", " - ", "−"])
def test_a_lone_dash_is_nothing(dash):
    assert to_minor(dash) == 0


@pytest.mark.parametrize(
    ("text", "won"),
    [("１４，０００", 14000), ("14000.0", 14000), ("14,000.00원", 14000), ("007", 7), ("-0", 0)],
)
def test_unusual_but_clear_forms_are_read(text, won):
    assert to_minor(text) == won


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "원",
        "₩",
        "abc",
        "1,2,3",
        "1,0000",
        ",100",
        "100,",
        "1.",
        ".5",
        "1 000",
        "1_000",
        "1e5",
        "1E+3",
        "nan",
        "NaN",
        "inf",
        "Infinity",
        "٣",
        "10²",
        "1/2",
        "(100",
        "100)",
        "()",
        "--5",
        "(-5)",
        "-(5)",
        "-5-",
        "++5",
        "5%",
        "0x10",
        "XYZ 5",
        "14,000원정",
        "1만4천원",
        "5 5",
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="is not an amount"):
        to_minor(text)


@pytest.mark.parametrize("text", ["0.5", "14,000.5", "-0.01원", "14000.000001"])
def test_a_fraction_of_a_won_is_refused(text):
    with pytest.raises(ValueError, match="has a fraction of a KRW minor unit"):
        to_minor(text)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("$20", "KRW"),
        ("USD 20", "KRW"),
        ("US$20", "KRW"),
        ("20달러", "KRW"),
        ("20원", "USD"),
        ("₩20", "JPY"),
        ("20엔", "KRW"),
        ("€20", "USD"),
        ("£20", "EUR"),
        ("eur 20", "USD"),
        ("$20원", "KRW"),
        ("$20원", "USD"),
        ("-$20", "KRW"),
        ("($20)", "KRW"),
    ],
)
def test_an_amount_of_another_currency_is_refused(text, currency):
    with pytest.raises(OtherCurrencyError, match=f"not in {currency}"):
        to_minor(text, currency)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("$19.99", "USD", 1999),
        ("19.99 USD", "USD", 1999),
        ("US$1,000", "usd", 100000),
        ("€0.05", "EUR", 5),
        ("£7", "GBP", 700),
        ("500엔", "JPY", 500),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_of_its_own_currency_is_read(text, currency, minor):
    assert to_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        (33000, "KRW", 33000),
        (Decimal("33000.0"), "KRW", 33000),
        (Decimal("19.99"), "USD", 1999),
        (Decimal("1E+3"), "KRW", 1000),
        (20, "USD", 2000),
        (Decimal("-0"), "KRW", 0),
    ],
)
def test_numbers_are_taken_exactly(value, currency, minor):
    assert to_minor(value, currency) == minor


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999999")])
def test_numbers_that_are_no_amount_are_refused(value):
    with pytest.raises(ValueError, match="is not an amount"):
        to_minor(value)


def test_64_bits_are_the_limit():
    assert to_minor(INT64_MAX) == INT64_MAX
    assert to_minor(-INT64_MAX) == -INT64_MAX
    for value in (INT64_MAX + 1, -INT64_MAX - 1, "9,223,372,036,854,775,808"):
        with pytest.raises(ValueError, match="does not fit into 64 bits"):
            to_minor(value)


def test_no_float_is_ever_in_between():
    assert to_minor("90071992547409.93", "USD") == 9007199254740993
    assert to_minor("9007199254740993") == 9007199254740993


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (14000, "KRW", "14,000"),
        (-1999, "USD", "-19.99"),
        (5, "USD", "0.05"),
        (0, "KRW", "0"),
        (-1, "KWD", "-0.001"),
        (-50, "JPY", "-50"),
    ],
)
def test_amounts_are_written_as_people_read_them(amount, currency, text):
    assert format_minor(amount, currency) == text


def test_digits_of_a_currency_are_those_of_iso_4217():
    assert {code: minor_digits(code) for code in ("KRW", "jpy", "USD", "KWD", "XXX")} == {
        "KRW": 0,
        "jpy": 0,
        "USD": 2,
        "KWD": 3,
        "XXX": 2,
    }
