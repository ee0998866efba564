"""A payment and its line in the books, which the cases of history change."""

from __future__ import annotations

HEAD = "imp_uid | merchant_uid | amount | cancel_amount | status | currency | paid_at\n"
PAID = HEAD + "i1 | o1 | 14,000 | 0 | paid | KRW | 2022-11-07 12:00"
BOOKED = "merchant_uid | amount | cancel_amount | paid_on\n o1 | 14,000 | 0 | 2022-11-07"
OPEN = {"started_at": "2022-11-20T09:00:00+09:00"}
