"""The options of the commands, each said once.

Typer reads annotations when the program runs, so this file and the commands do without
``from __future__ import annotations``.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

Lang = Annotated[
    Literal["en", "ko"],
    typer.Option("--lang", help="Language of reports, summary and hints."),
]
Progress = Annotated[
    bool | None,
    typer.Option(
        "--progress/--no-progress",
        help="Draw a progress bar; left out: only in a terminal.",
        show_default=False,
    ),
]
Unmask = Annotated[
    bool,
    typer.Option(
        "--unmask", help="Write names, phones, mails, addresses and card numbers in full."
    ),
]
Basis = Annotated[
    Literal["paid", "events"],
    typer.Option(
        "--basis",
        help="paid: approved in the period. events: any approval or cancel in it.",
    ),
]
PeriodText = Annotated[
    str,
    typer.Argument(
        metavar="PERIOD",
        help="Days in Korea: 2022, 2022-11, 2022-11-07 or 2022-11-01..2022-11-30.",
        show_default=False,
    ),
]
PaymentsTarget = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE.parquet",
        help="Where the payments go; an older file there is replaced.",
        show_default=False,
    ),
]
PaymentsPath = Annotated[
    Path,
    typer.Argument(
        metavar="PAYMENTS", help="File of 'jtnet-recon pull' (.parquet).", show_default=False
    ),
]
LedgerPath = Annotated[
    str,
    typer.Argument(
        metavar="LEDGER",
        help="Your books: xlsx, xls, csv (UTF-8 or cp949) or parquet.",
        show_default=False,
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="NAME=HEADING",
        help="Which heading of the ledger is meant, as merchant_uid=주문번호; may be repeated. "
        "Names: merchant_uid, amount, cancel_amount, currency, status, paid_on, cancelled_on, kind, "
        "refund_method, imp_uid, pg_tid, apply_num, card_code, card_number, card_quota, escrow. "
        "Without a heading (escrow=) the column is left aside.",
        show_default=False,
    ),
]
Reports = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Report to write, .xlsx or .html; may be repeated.",
        show_default=False,
    ),
]
Verify = Annotated[
    bool | None,
    typer.Option(
        "--verify/--no-verify",
        help="Look up at the PG the orders that only the ledger has (code P02). Left out: if key "
        "and secret are in the environment.",
        show_default=False,
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar="NAME",
        help="Sheet of the workbook; else it is found.",
        show_default=False,
    ),
]
HeaderRow = Annotated[
    int | None,
    typer.Option(
        "--header-row",
        metavar="ROW",
        help="Row of the headings, the first being 1; else it is found.",
        show_default=False,
    ),
]
Currency = Annotated[
    str, typer.Option("--currency", metavar="CODE", help="Currency of rows that name none.")
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of a csv; else it is found.",
        show_default=False,
    ),
]
CheckTotal = Annotated[
    bool,
    typer.Option(
        "--check-total/--no-check-total",
        help="Whether a total row (합계) that differs from its rows stops the run.",
    ),
]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Take a ledger without rows.")]
Month = Annotated[
    str, typer.Option("--period", metavar="MONTH", help="The month that the sandbox invents.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Another seed, another month.")]
Orders = Annotated[int, typer.Option("--orders", metavar="N", help="Orders of the month.")]
Folder = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help="Where the files go; made if missing.")
]
Port = Annotated[
    int,
    typer.Option("--port", min=0, max=65_535, metavar="N", help="Port on 127.0.0.1; 0: any free."),
]
Fault = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="MODE",
        help="What goes wrong: 401, 429, 429-wait, 5xx, drip, cut, gzip, total, moved, repeated, "
        "reordered, late, skew; may be repeated.",
        show_default=False,
    ),
]
FaultSeed = Annotated[
    int, typer.Option("--fault-seed", metavar="N", help="Another seed, other requests go wrong.")
]
FaultShare = Annotated[
    float,
    typer.Option(
        "--fault-share",
        min=0.0,
        max=1.0,
        metavar="SHARE",
        help="How many go wrong: 0.2 is a fifth.",
    ),
]
JobName = Annotated[
    str,
    typer.Argument(metavar="JOB", help="Name of the job, as in [jobs.daily].", show_default=False),
]
ConfigPath = Annotated[
    Path,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        help="File of the jobs; paths in it are relative to its folder.",
    ),
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="DAY",
        help="Day of the run in Korea: a date, today or yesterday.",
    ),
]
CatchUp = Annotated[
    bool,
    typer.Option(
        "--catch-up",
        help="Run every day that failed or was missed since the last success, in order.",
    ),
]
ContractsPath = Annotated[
    str,
    typer.Argument(
        metavar="CONTRACTS",
        help="Your list of subscriptions: xlsx, xls, csv (UTF-8 or cp949) or parquet.",
        show_default=False,
    ),
]
AuditPeriod = Annotated[
    str,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="Days in Korea whose cycles and charges are judged: 2022-11, 2022-11-01..2022-11-30.",
        show_default=False,
    ),
]
ContractMap = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="NAME=HEADING",
        help="Which heading of the list is meant, as customer_uid=빌링키; may be repeated. Names: "
        "contract, customer, customer_uid, plan, price, currency, price_from, billing_day, "
        "starts_on, ends_on.",
        show_default=False,
    ),
]
AlsoHtml = Annotated[
    bool, typer.Option("--html", help="Write the page beside each workbook as well.")
]
Subscriptions = Annotated[
    int | None,
    typer.Option(
        "--subscriptions",
        metavar="N",
        help="Instead of a shop, a business of N subscriptions (60 or more), with its contracts.",
        show_default=False,
    ),
]
