"""The evidence behind page 1: records, controls, certificate, sources, identity, sign-off."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from jtnet_recon.report import assurance
from jtnet_recon.report.ages import period_of
from jtnet_recon.report.assurance import state_tag
from jtnet_recon.report.figures import hash_total, key_of, total, won_first
from jtnet_recon.report.sections import headings
from jtnet_recon.report.shapes import Facts, Grid, Heading, Money, Tag
from jtnet_recon.report.text import visible
from jtnet_recon.report.words_source import source_note

if TYPE_CHECKING:
    from jtnet_recon.report.shapes import Cell
    from jtnet_recon.report.view import View

_WINDOWS_MAX = 50
_SHOWN_HASH = 12


def excluded(view: View) -> Grid | None:
    """List what was left out of the comparison, by reason and currency."""
    items = view.items
    left_out = items[items["outcome"] == "excluded"]
    if left_out.empty:
        return None
    rows: list[tuple[Cell, ...]] = []
    groups = left_out.groupby(["excluded_as", "currency"], sort=True, dropna=False)
    for (reason, currency), mine in groups:
        gross = total(mine["amount_payments"]) + total(mine["amount_ledger"])
        counts = (len(mine), total(mine["rows_payments"]), total(mine["rows_ledger"]))
        code = str(currency)
        name = view.known("excluded", str(reason))
        rows.append((name, code, *counts, Money(gross, code)))
    head = headings(
        view,
        ("reason", "text"),
        ("currency", "short"),
        ("items", "count"),
        ("rows_pg", "count"),
        ("rows_ledger", "count"),
        ("amount", "money"),
    )
    return Grid("excluded", view.word("excluded"), head, tuple(rows))


def records(view: View) -> Grid:
    """Count what each source offered and what became of it."""
    head = headings(
        view,
        ("side", "short"),
        ("offered", "count"),
        ("accepted", "count"),
        ("rejected", "count"),
        ("duplicate", "count"),
        ("out_of_period", "count"),
        ("totals_blank", "count"),
        ("check", "short"),
    )
    rows = (
        _record_line(view, "payments", _pull_counts(view)),
        _record_line(view, "ledger", _source_counts(view)),
    )
    return Grid("records", view.word("records"), head, rows, note=view.word("records_note"))


def controls(view: View) -> Grid:
    """State every control of the run and how it ended."""
    rows: list[tuple[Cell, ...]] = []
    label = "label" if view.lang == "en" else "label_ko"
    for row in view.result.controls.to_dict("records"):
        found = [
            view.known("found", str(row["expected"])),
            view.known("found", str(row["actual"])),
            assurance.detail(view, str(row["detail"])),
        ]
        rows.append((str(row[label]), state_tag(view, row["state"]), *found))
    rows += [_ledger_total(view), _single_use(view), *assurance.more_controls(view)]
    head = headings(
        view,
        ("control", "text"),
        ("state", "short"),
        ("expected", "short"),
        ("actual", "short"),
        ("detail", "text"),
    )
    return Grid("controls", view.word("controls"), head, tuple(rows))


def pull(view: View) -> list[Grid | Facts]:
    """Show the pull's certificate: its fields, then its windows."""
    certificate, title = view.pull, view.word("pull")
    if not certificate:
        return [Facts("pull", title, (), note=view.word("pull_missing"))]
    windows = certificate.get("windows")
    listed = [window for window in windows or () if isinstance(window, dict)]
    fields = {k: v for k, v in certificate.items() if not (k == "windows" and listed)}
    shown = [
        (view.known("pull", str(name)), _certified(view, name, value) or view.word("none"))
        for name, value in fields.items()
        if value is not None
    ]
    parts: list[Grid | Facts] = [Facts("pull", title, tuple(shown))]
    if listed:
        parts.append(_windows(view, listed))
    return parts


def sources(view: View) -> Facts:
    """Say where each side came from, with its hash totals."""
    result, source = view.result, view.source
    said = [
        ("source_pg", f"{len(result.payments):,}"),
        ("source_pg_hash", hash_total(result.payments[_id_of(view, "payments")])),
        ("source_ledger", " · ".join(_parts(view, source, ("name", "sheet", "kind", "encoding")))),
        ("source_ledger_rows", f"{len(result.ledger):,}"),
        ("source_ledger_hash", hash_total(result.ledger[_id_of(view, "ledger")])),
        # A hash may look like a card number by chance; it must not be masked.
        ("source_ledger_file_hash", visible(source.get("sha256"))),
        ("source_ledger_total", _stated(source)),
        ("source_ledger_columns", _columns(view, source)),
        ("source_ledger_guessed", _noticed(view, source.get("guessed", []))),
        ("source_ledger_notes", _noticed(view, source.get("notes", []))),
    ]
    rows = tuple((view.word(key), text) for key, text in said if text)
    return Facts("sources", view.word("sources"), rows, note=view.word("source_note"))


