"""Where jobs are set up: the file, its folder, and the places of its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jtnet_recon.config import KEYRING_SERVICE, Secrets, read_secrets
from jtnet_recon.errors import ConfigError
from jtnet_recon.jobs.definition import Desk, read_desk
from jtnet_recon.jobs.placeholders import fill
from jtnet_recon.jobs.refusals import REFERENCE

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import date

ENV_FILE = ".env"


@dataclass(frozen=True, slots=True)
class Setup:
    """A file of jobs, read.

    Parameters
    ----------
    folder : Path
        Of the file; paths in the file are relative to it, wherever the schedule starts us.
    desk : Desk
        What the file says.
    secrets : Secrets
        Where its secrets are.
    """

    folder: Path
    desk: Desk
    secrets: Secrets

    @property
    def store(self) -> Path:
        """The folder of the store."""
        return self.folder / self.desk.store

    def path(self, template: str, values: Mapping[str, str | date]) -> Path:
        """Give a path of the file for one run.

        Parameters
        ----------
        template : str
            With placeholders.
        values : mapping
            Of :func:`jtnet_recon.jobs.placeholders.values_of`.

        Returns
        -------
        Path
            Absolute.
        """
        return self.folder / fill(template, values)

    def revealed(self, text: str) -> str:
        """Put secrets where their variables are named; never to be printed.

        Parameters
        ----------
        text : str
            Such as ``${BOOKS_URL}`` or ``postgresql://reader:${BOOKS_PASSWORD}@books/sales``.

        Returns
        -------
        str
            Inside an address a secret is quoted as addresses need it.

        Raises
        ------
        ConfigError
            If a variable is nowhere to be found.
        """
        whole = REFERENCE.fullmatch(text)
        if whole is not None:
            return self._secret(whole[1])
        return REFERENCE.sub(lambda match: quote(self._secret(match[1]), safe=""), text)

    def _secret(self, name: str) -> str:
        found = self.secrets.find(name)
        if found is None:
            raise ConfigError(
                message=f"{name} is named in the file of the jobs, and is nowhere to be found.",
                hint=f"Set it in the environment, in {ENV_FILE} beside the file (chmod 600), or "
                f"in the system keyring: keyring set {KEYRING_SERVICE} {name}.",
                hint_ko=f"환경변수, {ENV_FILE} 파일, 또는 시스템 키링에 {name} 을(를) 설정하세요.",
            )
        return found


def read_setup(path: str | os.PathLike[str]) -> Setup:
    """Read a file of jobs.

    Parameters
    ----------
    path : path
        ``recon.toml``.

    Returns
    -------
    Setup
        Checked; no secret has been looked up yet.

    Raises
    ------
    ConfigError
        If anything in it, or beside it in ``.env``, is wrong.
    """
    file = Path(path).absolute()
    desk = read_desk(file)
    return Setup(file.parent, desk, read_secrets(file.parent / ENV_FILE))
