"""Where a client may send a secret to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from jtnet_recon.errors import ConfigError

DEFAULT_URL = "https://api.iamport.kr"

_TIER = re.compile(r"[A-Z0-9]{3}")


def check_url(url: str) -> None:
    """Refuse an address to which a secret must not go.

    Parameters
    ----------
    url : str
        Of the API.

    Raises
    ------
    ConfigError
        If it is neither https nor http on this machine, or holds more than scheme, host, port.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        message = "it cannot be read as an address"
        raise _bad_url(message) from None
    if parts.scheme not in ("https", "http") or not host:
        message = "it is no https address"
        raise _bad_url(message)
    if parts.scheme == "http" and not is_loopback(host):
        message = "http is not encrypted, and the API secret would travel on it"
        raise _bad_url(message)
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        message = "it holds more than scheme, host and port"
        raise _bad_url(message)


def check_tier(tier: str | None) -> None:
    """Refuse what is no code of a sub-merchant.

    Parameters
    ----------
    tier : str, optional
        Three capitals or digits.

    Raises
    ------
    ConfigError
        If it is anything else.

    Notes
    -----
    Source: i'mport guide, Agency & Tier (header ``Tier``).
    """
    if tier is not None and _TIER.fullmatch(tier) is None:
        message = f"{tier!r} is no tier code."
        raise ConfigError(
            message,
            hint="A tier is three capitals or digits, such as ABC or 007.",
            hint_ko="하위상점(Tier) 코드는 ABC, 007 처럼 영문 대문자·숫자 3자리입니다.",
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine.

    Parameters
    ----------
    host : str
        A name or an address, without port.

    Returns
    -------
    bool
        True for ``localhost``, ``127.0.0.0/8`` and ``::1``.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bad_url(reason: str) -> ConfigError:
    """Say what is wrong without repeating the address: it may hold a password."""
    return ConfigError(
        f"The address of the API is not allowed: {reason}.",
        hint=f"Use {DEFAULT_URL}, or http://127.0.0.1:PORT for the sandbox.",
        hint_ko=f"{DEFAULT_URL} 또는 샌드박스 주소 http://127.0.0.1:PORT 를 사용하세요.",
    )
