"""Whom operations are opened for, and whether they may be."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from jtnet_recon.client.address import check_url, is_loopback
from jtnet_recon.errors import ConfigError


class Hidden(Protocol):
    """A secret that has to be asked for."""

    def get_secret_value(self) -> str:
        """Return it."""


class Access(Protocol):
    """Address, key and permission, as ``config.load_settings()`` reads them."""

    @property
    def url(self) -> str:
        """Address of the API."""

    @property
    def key(self) -> Hidden:
        """API key."""

    @property
    def secret(self) -> Hidden:
        """API secret."""

    @property
    def tier(self) -> str | None:
        """Sub-merchant."""

    @property
    def operations(self) -> str | None:
        """The live host that the environment permits operations on."""


def check_host(host: str, access: Access) -> None:
    """Ask twice where money would move: in the code, and for a live host in the environment.

    Parameters
    ----------
    host : str
        The host that is meant.
    access : Access
        Where the settings lead, and what the environment permits.

    Raises
    ------
    ConfigError
        If the two differ, or a host other than this machine is not permitted.
    """
    check_url(access.url)
    real = urlsplit(access.url).hostname or ""
    if host != real:
        message = f"You name the host {host!r}, but the settings lead to {real!r}."
        raise ConfigError(
            message,
            hint="Name the host that you mean. Nothing was sent.",
            hint_ko="지정한 호스트와 설정의 주소가 다릅니다. 아무것도 전송하지 않았습니다.",
        )
    if not is_loopback(real) and access.operations != real:
        message = f"Operations on {real} move real money, and the environment does not permit them."
        raise ConfigError(
            message,
            hint=f"Set JTNET_RECON_OPERATIONS={real} to permit them. Nothing was sent.",
            hint_ko=f"실제 결제 서버입니다. 허용하려면 환경변수 JTNET_RECON_OPERATIONS={real} 를 설정하세요.",
        )
