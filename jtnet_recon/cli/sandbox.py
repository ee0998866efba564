"""``jtnet-recon sandbox``: the imitated API, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jtnet_recon.cli.typed import typed
from jtnet_recon.cli.words import WORDS
from jtnet_recon.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jtnet_recon.sandbox import Faults, Sandbox

_TURN_S = 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """What is invented, and how large.

    Parameters
    ----------
    orders : int
        Of the shop's month.
    subscriptions : int, optional
        Of a business that has no shop: then no orders are invented.
    """

    orders: int
    subscriptions: int | None = None


def run(
    *,
    port: int,
    out: Path,
    period: str,
    seed: int,
    size: Size,
    faults: Faults | None = None,
    lang: str,
) -> int:
    """Serve until the user stops it, which is how it ends.

    Parameters
    ----------
    port : int
        On 127.0.0.1; 0 is any free one.
    out : Path
        Where the ledger files go.
    period, seed, size
        Which month is invented.
    faults : Faults, optional
        What goes wrong.
    lang : {"en", "ko"}
        Language of what is printed.

    Returns
    -------
    int
        Never; Ctrl-C ends it as ``KeyboardInterrupt``.
    """
    sandbox = made(out=out, period=period, seed=seed, size=size, port=port)
    sandbox.set_faults(faults)
    with started(sandbox, port=port):
        for line in _instructions(sandbox, size, period=period, lang=lang):
            print(line, flush=True)
        while True:
            time.sleep(_TURN_S)


def faults_of(modes: Iterable[str], *, seed: int, share: float) -> Faults:
    """Read what shall go wrong.

    Parameters
    ----------
    modes : iterable of str
        Of the table in :mod:`jtnet_recon.sandbox.faults`.
    seed : int
        Which requests are met.
    share : float
        How many of them.

    Returns
    -------
    Faults
        As the sandbox takes them.

    Raises
    ------
    ConfigError
        If a mode is not known.
    """
    from jtnet_recon.sandbox import Faults

    try:
        return Faults(tuple(dict.fromkeys(modes)), seed=seed, share=share)
    except ValueError as error:
        raise ConfigError(
            str(error),
            hint="Give a mode, such as --fault cut.",
            hint_ko="--fault cut 처럼 장애 종류를 쓰세요.",
        ) from error


def made(*, out: Path, period: str, seed: int, size: Size, port: int = 0) -> Sandbox:
    """Make the sandbox and the folder of its files.

    Parameters
    ----------
    out : Path
        Folder of the ledger files, or of the contracts.
    period, seed, size, port
        As of :class:`jtnet_recon.Sandbox`.

    Returns
    -------
    Sandbox
        Not started.

    Raises
    ------
    ConfigError
        If there is no such month, or the orders are too few.
    StoreError
        If the folder cannot be made.
    """
    from jtnet_recon.sandbox import Sandbox

    make_folder(out)
    try:
        return Sandbox(
            period,
            seed=seed,
            orders=size.orders if size.subscriptions is None else None,
            subscriptions=size.subscriptions,
            directory=out,
            port=port,
        )
    except ValueError as error:
        least = "--orders 100" if size.subscriptions is None else "--subscriptions 60"
        raise ConfigError(
            str(error),
            hint=f"Give a month, such as --period 2022-11, and {least} or more.",
            hint_ko=f"--period 2022-11 처럼 월을, {least} 이상을 쓰세요.",
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder for results.

    Parameters
    ----------
    folder : Path
        May exist.

    Raises
    ------
    StoreError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            message=f"The folder {folder} cannot be made: {os.strerror(error.errno or 0)}.",
            hint="Name another with --out.",
            hint_ko="--out 으로 다른 폴더를 지정하세요.",
        ) from error


def started(sandbox: Sandbox, *, port: int) -> Sandbox:
    """Start the sandbox, or say why the port cannot be had.

    Parameters
    ----------
    sandbox : Sandbox
        Of :func:`made`.
    port : int
        The port it was made with.

    Returns
    -------
    Sandbox
        The same, started.

    Raises
    ------
    ConfigError
        If the port is taken or not allowed.
    """
    try:
        return sandbox.start()
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES, errno.EPERM}:
            raise
        reason = "in use" if error.errno == errno.EADDRINUSE else "not allowed to you"
        raise ConfigError(
            message=f"Port {port} is {reason}.",
            hint="Choose another, or --port 0 for any free one.",
            hint_ko="다른 포트를 쓰거나 --port 0 으로 빈 포트를 쓰세요.",
        ) from error


def _instructions(sandbox: Sandbox, size: Size, *, period: str, lang: str) -> list[str]:
    """Say what to type in a second terminal, for both kinds of it."""
    words = WORDS[lang]
    named, steps = _steps(sandbox, size, period=period, lang=lang)
    settings = {
        "JTNET_RECON_URL": sandbox.url,
        "JTNET_RECON_KEY": sandbox.key,
        "JTNET_RECON_SECRET": sandbox.secret,
    }
    return [
        words["sandbox_at"].format(url=sandbox.url),
        named,
        "",
        words["sandbox_posix"],
        *(f"  export {name}={value}" for name, value in settings.items()),
        words["sandbox_windows"],
        *(f'  $env:{name} = "{value}"' for name, value in settings.items()),
        "",
        words["sandbox_then"],
        *(f"  {step}" for step in steps),
        "",
        words["sandbox_stop"],
    ]


def _steps(sandbox: Sandbox, size: Size, *, period: str, lang: str) -> tuple[str, list[str]]:
    """Name the merchant's own file, and give the lines that compare it with the sandbox."""
    # The second terminal may be in another folder.
    if size.subscriptions is not None:
        contracts = sandbox.contracts_path.resolve()
        line = typed("audit-keys", contracts, "--period", period, "-o", "keys.xlsx")
        return WORDS[lang]["sandbox_contracts"].format(path=contracts), [line]
    ledger = sandbox.ledger_path.resolve()
    lines = [
        typed("pull", period, "-o", "p.parquet"),
        typed("reconcile", "p.parquet", ledger, "-o", f"{period}.xlsx"),
    ]
    return WORDS[lang]["sandbox_ledger"].format(path=ledger), lines
