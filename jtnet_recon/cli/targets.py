"""Where results go, checked before any work is done."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

REPORT_SUFFIXES = (".xlsx", ".html")
_PARQUET = ".parquet"


class _Writable(Exception):  # noqa: N818 - good news, on the way out of a context
    """The temporary file could be made."""


def check_payments_target(target: Path) -> None:
    """Refuse a target that payments cannot be written to.

    Parameters
    ----------
    target : Path
        As the user gave it.

    Raises
    ------
    ConfigError
        If it is no Parquet file.
    StoreError
        If its folder cannot take a file.
    """
    if target.suffix.lower() != _PARQUET:
        raise ConfigError(
            message=f"Payments are kept as Parquet, which {target.name!r} is not by its name.",
            hint=f"Write -o {target.stem or 'p'}{_PARQUET}; pandas reads it with "
            "pandas.read_parquet.",
            hint_ko=f"-o {target.stem or 'p'}{_PARQUET} 처럼 쓰세요.",
        )
    check_writable(target)


def check_report_targets(targets: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse targets that reports cannot be written to.

    Parameters
    ----------
    targets : iterable of Path
        As the user gave them.
    inputs : iterable of Path
        Files that are read; a report must not replace one.

    Raises
    ------
    ConfigError
        If a suffix is unknown, or a report would replace an input.
    StoreError
        If a folder cannot take a file.
    """
    read = {path.resolve() for path in inputs}
    for target in targets:
        if target.suffix.lower() not in REPORT_SUFFIXES:
            raise ConfigError(
                message=f"Reports are written as {' or '.join(REPORT_SUFFIXES)}, not as {target.name!r}.",
                hint=f"Write -o {target.stem or 'report'}.xlsx.",
                hint_ko=f"-o {target.stem or 'report'}.xlsx 처럼 쓰세요.",
            )
        if target.resolve() in read:
            raise ConfigError(
                message=f"The report would replace {target.name!r}, which is an input.",
                hint="Give the report another name.",
                hint_ko="보고서 파일 이름을 다르게 지정하세요.",
            )
        check_writable(target)


def check_writable(target: Path) -> None:
    """Find out whether a file can be written there, and leave everything as it was.

    Parameters
    ----------
    target : Path
        May exist.

    Raises
    ------
    StoreError
        If it cannot.
    """
    with suppress(_Writable), atomic_path(target):
        raise _Writable
