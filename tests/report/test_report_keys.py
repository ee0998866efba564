"""The charts of billing keys say what was read, in Korean too, and what was not."""

from __future__ import annotations

import io
import warnings

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from jtnet_recon.report import plot_keys
from jtnet_recon.report.key_figures import KeyData, codes_by_id, cohorts_of, events_of, spans_of
from jtnet_recon.report.theme import DARK, LIGHT
from jtnet_recon.tables import BILLING_KEYS, CONTRACTS, PAYMENTS, SCHEDULES, empty

UID = "gildong_0001_1234"


@pytest.fixture(scope="module")
def data(table):
    contracts = table(
        CONTRACTS,
        """customer | customer_uid      | plan    | price  | price_from | billing_day | starts_on  | ends_on
           M1       | gildong_0001_1234 | 베이직  | 9,900  |            | 7           | 2022-09-07 |
           M1       | gildong_0001_1234 | 베이직  | 12,900 | 2022-11-01 | 7           | 2022-09-07 |
           M2       | other             | 프리미엄 | 29,900 |            | 1           | 2022-09-01 | 2022-10-15
           M3       | third             | 베이직  | 9,900  |            | 1           | 2022-10-01 |""",
    )
    payments = table(
        PAYMENTS,
        """imp_uid | merchant_uid | customer_uid      | customer_uid_usage | amount | cancel_amount | status    | paid_at          | failed_at
           imp_0   | reg          | gildong_0001_1234 | issue              | 0      | 0             | paid      | 2022-09-07 09:00 |
           imp_1   | sub-9        | gildong_0001_1234 | payment            | 9,900  | 0             | paid      | 2022-09-07 10:00 |
           imp_2   | sub-10       | gildong_0001_1234 | payment            | 9,900  | 0             | failed    |                  | 2022-10-07 00:30
           imp_3   | sub-10       | gildong_0001_1234 | payment            | 9,900  | 0             | paid      | 2022-10-08 10:00 |
           imp_4   | sub-11       | gildong_0001_1234 | payment            | 9,900  | 4,000         | cancelled | 2022-11-07 10:00 |
           imp_5   | sub-11b      | gildong_0001_1234 | payment            | 9,900  | 9,900         | cancelled | 2022-11-07 10:03 |
           imp_6   | o-9          | other             | payment            | 29,900 | 0             | paid      | 2022-09-01 10:00 |
           imp_7   | t-12         | third             | payment            | 9,900  | 0             | paid      | 2022-12-01 10:00 |
           imp_8   | shop         |                   |                    | 5,000  | 0             | paid      | 2022-10-02 10:00 |""",
    )
    schedules = table(
        SCHEDULES,
        """customer_uid      | merchant_uid | schedule_at      | amount | currency | schedule_status | payment_status
           gildong_0001_1234 | sub-10       | 2022-10-07 00:30 | 9,900  | KRW      | executed        | paid
           gildong_0001_1234 | sub-12       | 2022-12-07 10:00 | 9,900  | KRW      | scheduled       |
           gildong_0001_1234 | sub-13       | 2023-01-07 10:00 | 9,900  | KRW      | revoked         |
           other             | o-10         | 2022-10-01 10:00 | 29,900 | KRW      | executed        | failed""",
    )
    keys = table(
        BILLING_KEYS,
        """customer_uid      | state      | inserted         | updated
           gildong_0001_1234 | registered | 2022-09-07 09:00 | 2022-11-20 03:00
           other             | unknown    |                  |
           third             | registered | 2022-10-01 09:00 | 2022-10-01 09:00""",
    )
    return KeyData(contracts, keys, payments, schedules)


@pytest.fixture(scope="module")
def breaks():
    rows = [("B09", UID, "imp_4", "sub-11"), ("S08", UID, None, "sub-12"), ("B03", UID, None, None)]
    return pd.DataFrame(
        rows, columns=["code", "customer_uid", "imp_uid", "merchant_uid"], dtype="str"
    )


def picture_of(axis):
    """Draw; a letter without a glyph is an error."""
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axis.get_figure(root=True).savefig(picture, format="png", dpi=60)
    return picture.getvalue()


def texts_of(axis):
    return [text.get_text().strip() for text in axis.texts]


def test_a_key_s_events_are_all_there_in_order_of_time(data):
    events = events_of(data.of(UID))

    assert [(event.lane, event.kind) for event in events] == [
        ("charge", "issue"),
        ("key", "registered"),
        ("charge", "paid"),
        ("charge", "failed"),
        ("schedule", "executed_paid"),
        ("charge", "paid"),
        ("charge", "partly"),
        ("charge", "cancelled"),
        ("key", "changed"),
        ("schedule", "scheduled"),
        ("schedule", "revoked"),
    ]
    assert {str(event.at.tz) for event in events} == {"Asia/Seoul"}


def test_a_price_holds_until_the_next_one_and_the_last_one_until_the_contract_ends(data):
    spans = spans_of(data.of(UID).contracts)
    (ended,) = spans_of(data.of("other").contracts)

    assert [(f"{s.start:%m-%d}", s.end and f"{s.end:%m-%d}", s.amount) for s in spans] == [
        ("09-07", "11-01", 9_900),
        ("11-01", None, 12_900),
    ]
    # The contract's last day belongs to it.
    assert f"{ended.end:%Y-%m-%d}" == "2022-10-16"


