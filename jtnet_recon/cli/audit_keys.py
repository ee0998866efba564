"""``jtnet-recon audit-keys``: a list of contracts in, the audit of the billing keys out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.cli.failures import AGREES, BREAKS, as_options
from jtnet_recon.cli.reconcile import check_ledger_path, write_reports
from jtnet_recon.cli.summary import summary_lines
from jtnet_recon.cli.targets import check_report_targets
from jtnet_recon.cli.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from jtnet_recon.cli.reconcile import Output
    from jtnet_recon.key_desk.audit import KeyReconciliation

_WORDS = {
    "en": {
        "contracts": "Contracts: {rows:,} lines of {name}.",
        "found": "Billing keys: {keys:,} ({contracts:,} by the contracts, {payments:,} more by the "
        "payments, {schedules:,} more by the schedules); {unknown:,} are not known to the API.",
        "not_all": "The API has no list of all keys: one that no contract, payment or schedule "
        "names cannot be found.",
    },
    "ko": {
        "contracts": "계약: {name} {rows:,}행.",
        "found": "빌링키: {keys:,}개 (계약 {contracts:,}, 결제에서 추가 {payments:,}, 예약에서 추가 "
        "{schedules:,}). API가 모르는 빌링키 {unknown:,}개.",
        "not_all": "API에는 전체 빌링키 목록이 없습니다. 계약, 결제, 예약 어디에도 없는 빌링키는 찾을 수 없습니다.",
    },
}


def run(
    contracts: str, period: str, reading: dict[str, Any], output: Output, *, progress: bool | None
) -> int:
    """Read the contracts, gather keys, payments and schedules, audit, write, and sum up.

    Parameters
    ----------
    contracts : str
        File of the contracts.
    period : str
        As of :class:`jtnet_recon.Period`.
    reading : dict
        Arguments of :func:`jtnet_recon.read_contracts`.
    output : Output
        Reports.
    progress : bool or None
        Whether bars are drawn; None: in terminals only.

    Returns
    -------
    int
        0 if nothing but information was found, else 1.
    """
    import jtnet_recon as jr

    check_ledger_path(contracts)
    check_report_targets(output.targets, (Path(contracts),))
    days = jr.Period(period)
    listed = jr.read_contracts(Path(contracts), **reading)
    print(*contract_lines(listed, lang=output.lang), sep="\n")
    with jr.connect(progress=progress) as client:
        result = jr.audit_billing_keys(client, listed, days)
    print(*found_lines(result, lang=output.lang), sep="\n")
    write_reports(result, output)
    print("", *summary_lines(result, lang=output.lang), sep="\n")
    for target in output.targets:
        print(WORDS[output.lang]["written"].format(path=target))
    return AGREES if result.agrees else BREAKS


def targets_of(outputs: Iterable[Path], *, html: bool) -> tuple[Path, ...]:
    """List the reports to write.

    Parameters
    ----------
    outputs : iterable of Path
        As the user gave them.
    html : bool
        Whether a page goes beside each workbook.

    Returns
    -------
    tuple of Path
        Each once.
    """
    given = tuple(outputs)
    pages = [path.with_suffix(".html") for path in given if path.suffix.lower() == ".xlsx"]
    return tuple(dict.fromkeys([*given, *(pages if html else ())]))


def contract_lines(contracts: pd.DataFrame, *, lang: str) -> list[str]:
    """Say what was read, and which heading was taken for what.

    Parameters
    ----------
    contracts : DataFrame, table CONTRACTS
        Of :func:`jtnet_recon.read_contracts`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of str
        Lines.
    """
    from jtnet_recon.report.text import visible
    from jtnet_recon.report.words_source import source_note

    source: dict[str, Any] = contracts.attrs["source"]
    name = source["name"] + (f" [{source['sheet']}]" if source.get("sheet") else "")
    used = ", ".join(f"{ours}={heading}" for ours, heading in source["columns"].items())
    lines = [_WORDS[lang]["contracts"].format(rows=len(contracts), name=name)]
    lines.append(WORDS[lang]["ledger_columns"].format(columns=used))
    lines += [f"  - {as_options(source_note(note, lang))}" for note in source.get("notes", [])]
    return [visible(line) for line in lines]


def found_lines(result: KeyReconciliation, *, lang: str) -> list[str]:
    """Say how the keys were found, and that not all can be.

    Parameters
    ----------
    result : KeyReconciliation
        Of an audit with a client.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of str
        Lines.
    """
    from jtnet_recon.cli.pull import pulled_line

    keys = result.keys
    unknown = int((~keys["state"].isin(["registered", "super"])).sum())
    found = _WORDS[lang]["found"].format(keys=len(keys), unknown=unknown, **result.found_by)
    return [pulled_line(result.payments, lang=lang), found, _WORDS[lang]["not_all"]]