def identity(view: View) -> Facts:
    """Say what this run is: period, basis, rule, software, digest, and when it was made."""
    named = view.identity
    library = f"{named.get('library', '')} · Python {named.get('python', '')} · pandas {named.get('pandas', '')} · duckdb {version('duckdb')}"
    said = [
        ("company", view.text(named.get("company")) or assurance.nameless(view)),
        ("period", period_text(view)),
        ("basis", view.known("basis", str(named.get("basis", "")))),
        ("currencies", ", ".join(won_first(view.result.control_totals["currency"]))),
        ("mids", mids_text(view)),
        ("rule", rule_text(view)),
        ("rule_tolerance", assurance.tolerance_text(view)),
        ("rule_digest", assurance.rule_digest(view)),
        ("as_of", view.plain(view.result.as_of)),
        ("sign", view.word("sign_meaning")),
        ("library", library if named.get("library") else ""),
        ("timeliness", assurance.timeliness(view)),
        ("generated_at", view.plain(named.get("generated_at"))),
        ("digest", str(named.get("digest", ""))),
    ]
    rows = [
        (view.word(key), text or view.word("unknown"))
        for key, text in said
        if text or key not in ("as_of", "timeliness")
    ]
    rows.append((view.word("repeat"), view.word("repeat_detail")))
    return Facts("identity", view.word("identity"), tuple(rows))


def rule_text(view: View) -> str:
    """Name the rule, and say what must agree under it where it is one of ours."""
    rule = view.result.rule
    name = rule.name_ko or view.known("rule_name", rule.name) if view.lang == "ko" else rule.name
    known = {"orders": "rule_default", "entries": "rule_entries"}
    is_ours = rule.sides == ("PG", "ledger")
    return f"{name}: {view.word(known[rule.level])}" if is_ours else name


def scope(view: View, *, has_days: bool) -> Facts:
    """Say what this run did not look at."""
    keys = ["scope_settlement", "scope_fourth", "scope_journal", "scope_later"]
    if not has_days and not view.is_key_audit:
        keys.append("scope_daily")
    rows = tuple((view.word(key), view.word(f"{key}_text")) for key in keys)
    return Facts("scope", view.word("scope"), rows)


def signoff(view: View) -> Grid:
    """Leave room for the people who prepare and review."""
    head = headings(
        view,
        ("role", "short"),
        ("name", "blank"),
        ("date", "blank"),
        ("checked", "blank"),
        ("signature", "blank"),
    )
    rows = tuple(
        (view.word(role), "", "", "", "") for role in ("preparer", "reviewer", "confirmations")
    )
    return Grid("signoff", view.word("signoff"), head, rows, note=view.word("signoff_note"))


def period_text(view: View) -> str:
    """Write the period with both days and its zone."""
    period = period_of(view.result)
    if period is None:
        return view.text(view.identity.get("period")) or view.word("unknown")
    return f"{period.start_on} – {period.end_on}"


def mids_text(view: View) -> str:
    """List the PGs and MIDs of the payments."""
    payments = view.result.payments
    if not {"pg_provider", "pg_id"} <= set(payments.columns):
        return ""
    pairs = (
        payments[["pg_provider", "pg_id"]]
        .dropna()
        .drop_duplicates()
        .sort_values(["pg_provider", "pg_id"])
    )
    by_pg: dict[str, list[str]] = {}
    for pg, mid in pairs.itertuples(index=False):
        by_pg.setdefault(str(pg), []).append(str(mid))
    return view.text("; ".join(f"{pg}: {', '.join(mids)}" for pg, mids in by_pg.items()))


def report_id(view: View) -> str:
    """Name the report after its result: the same result has the same name."""
    return str(view.identity.get("digest", ""))[:_SHOWN_HASH]


def _record_line(view: View, side: str, counts: tuple[int | None, ...] | None) -> tuple[Cell, ...]:
    """Write one side's counts and whether they add up."""
    unknown = view.word("unknown")
    if counts is None:
        return (view.known("side", side), *([unknown] * 6), state_tag(view, "unknown"))
    offered, *parts = counts
    if offered is None or any(part is None for part in parts):
        state = state_tag(view, "unknown")
    else:
        holds = offered == total(parts)
        state = Tag(
            view.word("adds_up" if holds else "not_adds_up"), "passed" if holds else "failed"
        )
    return (view.known("side", side), *(unknown if n is None else n for n in counts), state)


