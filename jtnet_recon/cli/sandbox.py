"""``jtnet-recon sandbox``: the imitated API, until Ctrl-C."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

from jtnet_recon.cli.typed import typed
from jtnet_recon.cli.words import WORDS
from jtnet_recon.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from jtnet_recon.sandbox import Sandbox

_TURN_S = 0.2


def run(*, port: int, out: Path, period: str, seed: int, orders: int, lang: str) -> int:
    """Serve until the user stops it, which is how it ends.

    Parameters
    ----------
    port : int
        On 127.0.0.1; 0 is any free one.
    out : Path
        Where the ledger files go.
    period, seed, orders
        Which month is invented.
    lang : {"en", "ko"}
        Language of what is printed.

    Returns
    -------
    int
        Never; Ctrl-C ends it as ``KeyboardInterrupt``.
    """
    sandbox = made(out=out, period=period, seed=seed, orders=orders, port=port)
    with started(sandbox, port=port):
        for line in _instructions(sandbox, period=period, lang=lang):
            print(line, flush=True)
        while True:
            time.sleep(_TURN_S)


def made(*, out: Path, period: str, seed: int, orders: int, port: int = 0) -> Sandbox:
    """Make the sandbox and the folder of its ledgers.

    Parameters
    ----------
    out : Path
        Folder of the ledger files.
    period, seed, orders, port
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
        return Sandbox(period, seed=seed, orders=orders, directory=out, port=port)
    except ValueError as error:
        raise ConfigError(
            str(error),
            hint="Give a month, such as --period 2022-11, and --orders 100 or more.",
            hint_ko="--period 2022-11 처럼 월을, --orders 는 100 이상을 쓰세요.",
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


def _instructions(sandbox: Sandbox, *, period: str, lang: str) -> list[str]:
    """Say what to type in a second terminal, for both kinds of it."""
    words = WORDS[lang]
    # The second terminal may be in another folder.
    ledger = sandbox.ledger_path.resolve()
    settings = {
        "JTNET_RECON_URL": sandbox.url,
        "JTNET_RECON_KEY": sandbox.key,
        "JTNET_RECON_SECRET": sandbox.secret,
    }
    return [
        words["sandbox_at"].format(url=sandbox.url),
        words["sandbox_ledger"].format(path=ledger),
        "",
        words["sandbox_posix"],
        *(f"  export {name}={value}" for name, value in settings.items()),
        words["sandbox_windows"],
        *(f'  $env:{name} = "{value}"' for name, value in settings.items()),
        "",
        words["sandbox_then"],
        f"  {typed('pull', period, '-o', 'p.parquet')}",
        f"  {typed('reconcile', 'p.parquet', ledger, '-o', f'{period}.xlsx')}",
        "",
        words["sandbox_stop"],
    ]
