"""Settings: the one reader of TOML and of the environment.

Secrets come from the environment, from a file ``.env`` that others cannot read, or from the system
keyring; never from a file of settings.
"""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from jtnet_recon.client.address import DEFAULT_URL, check_tier, check_url
from jtnet_recon.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "JTNET_RECON_"

_REQUIRED = ("key", "secret")
KEYRING_SERVICE = "jtnet_recon"
"""Under this name the system keyring is asked."""

_FILE_BYTES_MAX = 1 << 20
_OTHERS = stat.S_IRWXO
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


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets are looked for: the environment, a file ``.env``, the system keyring.

    Parameters
    ----------
    env_file : Path, optional
        The file that was read, if there is one.
    kept : dict
        What it holds; never printed.
    """

    env_file: Path | None = None
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)

    def find(self, name: str) -> str | None:
        """Look a secret up by the name of its variable.

        Parameters
        ----------
        name : str
            Such as ``JTNET_RECON_SECRET``.

        Returns
        -------
        str or None
            The first that is there and not empty.
        """
        return os.environ.get(name) or self.kept.get(name) or _in_keyring(name)


def read_secrets(env_file: str | os.PathLike[str] | None = None) -> Secrets:
    """Open the places of secrets.

    Parameters
    ----------
    env_file : path, optional
        A file of lines ``NAME=value``; it need not exist.

    Returns
    -------
    Secrets
        Nothing of it is printed.

    Raises
    ------
    ConfigError
        If the file can be read by other users of the machine, or holds an unknown setting.
    """
    if env_file is None or not Path(env_file).exists():
        return Secrets()
    path = Path(env_file)
    _refuse_open(path)
    from dotenv import dotenv_values

    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        # The error quotes the bytes, which are secrets.
        raise ConfigError(
            message=f"{path.name} is not UTF-8.",
            hint="Save it as UTF-8.",
            hint_ko=f"{path.name} 파일을 UTF-8로 저장하세요.",
        ) from None
    _refuse_unknown(found, f"The line {{name}} of {path.name}")
    return Secrets(path, {name: value for name, value in found.items() if value})


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a file of settings.

    Parameters
    ----------
    path : path
        TOML, UTF-8.

    Returns
    -------
    dict
        As it stands.

    Raises
    ------
    ConfigError
        If there is no such file, or it is no TOML; the line is named, never its content.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _FILE_BYTES_MAX:
            raise _no_toml(file, "it is larger than settings are")
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        # The error quotes the bytes; the place alone is said.
        raise _no_toml(file, "it is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(file, str(error)) from error
    except OSError as error:
        raise ConfigError(
            message=f"{file.name} cannot be read: {error.strerror}.",
            hint="Write the jobs into it (README, 'Every night, by itself'), or name the file "
            "with --config.",
            hint_ko="작업을 적은 설정 파일이 필요합니다. --config 로 파일을 지정할 수 있습니다.",
        ) from error


def load_settings(
    *,
    url: str | None = None,
    key: str | None = None,
    secret: str | None = None,
    tier: str | None = None,
    secrets: Secrets | None = None,
) -> Settings:
    """Read the settings from arguments, then from the environment.

    Parameters
    ----------
    url, key, secret, tier : str, optional
        Each wins over its ``JTNET_RECON_…`` variable.
    secrets : Secrets, optional
        Where else to look; without it in the system keyring only, for key and secret.

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
    _refuse_unknown(os.environ, "The environment variable {name}")
    given = {"url": url, "key": key, "secret": secret, "tier": tier}
    known = {name: text for name, text in given.items() if text is not None}
    settings = _read(_elsewhere(secrets or Secrets(), set(known)) | known)
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


def _elsewhere(secrets: Secrets, given: set[str]) -> dict[str, str]:
    """Find what neither an argument nor the environment says."""
    variables = {n: f"{PREFIX}{n.upper()}" for n in Settings.model_fields if n not in given}
    missing = {name: text for name, text in variables.items() if not os.environ.get(text)}
    kept = {name: secrets.kept.get(variable) for name, variable in missing.items()}
    asked = {name: _in_keyring(missing[name]) for name in _REQUIRED if name in missing}
    return {name: text for name in missing if (text := kept[name] or asked.get(name))}


def _in_keyring(name: str) -> str | None:
    """Ask the system keyring, where the package ``keyring`` is installed and finds one."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(KEYRING_SERVICE, name)
    except keyring.errors.KeyringError:
        # On a server there is none, or it is locked: the secret is then said to be missing.
        return None
    return found


def _refuse_open(path: Path) -> None:
    """Refuse a file of secrets that every user of the machine can read."""
    if os.name != "posix" or not path.stat().st_mode & _OTHERS:
        return
    raise ConfigError(
        message=f"{path.name} holds secrets, and every user of this machine can open it.",
        hint=f"chmod 600 {path.name}",
        hint_ko=f"다른 사용자가 읽을 수 있습니다. chmod 600 {path.name} 을 실행하세요.",
    )


def _no_toml(file: Path, reason: str) -> ConfigError:
    return ConfigError(
        message=f"{file.name} is no TOML: {reason}.",
        hint="Check the line: texts stand in quotes, tables in [brackets].",
        hint_ko="설정 파일의 형식을 확인하세요. 글자는 따옴표로, 표 이름은 [대괄호]로 씁니다.",
    )


def _refuse_unknown(names: Iterable[str], where: str) -> None:
    """Name a mistyped variable: ignored, it would be a setting that does nothing."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigError(
                message=f"{where.format(name=name)} is no setting of jtnet_recon.",
                hint=nearest_hint(name.upper(), known),
                hint_ko=f"알 수 없는 환경변수입니다. 사용할 수 있는 이름: {', '.join(known)}",
            )


def nearest_hint(name: str, known: Iterable[str]) -> str:
    """Suggest what a mistyped name may have meant.

    Parameters
    ----------
    name : str
        As it was written.
    known : iterable of str
        What there is.

    Returns
    -------
    str
        A sentence.
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else f"Known are {', '.join(names)}."


_HINT = f"Set {PREFIX}KEY and {PREFIX}SECRET, or give key= and secret=."
_HINT_KO = f"환경변수 {PREFIX}KEY, {PREFIX}SECRET 를 설정하거나 key=, secret= 을 지정하세요."


def _missing(names: list[str]) -> ConfigError:
    """Say what is missing and where the console shows it."""
    what = " and ".join(_WHAT[name][0] for name in names)
    what_ko = "와 ".join(_WHAT[name][1] for name in names)
    named = [f"{PREFIX}{name.upper()}" for name in names]
    variables, variables_ko = " and ".join(named), ", ".join(named)
    arguments = " and ".join(f"{name}=" for name in names)
    return ConfigError(
        f"The {what} of the i'mport account {'is' if len(names) == 1 else 'are'} missing.",
        hint=f"Set {variables}, or give {arguments}. The i'mport (PortOne) admin console shows "
        "them. Without an account: jtnet-recon demo.",
        hint_ko=f"아임포트 {what_ko} 값이 없습니다. 환경변수 {variables_ko} 값을 설정하세요. 값은 포트원 "
        "관리자콘솔에서 확인할 수 있습니다. 계정이 없으면 jtnet-recon demo 를 실행해 보세요.",
    )
