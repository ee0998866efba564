"""What can go wrong, as one tree.

ReconError                    every error of this package
├── ConfigError               a setting or an argument is missing, unknown or impossible
├── TableError                a file, a query or a frame cannot be taken as it is
├── StoreError                the store is locked, foreign or of a newer format
├── PullIncomplete            the API could not be read to the end
└── ApiError                  method and path; never the token, the secret or a card
    ├── ApiConnectionError    no whole answer after the retries
    ├── ApiStatusError        HTTP 400 and up
    │   └── ApiAuthError      the key, the secret or the token is refused
    ├── ApiCodeError          HTTP 200 with code != 0
    └── ApiShapeError         the answer is not what the document says

Findings are never errors: a break is a row of a result.
"""

from __future__ import annotations

from typing import Any


class ReconError(Exception):
    """Base of every error that this package raises on purpose.

    Parameters
    ----------
    message : str
        What is wrong and where.
    hint : str, optional
        What to do next.
    hint_ko : str, optional
        The same in Korean.
    """

    code = "JR-ERROR"

    def __init__(self, message: str, *, hint: str = "", hint_ko: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.hint_ko = hint_ko

    def __str__(self) -> str:
        """Give the message, then the hints on lines of their own."""
        return "\n".join(text for text in (self.message, self.hint, self.hint_ko) if text)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain data, for logs and schedulers.

        Returns
        -------
        dict
            ``code``, ``error``, ``message``, ``hint``, ``hint_ko`` and the error's own fields.
        """
        own = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {"code": self.code, "error": type(self).__name__, **own}


class ConfigError(ReconError):
    """A setting or an argument is missing, unknown or impossible."""

    code = "JR-CONFIG"


class TableError(ReconError):
    """A file, a query or a frame cannot be taken as it is.

    Parameters
    ----------
    message : str
        What is wrong, in words that need no other field to be understood.
    file, sheet : str, optional
        Where it was seen.
    row : int, optional
        The row as the spreadsheet numbers it, 1 being the first.
    column, value : str, optional
        The cell; ``value`` is masked by the caller when it may be personal.
    hint, hint_ko : str, optional
        What to write instead.
    """

    code = "JR-TABLE"

    def __init__(  # noqa: PLR0913 - each place a table can be wrong at is a field of its own
        self,
        message: str,
        *,
        file: str | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        hint: str = "",
        hint_ko: str = "",
    ) -> None:
        super().__init__(message, hint=hint, hint_ko=hint_ko)
        self.file = file
        self.sheet = sheet
        self.row = row
        self.column = column
        self.value = value


class StoreError(ReconError):
    """The store is locked, foreign or of a newer format."""

    code = "JR-STORE"


class PullIncomplete(ReconError):  # noqa: N818 - it names a state that reports also print
    """The API could not be read to the end.

    Parameters
    ----------
    message : str
        What is missing.
    certificate : dict
        The pull's certificate so far, verdict INCOMPLETE.
    hint, hint_ko : str, optional
        How to go on.
    """

    code = "JR-PULL"

    def __init__(
        self, message: str, *, certificate: dict[str, Any], hint: str = "", hint_ko: str = ""
    ) -> None:
        super().__init__(message, hint=hint, hint_ko=hint_ko)
        self.certificate = certificate


class ApiError(ReconError):
    """A call of the i'mport API failed.

    Parameters
    ----------
    message : str
        What happened.
    method, path : str
        The call, without query, token or secret.
    hint, hint_ko : str, optional
        What to do next.
    """

    code = "JR-API"

    def __init__(
        self, message: str, *, method: str, path: str, hint: str = "", hint_ko: str = ""
    ) -> None:
        super().__init__(f"{method} {path}: {message}", hint=hint, hint_ko=hint_ko)
        self.method = method
        self.path = path


class ApiConnectionError(ApiError):
    """No whole answer arrived, whatever was tried."""

    code = "JR-API-CONNECTION"


class ApiStatusError(ApiError):
    """The API answered with HTTP 400 or above.

    Parameters
    ----------
    message : str
        What the server said.
    method, path : str
        The call.
    status : int
        The HTTP status.
    hint, hint_ko : str, optional
        What to do next.
    """

    code = "JR-API-STATUS"

    def __init__(  # noqa: PLR0913 - the base's fields and the status
        self,
        message: str,
        *,
        method: str,
        path: str,
        status: int,
        hint: str = "",
        hint_ko: str = "",
    ) -> None:
        super().__init__(message, method=method, path=path, hint=hint, hint_ko=hint_ko)
        self.status = status


class ApiAuthError(ApiStatusError):
    """The key, the secret or the token is refused."""

    code = "JR-API-AUTH"


class ApiCodeError(ApiError):
    """The API answered HTTP 200 with ``code`` other than 0: a refusal in words.

    Parameters
    ----------
    message : str
        What the server said.
    method, path : str
        The call.
    api_code : int
        The envelope's ``code``.
    hint, hint_ko : str, optional
        What to do next.
    """

    code = "JR-API-CODE"

    def __init__(  # noqa: PLR0913 - the base's fields and the code
        self,
        message: str,
        *,
        method: str,
        path: str,
        api_code: int,
        hint: str = "",
        hint_ko: str = "",
    ) -> None:
        super().__init__(message, method=method, path=path, hint=hint, hint_ko=hint_ko)
        self.api_code = api_code


class ApiShapeError(ApiError):
    """The answer is not what the document says."""

    code = "JR-API-SHAPE"