def _pull_counts(view: View) -> tuple[int | None, ...] | None:
    """Read the counts off the certificate, if there is one that holds them."""
    certificate, used = view.pull, len(view.result.payments)
    if "status" not in view.result.payments.columns and not view.is_key_audit:
        return None  # movements are used, and payments were counted
    names = ("distinct", "repeats", "older_versions", "payments")
    if not all(isinstance(certificate.get(name), int) for name in names):
        return None
    distinct, repeats, older, kept = (certificate[name] for name in names)
    again = repeats + older
    if view.is_key_audit:  # charges that were not judged, and payments without a billing key
        kept = used
    offered = distinct + again + _carried(view.result.payments)
    return (offered, used, 0, again, distinct - kept, 0)


def _source_counts(view: View) -> tuple[int | None, ...] | None:
    """Read the counts off the description of the ledger's source, if there is one."""
    # An audit compares the cycles of the contracts; what was offered are their lines.
    lines = view.result.contracts if view.is_key_audit else view.result.ledger  # type: ignore[attr-defined]  # of an audit
    source, used = view.source, len(lines)
    if "rows_offered" not in source:
        return None
    others = total(source.get(name) or 0 for name in ("rows_total", "rows_blank"))
    outside = int(source.get("rows_out_of_period") or 0)
    return (int(source["rows_offered"]) + _carried(lines), used, 0, 0, outside, others)


def _carried(side: Any) -> int:
    """Count the rows of an earlier run's open items: they were offered beside the source's own."""
    return int((side.attrs.get("carried") or {}).get("rows", 0))


def _ledger_total(view: View) -> tuple[Cell, ...]:
    """Check the total that the ledger itself states."""
    stated, computed = (view.source.get(name) for name in ("stated_total", "computed_total"))
    if stated is None:
        return (view.word("ledger_total"), state_tag(view, "unknown"), "–", "–", view.word("none"))
    state = state_tag(view, "passed" if stated == computed else "failed")
    return (view.word("ledger_total"), state, f"{stated:,}", f"{computed:,}", "")


def _single_use(view: View) -> tuple[Cell, ...]:
    """Check that no payment stands twice."""
    payments = view.result.payments
    # An approval and its cancels share the payment's id; each movement has one of its own.
    name = "transaction_id" if "transaction_id" in payments.columns else _id_of(view, "payments")
    if name not in ("transaction_id", "imp_uid"):
        # A key of somebody's own may well repeat: those rows are an outcome of their own.
        return (view.word("single_use"), state_tag(view, "unknown"), "–", "–", "")
    repeated = int(payments[name].duplicated().sum())
    state = state_tag(view, "failed" if repeated else "passed")
    return (view.word("single_use"), state, "0", f"{repeated:,}", "")


def _windows(view: View, windows: list[dict[str, Any]]) -> Grid:
    """List the windows that the pull walked."""
    names = list(dict.fromkeys(name for window in windows for name in window))
    names = [name for name in names if not name.endswith("_s")]
    rows: list[tuple[Cell, ...]] = [
        tuple(_of_window(view, name, window.get(name)) for name in names)
        for window in windows[:_WINDOWS_MAX]
    ]
    if len(windows) > _WINDOWS_MAX:
        rows.append((f"… {len(windows) - _WINDOWS_MAX:,}", *([""] * (len(names) - 1))))
    head = tuple(Heading(view.known("window", name), "short") for name in names)
    return Grid("windows", view.word("windows"), head, tuple(rows))


def _of_window(view: View, name: str, value: Any) -> str:
    """Write a field of a window; how it was settled is one of a closed set."""
    is_settled = name == "agreed" and value is not None
    return view.known(name, str(value)) if is_settled else view.plain(value)


def _certified(view: View, name: str, value: Any) -> str:
    """Write a field of the certificate; only its sentences can hold what is personal."""
    if name == "basis":
        return view.known(name, str(value))
    return view.text(value) if name == "reasons" else view.plain(value)


def _parts(view: View, source: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    """Take the fields of a source that are there."""
    return [view.text(source[name]) for name in names if source.get(name)]


def _id_of(view: View, side: str) -> str:
    """Name the column that tells the rows of a side apart."""
    frame = view.result.payments if side == "payments" else view.result.ledger
    name = "imp_uid" if side == "payments" else "merchant_uid"
    return name if name in frame.columns else key_of(view.result, side)


def _stated(source: dict[str, Any]) -> str:
    """Write the total that the file states."""
    stated = source.get("stated_total")
    return "" if stated is None else f"{stated:,}"


def _noticed(view: View, notes: list[str]) -> str:
    """Write what was noticed while the source was read."""
    return "; ".join(view.text(source_note(note, view.lang)) for note in notes)


def _columns(view: View, source: dict[str, Any]) -> str:
    """Write which column was read as what."""
    return ", ".join(
        f"{view.text(heading)} → {name}" for name, heading in source.get("columns", {}).items()
    )