def test_a_break_is_known_by_its_payment_else_by_its_order_else_by_the_key(breaks):
    assert codes_by_id(breaks, UID) == {"imp_4": ["B09"], "sub-12": ["S08"], "": ["B03"]}
    assert codes_by_id(breaks, "other") == {}


def test_cohorts_count_contracts_whose_charge_was_kept_at_least_in_part(data):
    cohorts = cohorts_of(data)

    shown = cohorts[["start", "age", "contracts", "charged"]].values.tolist()
    assert shown == [
        ["2022-09", 0, 2, 2],
        ["2022-09", 1, 2, 1],
        ["2022-09", 2, 2, 1],
        ["2022-09", 3, 2, 0],
        ["2022-10", 0, 1, 0],
        ["2022-10", 1, 1, 0],
        ["2022-10", 2, 1, 1],
    ]
    # The last month is not over.
    assert cohorts["is_known"].tolist() == [True, True, True, False, True, True, False]


def test_of_months_before_the_pull_nothing_is_said(data):
    payments = data.payments.copy()
    payments.attrs["pull"] = {"period": "2022-09-15..2022-12-20"}

    cohorts = cohorts_of(KeyData(data.contracts, data.keys, payments, data.schedules))

    assert not cohorts.loc[cohorts["month"] == "2022-09", "is_known"].any()
    assert cohorts.loc[cohorts["month"] == "2022-10", "is_known"].all()
    axis = plot_keys.draw_cohorts(KeyData(data.contracts, data.keys, payments, data.schedules))
    assert texts_of(axis) == ["–", "50%", "50%", "–", "0%", "0%", "–"]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_timeline_takes_an_axis_and_returns_it_drawn_in_korean_letters(
    data, breaks, lang, theme
):
    axis = Figure().add_subplot()

    returned = plot_keys.draw_timeline(data, breaks, UID, axis, lang=lang, theme=theme)

    assert returned is axis
    assert picture_of(axis).startswith(b"\x89PNG")


def test_the_timeline_names_key_prices_amounts_and_breaks(data, breaks):
    axis = plot_keys.draw_timeline(data, breaks, UID, lang="ko")

    texts = texts_of(axis)
    assert axis.get_title(loc="left") == f"빌링키 {UID}, 2022-09-07 ~ 2023-01-07"
    assert [tick.get_text() for tick in axis.get_yticklabels()] == [
        "계약",
        "예약",
        "결제",
        "빌링키",
    ]
    assert {"베이직 9,900", "베이직 12,900 ~", "B09", "S08", "B03"} <= set(texts)
    assert texts.count("9,900") == 5


def test_every_kind_has_a_shape_that_tells_it_from_the_others_of_its_lane():
    charges = ("paid", "failed", "cancelled", "partly", "ready", "issue")
    schedules = [kind for kind in plot_keys._MARKS if kind not in charges]

    for lane in (charges, schedules):
        shapes = [plot_keys._MARKS[kind][:2] for kind in lane]
        assert len(set(shapes)) == len(shapes)


def test_charges_within_minutes_stand_under_each_other(data, breaks):
    axis = plot_keys.draw_timeline(data, breaks, UID)

    places = [
        (x, y)
        for line in axis.lines
        for x, y in zip(*line.get_data(), strict=True)
        if 1.5 < y < 2.5
    ]
    near = [y for x, y in places if abs(x - 19303.04) < 0.1]
    assert len(set(near)) > 1


def test_the_time_before_the_pull_is_hatched_and_said(data, breaks):
    payments = data.payments.copy()
    payments.attrs["pull"] = {"period": "2022-10-01..2022-12-20"}

    axis = plot_keys.draw_timeline(
        KeyData(data.contracts, data.keys, payments, data.schedules), breaks, UID
    )

    assert "payments of these days were not read" in texts_of(axis)
    assert [patch.get_hatch() for patch in axis.patches].count("///") == 1


def test_an_id_that_is_a_phone_number_is_masked_in_the_title(data, breaks):
    payments = data.payments.assign(customer_uid="010-1234-5678")

    axis = plot_keys.draw_timeline(
        KeyData(data.contracts, data.keys, payments, data.schedules), breaks, "010-1234-5678"
    )

    assert "1234-5678" not in axis.get_title(loc="left")


def test_a_key_of_which_nothing_is_known_and_no_contract_at_all_draw_a_sentence(data, breaks):
    nothing = KeyData(*(empty(t) for t in (CONTRACTS, BILLING_KEYS, PAYMENTS, SCHEDULES)))

    for axis in (
        plot_keys.draw_timeline(data, breaks, "nobody"),
        plot_keys.draw_timeline(nothing, breaks, UID),
        plot_keys.draw_cohorts(nothing),
    ):
        assert texts_of(axis) == ["Nothing to draw"]
        assert picture_of(axis)


def test_the_charts_change_no_setting_and_no_frame(data, breaks):
    settings, frames = dict(mpl.rcParams), [f.copy() for f in (data.contracts, data.payments)]

    plot_keys.draw_timeline(data, breaks, UID)
    plot_keys.draw_cohorts(data)

    assert dict(mpl.rcParams) == settings
    for before, after in zip(frames, (data.contracts, data.payments), strict=True):
        pd.testing.assert_frame_equal(before, after)
