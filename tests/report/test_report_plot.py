"""Charts say what the tables say, draw Korean, and leave nothing behind."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
from collections import Counter

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Rectangle

import jtnet_recon as jr
from jtnet_recon.money import format_minor
from jtnet_recon.report import font, plot_money, plot_time
from jtnet_recon.report.figures import bridge_steps, code_totals, headlines
from jtnet_recon.report.plot_money import BARS_MAX, short, signed
from jtnet_recon.report.theme import DARK, LIGHT
from jtnet_recon.report.words import WORDS

NAMES = ("bridge", "by_code", "ageing", "by_day", "by_hour", "calendar")


def picture_of(axis):
    """Draw a chart; a letter without a glyph is an error."""
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axis.get_figure(root=True).savefig(
            picture, format="png", dpi=60, metadata={"Software": None}
        )
    return picture.getvalue()


def texts_of(axis):
    found = [*axis.get_yticklabels(), *axis.get_xticklabels(), *axis.texts]
    return [text.get_text() for text in found]


def bars_of(axis):
    return [p for p in axis.patches if isinstance(p, Rectangle)]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", NAMES)
def test_a_chart_takes_an_axis_and_returns_it_drawn_in_korean_letters(month, name, lang):
    axis = Figure().add_subplot()

    returned = getattr(month.plot, name)(axis, lang=lang)

    assert returned is axis
    assert axis.get_title(loc="left")
    assert picture_of(axis).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_chart_gives_the_same_bytes(month, name):
    first, second = (picture_of(getattr(month.plot, name)()) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_a_result_that_lacks_something_can_be_drawn(edges, name):
    for result in edges.values():
        assert picture_of(getattr(result.plot, name)(lang="ko"))


@pytest.mark.parametrize("letter", ["한", "글", "₩", "−", "–", "·", "…", "(", "→"])
def test_one_of_the_two_fonts_has_the_letter(letter):
    from matplotlib.font_manager import FontProperties, fontManager

    families = font.font_settings()["font.family"]
    paths = [fontManager.findfont(FontProperties(family=[name])) for name in families]

    assert any(FT2Font(path).get_char_index(ord(letter)) for path in paths)


def test_every_word_of_the_reports_can_be_drawn():
    axis = Figure(figsize=(8, 60)).add_subplot()
    words = "\n".join(f"{english} {korean}" for english, korean in WORDS.values())
    with mpl.rc_context(font.font_settings()):
        axis.text(0, 0, words, parse_math=False)

    assert picture_of(axis)


def test_the_bridge_draws_each_step_as_long_as_it_is(month):
    axis = month.plot.bridge()
    steps = [s for s in bridge_steps(month) if s.currency == "KRW"]
    shown = [s for s in steps if s.amount or s.step in ("ledger", "payments", "unexplained")]

    bars = bars_of(axis)

    assert [round(abs(bar.get_width())) for bar in bars] == [abs(s.amount) for s in shown]
    assert [round(bar.get_x() + bar.get_width()) for bar in bars] == [s.balance for s in shown]
    for step in shown:
        said = signed(step.amount, "KRW")
        if step.step in ("ledger", "payments"):
            said = format_minor(step.balance, "KRW")
        assert f" {said}" in texts_of(axis)
    assert f"({len(steps) - len(shown)} causes of 0 are not drawn)" in axis.get_title(loc="left")


def test_a_cut_axis_says_so(month, payments_of, ledger_of):
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 100")
    small = jr.reconcile(payments, ledger_of("merchant_uid | amount\norder-1 | 1,000"))

    cut, whole = month.plot.bridge(), small.plot.bridge()

    assert cut.get_xlim()[0] > 0
    assert cut.get_xlabel() == "The axis does not start at 0; the two totals are cut off."
    assert (whole.get_xlim()[0], whole.get_xlabel()) == (0, "")


def test_a_bridge_below_zero_is_drawn(payments_of, ledger_of):
    payments = payments_of("imp_uid | merchant_uid | amount\nimp_1 | order-1 | 1,000")
    ledger = ledger_of("merchant_uid | amount | cancel_amount\norder-1 | 1,000 | 9,000")

    axis = jr.reconcile(payments, ledger).plot.bridge()

    assert axis.get_xlim()[0] < -8_000
    assert picture_of(axis)


def test_the_codes_are_drawn_with_their_amounts_and_both_names(month):
    axis = month.plot.by_code()
    totals = [t for t in code_totals(month) if t.currency == "KRW" and t.money_at_risk]

    assert [bar.get_width() for bar in bars_of(axis)] == [t.money_at_risk for t in totals]
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels == [f"{t.code} {t.name} · {t.name_ko} ({t.items:,})" for t in totals]


def test_severity_is_told_without_colour(month):
    axis = month.plot.by_code()
    totals = [t for t in code_totals(month) if t.currency == "KRW" and t.money_at_risk]

    hatches = {}
    for bar, total in zip(bars_of(axis), totals, strict=True):
        hatches.setdefault(total.severity, set()).add(bar.get_hatch())

    assert all(len(kinds) == 1 for kinds in hatches.values())
    assert len({next(iter(kinds)) for kinds in hatches.values()}) == len(hatches)


def test_another_currency_is_drawn_by_itself(month):
    dollars = next(line for line in headlines(month) if line.currency == "USD")

    axis = month.plot.by_code(currency="usd", lang="ko")

    assert "USD" in axis.get_title(loc="left")
    assert sum(bar.get_width() for bar in bars_of(axis)) == dollars.at_risk
    assert f" {format_minor(dollars.at_risk, 'USD')}" in texts_of(axis)


def test_thousands_of_codes_become_thirty_bars_and_one(month, monkeypatch):
    total = code_totals(month)[0]
    many = tuple(total for _ in range(5_000))
    monkeypatch.setattr(plot_money, "code_totals", lambda _: many)

    axis = month.plot.by_code()

    bars = bars_of(axis)
    assert len(bars) == BARS_MAX + 1
    assert sum(bar.get_width() for bar in bars) == 5_000 * total.money_at_risk
    assert axis.get_yticklabels()[-1].get_text() == f"{5_000 - BARS_MAX} others"


def test_the_days_are_those_of_the_sides(month):
    axis = month.plot.by_day()
    line = headlines(month)[0]
    ledger = month.ledger[month.ledger["currency"] == "KRW"]
    undated = ledger[ledger["paid_on"].isna() & ~ledger["status"].isin(["ready", "failed"])]

    assert sum(bar.get_height() for bar in bars_of(axis)) == line.pg_net
    marks = axis.lines[0].get_ydata()
    assert sum(marks) == line.ledger_net - (undated["amount"] - undated["cancel_amount"]).sum()


def test_years_are_drawn_by_month(payments_of, ledger_of):
    payments = payments_of("""
        imp_uid | merchant_uid | amount | paid_at
        imp_1   | order-1      | 1,000  | 2019-01-01
        imp_2   | order-2      | 2,000  | 2022-11-07
    """)

    axis = jr.reconcile(payments, ledger_of("merchant_uid | amount\nx | 1")).plot.by_day()

    assert len(bars_of(axis)) == 47
    assert sum(bar.get_height() for bar in bars_of(axis)) == 3_000


def test_the_calendar_shows_each_days_number(month):
    axis = month.plot.calendar()
    open_ = month.breaks[month.breaks["severity"] != "Info"]

    counts = [text.get_text() for text in axis.texts if text.get_ha() == "center"]

    from jtnet_recon.report.daily import breaks_by_day

    assert Counter(counts) == Counter(str(n) for n in breaks_by_day(month).values())
    assert sum(map(int, counts)) <= len(open_)
    assert axis.get_yticklabels()[0].get_text() == "Mon"


def test_the_hours_are_korean(payments_of, ledger_of):
    payments = payments_of(
        "imp_uid | merchant_uid | amount | paid_at\nimp_1 | order-1 | 1,000 | 2022-11-07 03:15"
    )
    payments["paid_at"] = payments["paid_at"].dt.tz_convert("UTC")
    payments = payments.assign(paid_at=payments["paid_at"].dt.tz_convert("Asia/Seoul"))

    axis = jr.reconcile(payments, ledger_of("merchant_uid | amount\nx | 0")).plot.by_hour()

    heights = Counter()
    for bar in bars_of(axis):
        heights[round(bar.get_x() + bar.get_width() / 2)] += bar.get_height()
    assert {hour for hour, count in heights.items() if count} == {3}


def test_a_dollar_sign_in_data_is_no_formula(month, monkeypatch):
    import dataclasses

    total = dataclasses.replace(code_totals(month)[0], name=r"$_$ $$ $\foo$ $100^$")
    monkeypatch.setattr(plot_money, "code_totals", lambda _: (total,))

    axis = month.plot.by_code()

    assert r"$_$ $$ $\foo$ $100^$" in axis.get_yticklabels()[0].get_text()
    assert picture_of(axis)


def test_charts_change_no_setting_of_the_session(month):
    before = dict(mpl.rcParams)

    for name in NAMES:
        picture_of(getattr(month.plot, name)())

    assert dict(mpl.rcParams) == before


def test_dark_and_light_draw_the_same_amounts(month):
    light, dark = (plot_money.draw_by_code(month, theme=theme) for theme in (LIGHT, DARK))

    assert [b.get_width() for b in bars_of(light)] == [b.get_width() for b in bars_of(dark)]
    assert light.get_figure().get_facecolor() != dark.get_figure().get_facecolor()


@pytest.mark.parametrize(
    "draw", [plot_time.draw_by_day, plot_time.draw_by_hour, plot_time.draw_calendar]
)
def test_charts_over_time_can_be_dark(month, draw):
    assert picture_of(draw(month, theme=DARK))


@pytest.mark.parametrize(
    ("value", "lang", "text"),
    [
        (0, "en", "0"),
        (2_500_000, "en", "2.5M"),
        (-1_200, "en", "−1.2k"),
        (2_500_000, "ko", "250만"),
        (340_000_000, "ko", "3.4억"),
        (999, "ko", "999"),
        (1.5e12, "ko", "1.5조"),
    ],
)
def test_an_axis_is_short(value, lang, text):
    assert short(value, lang) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1_000, "KRW", "+1,000"), (-1_000, "KRW", "−1,000"), (0, "KRW", "0"), (-5, "USD", "−0.05")],
)
def test_an_amount_keeps_its_sign(amount, currency, text):
    assert signed(amount, currency) == text


def run(code):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_outside_a_notebook_no_figure_is_kept_alive():
    code = """if True:
        import sys, pandas as pd, jtnet_recon as jr
        payments = pd.DataFrame({"imp_uid": ["a"], "merchant_uid": ["o"], "amount": [5],
                                 "currency": ["KRW"], "status": ["paid"]})
        result = jr.reconcile(payments, pd.DataFrame({"merchant_uid": ["o"], "amount": [4]}))
        axis = result.plot.bridge()
        print("matplotlib.pyplot" in sys.modules, type(axis.figure).__name__)
    """

    assert run(code) == ["False", "Figure"]


def test_your_own_charts_draw_korean_after_one_call():
    code = """if True:
        import warnings, io
        warnings.simplefilter("error")
        import jtnet_recon as jr
        print(jr.use_korean_font())
        from matplotlib.figure import Figure
        axis = Figure().add_subplot(title="결제 −1,000")
        axis.plot([-1, 1], [-1, 1])
        axis.figure.savefig(io.BytesIO(), format="png")
        print("drawn")
    """

    assert run(code) == ["NanumGothic", "drawn"]


def test_without_any_korean_font_it_says_what_to_install(monkeypatch):
    from matplotlib.font_manager import fontManager

    monkeypatch.setattr(font, "_carried_files", lambda: iter(()))
    monkeypatch.setattr(fontManager, "get_font_names", lambda: ["DejaVu Sans"])
    font._korean_family.cache_clear()

    with pytest.raises(jr.ConfigError, match="No font that holds Korean was found") as error:
        font.font_settings()

    font._korean_family.cache_clear()
    assert "koreanize-matplotlib" in error.value.hint


def test_without_the_carried_font_one_of_the_system_is_taken(monkeypatch):
    from matplotlib.font_manager import fontManager

    monkeypatch.setattr(font, "_carried_files", lambda: iter(()))
    monkeypatch.setattr(fontManager, "get_font_names", lambda: ["DejaVu Sans", "Malgun Gothic"])
    font._korean_family.cache_clear()

    family = font.font_settings()["font.family"][0]

    font._korean_family.cache_clear()
    assert family == "Malgun Gothic"


def test_the_amounts_of_a_chart_are_never_text(month):
    # Text would be drawn as categories, in order of appearance.
    axis = month.plot.bridge()

    assert all(isinstance(float(bar.get_width()), float) for bar in bars_of(axis))
    assert pd.api.types.is_number(axis.get_xlim()[1])
