"""Settings: the one reader of the environment."""

from __future__ import annotations

import difflib
import os
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from jtnet_recon.client.address import DEFAULT_URL, check_tier, check_url
from jtnet_recon.errors import ConfigError

PREFIX = "JTNET_RECON_"

_REQUIRED = ("key", "secret")
_WHAT = {"key": ("API key", "API 키"), "secret": ("API secret", "API 시크릿")}


class Settings(BaseSettings):
    """What a client needs to know; arguments win over the environment.

    Parameters
    ----------
    url : str, default "https://api.iamport.kr"
        ``JTNET_RECON_URL``: https, or http on this machine only.
    key, secret : SecretStr
        ``JTNET_RECON_KEY``, ``JTNET_RECON_SECRET``: of the merchant's account.
    tier : str, optional
        ``JTNET_RECON_TIER``: three capitals or digits that name a sub-merchant.
    operations : str, optional
        ``JTNET_RECON_OPERATIONS``: the live host on which operations may be opened at all. It is
        no argument of :func:`load_settings`: code alone cannot permit them.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    url: str = DEFAULT_URL
    key: SecretStr = SecretStr("")
    secret: SecretStr = SecretStr("")
    tier: str | None = None
    operations: str | None = None


def load_settings(
    *,
    url: str | None = None,
    key: str | None = None,
    secret: str | None = None,
    tier: str | None = None,
) -> Settings:
    """Read the settings from arguments, then from the environment.

    Parameters
    ----------
    url, key, secret, tier : str, optional
        Each wins over its ``JTNET_RECON_…`` variable.

    Returns
    -------
    Settings
        Complete and checked; key and secret are masked when printed.

    Raises
    ------
    ConfigError
        If the key or the secret is missing, a ``JTNET_RECON_…`` variable is unknown, or the
        address or the tier is not allowed.
    """
    _refuse_unknown(os.environ)
    given = {"url": url, "key": key, "secret": secret, "tier": tier}
    settings = _read({name: text for name, text in given.items() if text is not None})
    missing = [name for name in _REQUIRED if not getattr(settings, name).get_secret_value()]
    if missing:
        raise _missing(missing)
    check_url(settings.url)
    check_tier(settings.tier)
    return settings


def _read(given: dict[str, Any]) -> Settings:
    """Let pydantic read the rest; its own error could print what it read."""
    try:
        return Settings(**given)
    except ValidationError as error:
        names = ", ".join(sorted({str(part["loc"][0]) for part in error.errors()}))
    message = f"A setting cannot be read: {names}."
    raise ConfigError(message, hint=_HINT, hint_ko=_HINT_KO)


def _refuse_unknown(environment: Any) -> None:
    """Name a mistyped variable: ignored, it would be a setting that does nothing."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.6)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
            message = f"The environment variable {name} is no setting of jtnet_recon."
            raise ConfigError(
                message,
                hint=hint,
                hint_ko=f"알 수 없는 환경변수입니다. 사용할 수 있는 이름: {', '.join(known)}",
            )


_HINT = f"Set {PREFIX}KEY and {PREFIX}SECRET, or give key= and secret=."
_HINT_KO = f"환경변수 {PREFIX}KEY, {PREFIX}SECRET 를 설정하거나 key=, secret= 을 지정하세요."


def _missing(names: list[str]) -> ConfigError:
    """Say what is missing and where the console shows it."""
    what = " and ".join(_WHAT[name][0] for name in names)
    what_ko = ", ".join(_WHAT[name][1] for name in names)
    variables = " and ".join(f"{PREFIX}{name.upper()}" for name in names)
    arguments = " and ".join(f"{name}=" for name in names)
    return ConfigError(
        f"The {what} of the i'mport account is missing.",
        hint=f"Set {variables}, or give {arguments}. The i'mport (PortOne) admin console shows "
        "them. Without an account: jtnet-recon demo.",
        hint_ko=f"{what_ko}가 없습니다. {variables} 를 설정하세요. 포트원 관리자콘솔에서 확인할 수 "
        "있습니다. 계정이 없으면 jtnet-recon demo 를 실행해 보세요.",
    )
