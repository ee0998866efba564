"""The commands as typer sees them: names, options, help. The work is done elsewhere.

Nothing heavy is imported here, so that ``--help`` answers at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from jtnet_recon.cli import options

_ABOUT = """Reconcile i'mport (PortOne V1) payments with your own ledger.

\b
Examples:
  jtnet-recon demo
  jtnet-recon pull 2022-11 -o p.parquet
  jtnet-recon reconcile p.parquet ledger.xlsx -o november.xlsx -o november.html

\b
The real API is read with these variables of the environment:
  JTNET_RECON_KEY, JTNET_RECON_SECRET   REST API key and secret
  JTNET_RECON_URL                       another address than https://api.iamport.kr
  JTNET_RECON_TIER                      a sub-merchant (Tier), if there are any

\b
Exit codes:
  0    agrees
  1    breaks found
  2    wrong usage, settings or table
  3    the API, a file or the store failed
  130  stopped (Ctrl-C)
"""
_DEMO = """\b
Example:
  jtnet-recon demo --lang ko --out out
"""
_PULL = """\b
Example:
  jtnet-recon pull 2022-11 -o p.parquet
\b
Exit code 0 only if the pull is COMPLETE. The file keeps the certificate of the pull.
"""
_RECONCILE = """\b
Example:
  jtnet-recon reconcile p.parquet ledger.xlsx --map merchant_uid=주문번호 -o november.xlsx
\b
Exit code 0: both sides agree. 1: there are breaks.
"""
_AUDIT_KEYS = """\b
Example:
  jtnet-recon audit-keys contracts.csv --period 2022-11 -o keys.xlsx --html
\b
Keys, payments and schedules are read from the API, and only read.
Exit code 0: nothing was found. 1: there are breaks.
"""
_RUN = """\b
Example:
  jtnet-recon run daily --on 2022-11-07
\b
One line of JSON a run goes to the standard output, for monitoring.
"""
_JOBS = """\b
Example:
  jtnet-recon jobs --config recon.toml
"""
_SANDBOX = """\b
Example:
  jtnet-recon sandbox --port 8080
\b
It prints what to set and to type in a second terminal.
"""

commands = typer.Typer(
    add_completion=False,
    help=_ABOUT,
    # Plain text: it starts faster and is the same on every console.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"max_content_width": 100},
)


@commands.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version and end.")] = False,
    debug: Annotated[  # noqa: ARG001 - app() looks for it before the line is understood
        bool, typer.Option("--debug", help="Show the traceback of an error; may stand anywhere.")
    ] = False,
) -> None:
    """Answer what needs no command."""
    if version:
        from jtnet_recon.version import __version__

        print(f"jtnet-recon {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


@commands.command(epilog=_DEMO)
def demo(
    *,
    out: options.Folder = Path("out"),
    lang: options.Lang = "en",
    period: options.Month = "2022-11",
    seed: options.Seed = 7,
    orders: options.Orders = 600,
    progress: options.Progress = None,
) -> int:
    """Do the whole job on an invented shop.

    No account and no keys are needed, and nothing leaves this machine.
    """
    from jtnet_recon.cli.demo import run

    return run(out=out, lang=lang, period=period, seed=seed, orders=orders, progress=progress)


@commands.command(epilog=_PULL)
def pull(
    period: options.PeriodText,
    *,
    output: options.PaymentsTarget,
    basis: options.Basis = "paid",
    lang: options.Lang = "en",
    progress: options.Progress = None,
) -> int:
    """Read a period's payments from the API into a file."""
    from jtnet_recon.cli.pull import run

    return run(period, output, basis=basis, lang=lang, progress=progress)


@commands.command(epilog=_RECONCILE)
def reconcile(
    payments: options.PaymentsPath,
    ledger: options.LedgerPath,
    *,
    output: options.Reports = None,
    map_: options.Map = None,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    currency: options.Currency = "KRW",
    encoding: options.Encoding = None,
    check_total: options.CheckTotal = True,
    allow_empty: options.AllowEmpty = False,
    verify: options.Verify = None,
    unmask: options.Unmask = False,
    lang: options.Lang = "en",
    progress: options.Progress = None,
) -> int:
    """Compare payments with a ledger and report every difference."""
    from jtnet_recon.cli.reconcile import Output, columns_of, run

    reading = {
        "columns": columns_of(map_ or []),
        "sheet": sheet,
        "header_row": header_row,
        "currency": currency,
        "encoding": encoding,
        "check_total": check_total,
        "allow_empty": allow_empty,
    }
    reports = Output(tuple(output or ()), lang=lang, unmask=unmask)
    return run(payments, ledger, reading, reports, verify=verify, progress=progress)


@commands.command(
    epilog=_AUDIT_KEYS, short_help="Audit who is charged on which card, by whose order."
)
def audit_keys(
    contracts: options.ContractsPath,
    *,
    period: options.AuditPeriod,
    output: options.Reports = None,
    html: options.AlsoHtml = False,
    map_: options.ContractMap = None,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    currency: options.Currency = "KRW",
    encoding: options.Encoding = None,
    unmask: options.Unmask = False,
    lang: options.Lang = "en",
    progress: options.Progress = None,
) -> int:
    """Audit the billing keys: who is charged on which card, for what, by whose order."""
    from jtnet_recon.cli.audit_keys import run, targets_of
    from jtnet_recon.cli.reconcile import Output, columns_of

    reading = {
        "columns": columns_of(map_ or []),
        "sheet": sheet,
        "header_row": header_row,
        "currency": currency,
        "encoding": encoding,
    }
    reports = Output(targets_of(output or (), html=html), lang=lang, unmask=unmask)
    return run(contracts, period, reading, reports, progress=progress)


@commands.command(epilog=_SANDBOX, short_help="Imitate the i'mport API on this machine.")
def sandbox(
    *,
    port: options.Port = 8080,
    out: options.Folder = Path("out"),
    period: options.Month = "2022-11",
    seed: options.Seed = 7,
    orders: options.Orders = 600,
    subscriptions: options.Subscriptions = None,
    fault: options.Fault = None,
    fault_seed: options.FaultSeed = 0,
    fault_share: options.FaultShare = 0.2,
    lang: options.Lang = "en",
) -> int:
    """Imitate the i'mport API and its payment window on this machine.

    It also writes the shop's ledger, to be reconciled, or the contracts of its subscriptions, to be
    audited; Ctrl-C ends it.
    """
    from jtnet_recon.cli.sandbox import Size, faults_of, run

    faults = faults_of(fault or (), seed=fault_seed, share=fault_share)
    size = Size(orders, subscriptions)
    return run(port=port, out=out, period=period, seed=seed, size=size, faults=faults, lang=lang)


@commands.command(epilog=_RUN, short_help="Run a job of recon.toml, as a schedule does.")
def run(
    job: options.JobName,
    *,
    on: options.On = "today",
    catch_up: options.CatchUp = False,
    config: options.ConfigPath = Path("recon.toml"),
    lang: options.Lang = "en",
) -> int:
    """Run a job of recon.toml: pull, reconcile, keep, report, notify."""
    from jtnet_recon.cli.run import run as start_job

    return start_job(job, on=on, catch_up=catch_up, config=config, lang=lang)


@commands.command(epilog=_JOBS, short_help="List the jobs: last run, how it ended, next due.")
def jobs(*, config: options.ConfigPath = Path("recon.toml"), lang: options.Lang = "en") -> int:
    """List the jobs: when each ran last, how it ended, and when it is due next."""
    from jtnet_recon.cli.jobs import run as list_jobs

    return list_jobs(config, lang=lang)
