"""Holds the merchant's PG settings (channels), and chooses the one that takes a request.

JTNet took payments until 2023-01-31; without a wish, a request goes to the PG of its day.
A request that names `jtnet` is served by JTNet whatever the clock says, so that the guide's
own samples run unchanged; the live API would refuse that MID since the move to NICE.
"""

from __future__ import annotations

from dataclasses import dataclass

from jtnet_recon.sandbox.records import JTNET, NICE, gateway
from jtnet_recon.sandbox.refusals import RefusedError, Why

WINDOW, BILLING = "payment", "api_payment"
TEST_PREFIX = "tpaytest"


@dataclass(frozen=True, slots=True)
class Channel:
    """One PG setting, as the console keeps it."""

    pg_provider: str
    pg_id: str
    sandbox: bool
    type: str
    channel_name: str
    channel_key: str


def channel_of_mid(provider: str, mid: str) -> Channel:
    """Find the setting of a MID."""
    return next(c for c in CHANNELS if (c.pg_provider, c.pg_id) == (provider, mid))


def _channels() -> tuple[Channel, ...]:
    settings = (
        (JTNET[0], JTNET[1], False, WINDOW, "제이티넷 일반"),
        (JTNET[0], JTNET[2], False, BILLING, "제이티넷 정기"),
        (JTNET[0], "tpaytest0m", True, WINDOW, "제이티넷 일반 (테스트)"),
        (JTNET[0], "tpaytest1m", True, BILLING, "제이티넷 키인 (테스트)"),
        (JTNET[0], "tpaytest2m", True, BILLING, "제이티넷 정기 (테스트)"),
        (NICE[0], NICE[1], False, WINDOW, "나이스 일반"),
        (NICE[0], NICE[2], False, BILLING, "나이스 정기"),
        (NICE[0], NICE[3], True, WINDOW, "나이스 일반 (테스트)"),
    )
    key = "channel-key-00000000-0000-0000-0000-{:012d}"
    return tuple(
        Channel(*setting, key.format(number)) for number, setting in enumerate(settings, start=1)
    )


CHANNELS = _channels()


def choose(
    kind: str, at_s: int, *, pg: str | None = None, channel_key: str | None = None
) -> Channel:
    """Choose the channel of a request: by key, by ``provider[.MID]``, else the day's PG."""
    if channel_key:
        found = [channel for channel in CHANNELS if channel.channel_key == channel_key]
        if not found:
            raise RefusedError(Why.PG_UNKNOWN, channel_key)
        return found[0]
    provider, _, mid = (pg or gateway(at_s)[0]).partition(".")
    for channel in CHANNELS:
        suits = channel.pg_id == mid if mid else channel.type == kind
        if channel.pg_provider == provider and suits:
            return channel
    raise RefusedError(Why.PG_UNKNOWN, pg)


def choose_or_default(
    kind: str, at_s: int, *, pg: str | None = None, channel_key: str | None = None
) -> Channel:
    """Choose as the REST API does: a name it cannot use counts as none (V1 OpenAPI, pg)."""
    try:
        return choose(kind, at_s, pg=pg, channel_key=channel_key)
    except RefusedError:
        return choose(kind, at_s)
