"""The two sides of a run: payments of the API or of a file, the ledger of a file or a query."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING, Any

from jtnet_recon.errors import ConfigError, PullIncomplete, TableError
from jtnet_recon.jobs.placeholders import fill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from jtnet_recon.client import Client
    from jtnet_recon.jobs.definition import Job, Payments
    from jtnet_recon.jobs.setup import Setup
    from jtnet_recon.period import Period

_READING = ("sheet", "header_row", "currency", "encoding", "allow_empty", "check_total")
_DAYS = {"paid": ("paid_on",), "events": ("paid_on", "cancelled_on")}


def connected(setup: Setup, payments: Payments) -> Client:
    """Open a client for a job.

    Parameters
    ----------
    setup : Setup
        Where key and secret are found.
    payments : Payments
        Where the API is.

    Returns
    -------
    Client
        To be closed.
    """
    from jtnet_recon.config import load_settings
    from jtnet_recon.desk import connect

    settings = load_settings(url=payments.url, tier=payments.tier, secrets=setup.secrets)
    key, secret = (getattr(settings, name).get_secret_value() for name in ("key", "secret"))
    return connect(settings.url, key, secret, tier=settings.tier, progress=False)


def check_complete(payments: pd.DataFrame) -> None:
    """Refuse payments whose own certificate says that some may be missing.

    Parameters
    ----------
    payments : DataFrame, table PAYMENTS
        With or without a certificate; without one nothing is known, and the report says so.

    Raises
    ------
    PullIncomplete
        If the verdict is not COMPLETE.
    """
    certificate = payments.attrs.get("pull") or {}
    verdict = certificate.get("verdict", "COMPLETE")
    if verdict != "COMPLETE":
        raise PullIncomplete(
            message=f"The pull is {verdict}: nothing may be signed off on it. The earlier report "
            "is left as it was.",
            certificate=certificate,
            hint="Run the job again; --catch-up makes up for the day later.",
            hint_ko="다시 실행하세요. --catch-up 으로 나중에 보충할 수도 있습니다.",
        )


def payments_of_file(path: Path, period: Period, basis: str) -> pd.DataFrame:
    """Read the payments of a file and see that it is the file of this period.

    Parameters
    ----------
    path : Path
        Of ``jtnet-recon pull``, or any table of payments.
    period : Period
        What the job reconciles.
    basis : str
        What belongs to it.

    Returns
    -------
    DataFrame, table PAYMENTS
        As kept, amounts int64 in minor units.

    Raises
    ------
    TableError
        If it cannot be read, or is of another period or basis.
    """
    from jtnet_recon.files import read_payments

    payments = read_payments(path)
    certificate = payments.attrs.get("pull") or {}
    for name, wanted in (("period", str(period)), ("basis", basis)):
        found = certificate.get(name, wanted)
        if found != wanted:
            raise TableError(
                message=f"{path.name}: its payments are of {name} {found}, the job is about "
                f"{wanted}.",
                file=path.name,
                hint="Name the file by its period, such as pulls/{period}.parquet.",
                hint_ko="수집 파일의 기간이 작업의 기간과 다릅니다.",
            )
    return payments


def ledger_path(pattern: str, folder: Path) -> Path:
    """Find the ledger's file.

    Parameters
    ----------
    pattern : str
        Filled; ``*`` and ``?`` stand for what is not known beforehand.
    folder : Path
        What it is relative to.

    Returns
    -------
    Path
        The only file that fits.

    Raises
    ------
    TableError
        If several fit, or none.
    """
    if not glob.has_magic(pattern):
        return folder / pattern
    found = sorted(folder / name for name in glob.glob(pattern, root_dir=folder))  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = [path for path in found if not path.name.startswith("~$")]
    if len(found) == 1:
        return found[0]
    named = ", ".join(path.name for path in found[:5])
    raise TableError(
        message=f"{pattern}: {f'{len(found)} files fit ({named})' if found else 'no file fits'}; "
        "a run needs exactly one.",
        file=pattern,
        hint="Write the pattern so that one file fits: ledger_{start:%Y-%m}*.xlsx.",
        hint_ko="원장 파일이 정확히 하나만 해당되도록 이름 형식을 지정하세요.",
    )


def ledger_of(
    job: Job, setup: Setup, period: Period, values: Mapping[str, str | date]
) -> pd.DataFrame:
    """Read a job's ledger.

    Parameters
    ----------
    job : Job
        Where it is, how it is read, and what belongs to a period.
    setup : Setup
        For folder and secrets.
    period : Period
        What the job reconciles.
    values : mapping
        Of the placeholders.

    Returns
    -------
    DataFrame, table LEDGER
        Amounts int64 in minor units; of the period alone, unless the job wants all lines.

    Raises
    ------
    TableError
        If it cannot be taken as it is.
    """
    from jtnet_recon.files import read_ledger

    books = job.ledger
    reading: dict[str, Any] = {name: getattr(books, name) for name in _READING}
    if books.url is None:
        source: Any = ledger_path(fill(books.file or "", values), setup.folder)
    else:
        source = setup.revealed(books.url)
        reading["query"] = fill(books.query or "", values)
    ledger = read_ledger(source, columns=books.columns, **reading)
    return within(ledger, period, job.payments.basis) if books.only_period else ledger


def within(ledger: pd.DataFrame, period: Period, basis: str) -> pd.DataFrame:
    """Leave aside the lines that belong to other days, and count them.

    Parameters
    ----------
    ledger : DataFrame, table LEDGER
        Such as a month's, of which a day is reconciled.
    period : Period
        Days in Asia/Seoul.
    basis : {"paid", "events"}
        Whether the day of a cancel counts, as it does for the payments.

    Returns
    -------
    DataFrame, table LEDGER
        Lines with a day in the period, and lines without any day: they could be of any.
    """
    import pandas as pd

    first, last = (pd.Timestamp(day) for day in (period.start_on, period.end_on))
    days = [ledger[name] for name in _DAYS[basis] if name in ledger.columns]
    belongs = pd.concat([day.between(first, last) for day in days], axis=1).any(axis=1)
    undated = pd.concat([day.isna() for day in days], axis=1).all(axis=1)
    kept = ledger[belongs | undated].reset_index(drop=True)
    left = len(ledger) - len(kept)
    source = dict(ledger.attrs.get("source") or {})
    if left:
        note = f"{left} rows of days outside {period} were left aside"
        source |= {"rows_out_of_period": left, "notes": [*source.get("notes", ()), note]}
    kept.attrs = {**ledger.attrs, "source": source}
    return kept


def check_not_inputs(targets: list[Path], inputs: list[Path]) -> None:
    """Refuse outputs that would replace what is read.

    Parameters
    ----------
    targets, inputs : list of Path
        Of one run.

    Raises
    ------
    ConfigError
        If one is both.
    """
    read = {path.resolve() for path in inputs}
    for target in targets:
        if target.resolve() in read:
            raise ConfigError(
                message=f"The report would replace {target.name!r}, which is an input.",
                hint="Give the report another name.",
                hint_ko="보고서 파일 이름을 다르게 지정하세요.",
            )
