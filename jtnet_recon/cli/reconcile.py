"""``jtnet-recon reconcile``: two files in, reports out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtnet_recon.cli.absence import look_up
from jtnet_recon.cli.failures import AGREES, BREAKS, as_options
from jtnet_recon.cli.pull import pulled_line
from jtnet_recon.cli.summary import summary_lines
from jtnet_recon.cli.targets import check_report_targets
from jtnet_recon.cli.words import WORDS
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from jtnet_recon.desk import Reconciliation


# A drive (C:\\books) has one letter, an address (postgresql://…) has more.
_ADDRESS = re.compile(r"^[A-Za-z][\w+.-]+://")


@dataclass(frozen=True, slots=True)
class Output:
    """What is written, and how.

    Parameters
    ----------
    targets : tuple of Path
        Reports, by their suffix.
    lang : {"en", "ko"}
        Language.
    unmask : bool, default False
        Whether personal data are written out.
    """

    targets: tuple[Path, ...]
    lang: str
    unmask: bool = False


def run(
    payments: Path,
    ledger: str,
    reading: dict[str, Any],
    output: Output,
    *,
    verify: bool | None,
    progress: bool | None,
) -> int:
    """Read, compare, look up what seems absent, write, and sum up.

    Parameters
    ----------
    payments : Path
        File of ``pull``.
    ledger : str
        File of the books.
    reading : dict
        Arguments of :func:`jtnet_recon.read_ledger`.
    output : Output
        Reports.
    verify : bool or None
        Whether absent orders are looked up; None: if key and secret are at hand.
    progress : bool or None
        Whether a bar is drawn; None: in terminals only.

    Returns
    -------
    int
        0 if both sides agree, else 1.
    """
    import jtnet_recon as jr

    check_ledger_path(ledger)
    check_report_targets(output.targets, (payments, Path(ledger)))
    pulled = jr.read_payments(payments)
    booked = jr.read_ledger(Path(ledger), **reading)
    print(pulled_line(pulled, lang=output.lang))
    print(*ledger_lines(booked, lang=output.lang), sep="\n")
    looked_up = look_up(
        jr.reconcile(pulled, booked), verify=verify, progress=progress, lang=output.lang
    )
    write_reports(looked_up.result, output)
    print(looked_up.line, "", *summary_lines(looked_up.result, lang=output.lang), sep="\n")
    for target in output.targets:
        print(WORDS[output.lang]["written"].format(path=target))
    return AGREES if looked_up.result.agrees else BREAKS


def columns_of(pairs: list[str]) -> dict[str, str | list[str]] | None:
    """Read what ``--map`` was given.

    Parameters
    ----------
    pairs : list of str
        ``merchant_uid=주문번호``; of a name given twice, the first heading that is there counts;
        ``escrow=`` leaves a column aside.

    Returns
    -------
    dict or None
        As ``columns=`` of :func:`jtnet_recon.read_ledger`.

    Raises
    ------
    ConfigError
        If a part is missing.
    """
    columns: dict[str, str | list[str]] = {}
    for pair in pairs:
        name, equals, heading = (part.strip() for part in pair.partition("="))
        if not name or not equals:
            raise ConfigError(
                message=f"--map {pair!r} does not say which heading is meant.",
                hint="Our name, =, the heading of your ledger: --map merchant_uid=주문번호.",
                hint_ko="--map merchant_uid=주문번호 처럼 이름=열제목으로 쓰세요.",
            )
        before = columns.get(name, [])
        columns[name] = [*([before] if isinstance(before, str) else before), heading]
    return {name: found[0] if len(found) == 1 else found for name, found in columns.items()} or None


def check_ledger_path(ledger: str) -> None:
    """Refuse a database address, whose password would stand on the command line.

    Parameters
    ----------
    ledger : str
        As the user gave it.

    Raises
    ------
    ConfigError
        If it is an address.
    """
    if _ADDRESS.match(ledger):
        raise ConfigError(
            message="The ledger has to be a file: an address of a database holds a password, and the "
            "command line is no place for it.",
            hint='In Python: jr.read_ledger(url, query="SELECT ...").',
            hint_ko='파이썬에서 jr.read_ledger(url, query="SELECT ...")로 읽으세요.',
        )


def ledger_lines(ledger: pd.DataFrame, *, lang: str) -> list[str]:
    """Say what was read, and which heading was taken for what.

    Parameters
    ----------
    ledger : DataFrame, table LEDGER
        Of :func:`jtnet_recon.read_ledger`.
    lang : {"en", "ko"}
        Language.

    Returns
    -------
    list of str
        Lines.
    """
    from jtnet_recon.report.text import visible
    from jtnet_recon.report.words_source import source_note

    source: dict[str, Any] = ledger.attrs["source"]
    words = WORDS[lang]
    name = source["name"] + (f" [{source['sheet']}]" if source.get("sheet") else "")
    used = ", ".join(f"{ours}={heading}" for ours, heading in source["columns"].items())
    lines = [words["ledger"].format(rows=len(ledger), name=name)]
    lines.append(words["ledger_columns"].format(columns=used))
    lines += [f"  - {as_options(source_note(note, lang))}" for note in source.get("notes", [])]
    return [visible(line) for line in lines]


def write_reports(result: Reconciliation, output: Output) -> None:
    """Write each report as what its suffix says.

    Parameters
    ----------
    result : Reconciliation
        What is reported.
    output : Output
        Targets, checked.
    """
    for target in output.targets:
        write = result.to_excel if target.suffix.lower() == ".xlsx" else result.to_html
        write(target, lang=output.lang, unmask=output.unmask)
