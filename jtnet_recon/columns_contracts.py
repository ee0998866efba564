"""The merchant's own list of subscriptions: which customer pays what, on which key, from when."""

from __future__ import annotations

from jtnet_recon.columns import Column, Table

CONTRACTS = Table(
    "contracts",
    (
        Column("contract", "text", "Contract", "계약번호", optional=True),
        Column("customer", "text", "Customer", "고객"),
        Column("customer_uid", "text", "Billing key", "빌링키", required=True),
        Column("plan", "text", "Plan", "요금제"),
        Column("price", "money", "Price", "요금", required=True),
        Column("currency", "text", "Currency", "통화"),
        Column("price_from", "day", "Price holds from", "요금 적용일"),
        Column("billing_day", "number", "Billing day", "청구일"),
        Column("starts_on", "day", "Starts on", "계약 시작일", required=True),
        Column("ends_on", "day", "Ends on", "계약 종료일"),
    ),
    key="customer_uid",
)
"""One row a price of a contract.

Rows of one customer, key and start are one contract, whose price changes at ``price_from`` (blank:
from the start); ``contract``, where the list has it, names the contract instead. ``billing_day``
1-31 falls on the month's last day where the month is shorter (blank: the day of ``starts_on``).
``ends_on`` is the contract's last day; blank: it is active. A blank ``customer_uid`` is a contract
without a key.
"""
