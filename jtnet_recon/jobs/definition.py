"""``recon.toml``: what a job is, declared once; a name that is not declared is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from jtnet_recon.client.address import check_tier, check_url, is_loopback
from jtnet_recon.config import nearest_hint, read_toml
from jtnet_recon.errors import ConfigError
from jtnet_recon.jobs import days, placeholders
from jtnet_recon.jobs.refusals import REFERENCE, refusal, refuse_secrets

OUTPUTS = (".xlsx", ".html", ".parquet")
_OWN_PARAMETERS = {"store", "run_id", "lang"}


def _said(check: Any) -> Any:
    """Let a check of ours speak through pydantic, which knows the place."""

    def checked(value: Any) -> Any:
        try:
            check(value)
        except ConfigError as error:
            message = " ".join(part for part in (error.message, error.hint) if part)
            raise ValueError(message) from error
        return value

    return checked


def _as_table(name: str) -> BeforeValidator:
    """Let a text stand for a table with one setting."""
    return BeforeValidator(lambda value: {name: value} if isinstance(value, str) else value)


def _listed(value: Any) -> Any:
    """Let one thing stand for a list of it; TOML's lists become tuples."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, (str, dict)) else value


def _check_period(word: str) -> None:
    if word not in days.WORDS:
        try:
            days.period_on(word, days.today())
        except ConfigError as error:
            words = ", ".join(days.WORDS)
            raise ConfigError(
                error.message,
                hint=f"{error.hint} Or one of {words}.",
                hint_ko=f"{error.hint_ko} 또는 다음 중 하나: {words}",
            ) from error


def _check_output(template: str) -> None:
    placeholders.check(template)
    if Path(template).suffix.lower() not in OUTPUTS:
        message = f"Outputs end in {', '.join(OUTPUTS)}; {template!r} does not."
        raise ConfigError(message)


def _check_reference(text: str) -> None:
    if REFERENCE.fullmatch(text) is None:
        # Whoever knows such an address can post to it: it is a secret, so it is not quoted.
        message = "The address has to come from a variable."
        raise ConfigError(
            message,
            hint='Write "${DESK_WEBHOOK}".',
            hint_ko='"${DESK_WEBHOOK}"처럼 환경 변수로 쓰세요.',
        )


Template = Annotated[str, AfterValidator(_said(placeholders.check))]
Output = Annotated[str, AfterValidator(_said(_check_output))]
PeriodWord = Annotated[str, AfterValidator(_said(_check_period))]
Address = Annotated[str, AfterValidator(_said(check_url))]
Tier = Annotated[str, AfterValidator(_said(check_tier))]
Reference = Annotated[str, AfterValidator(_said(_check_reference))]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Declared(BaseModel):
    """A table of the file: strict, closed, and frozen once read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Payments(Declared):
    """Where a job's payments come from: the API, or a file of ``jtnet-recon pull``.

    ``verify``: whether orders that only the ledger has are looked up; left out, only of the API.
    """

    file: Template | None = None
    url: Address | None = None
    tier: Tier | None = None
    basis: Literal["paid", "events"] = "paid"
    verify: bool | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.file is not None and (self.url is not None or self.tier is not None):
            message = "a file has neither url nor tier; leave out file to read the API"
            raise ValueError(message)
        return self


class Books(Declared):
    """Where a job's ledger comes from: a file whose name may hold the day, or a query."""

    file: Template | None = None
    url: str | None = None
    query: Template | None = None
    columns: dict[str, str | Annotated[list[str], Field()]] | None = None
    sheet: str | None = None
    header_row: int | None = None
    currency: str = "KRW"
    encoding: str | None = None
    allow_empty: bool = False
    check_total: bool = True
    only_period: bool = True

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (self.url is None):
            message = "a ledger is a file, or a url with a query"
            raise ValueError(message)
        if (self.url is None) != (self.query is None):
            message = "url and query belong together"
            raise ValueError(message)
        return self


class Allowed(Declared):
    """Tolerances of the rule, as of ``jr.Tolerance``."""

    amount: int = Field(default=0, ge=0)
    days: int = Field(default=0, ge=0)
    minutes: int = Field(default=0, ge=0)
    midnight_minutes: int = Field(default=10, ge=0)
    budget: int | None = Field(default=None, ge=0)


class Spelling(Declared):
    """What counts for nothing in an order id, as of ``jr.Normaliser``."""

    suffixes: Texts = ()
    case: bool = True
    blanks: bool = True
    width: bool = True


class RuleOf(Declared):
    """The rule of a job: one of ours, with what may be changed in it."""

    name: Literal["payments", "transactions"] = "payments"
    tolerance: Allowed = Allowed()
    normalise: Spelling | None = None
    mids: Texts | None = None
    double_minutes: int = Field(default=10, ge=0)


class Notice(Declared):
    """Who is told about a run: a webhook, or people by e-mail."""

    webhook: Reference | None = None
    shape: Literal["json", "slack"] = "json"
    mail: Texts = ()
    when: Literal["always", "breaks", "failure"] = "always"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.webhook is None) == (not self.mail):
            message = "a notification has either a webhook or mail"
            raise ValueError(message)
        return self


class Notebook(Declared):
    """A notebook that is run after the reports, with this run's files as parameters."""

    path: Template
    output: Template
    parameters: dict[str, str | int | bool] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_notebook(self) -> Self:
        if not (self.path.endswith(".ipynb") and self.output.endswith(".ipynb")):
            message = "path and output end in .ipynb"
            raise ValueError(message)
        if _OWN_PARAMETERS & self.parameters.keys():
            message = f"{', '.join(sorted(_OWN_PARAMETERS))} are parameters that the run gives"
            raise ValueError(message)
        return self


class Mail(Declared):
    """The server that e-mails go through."""

    host: str
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    user: str | None = None
    password: Reference | None = None
    timeout_s: float = Field(default=30.0, gt=0, le=300)

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.security == "none" and not is_loopback(self.host):
            message = 'security = "none" is for a server on this machine only'
            raise ValueError(message)
        if (self.user is None) != (self.password is None):
            message = "user and password belong together"
            raise ValueError(message)
        return self


class Job(Declared):
    """One job: two sides, a rule, and what becomes of the result.

    ``roll_forward``: whether the open items of the run before are carried into this one.
    """

    period: PeriodWord
    ledger: Annotated[Books, _as_table("file")]
    outputs: Annotated[tuple[Output, ...], BeforeValidator(_listed), Field(min_length=1)]
    payments: Annotated[Payments, _as_table("file")] = Payments()
    rule: Annotated[RuleOf, _as_table("name")] = RuleOf()
    lang: Literal["en", "ko"] = "en"
    unmask: bool = False
    every: Literal["day", "month", "never"] | None = None
    due_day: int = Field(default=1, ge=1, le=28)
    roll_forward: bool = False
    notify: Annotated[tuple[Notice, ...], BeforeValidator(_listed)] = ()
    notebook: Notebook | None = None

    @property
    def cadence(self) -> days.Every:
        """How often the job is due: as said, or as its period suggests."""
        return self.every or days.every_of(self.period)


class Desk(Declared):
    """The whole file."""

    store: str = "store"
    jobs: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$")], Job]
    mail: Mail | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _refuse_shared_outputs(self.jobs)
        if self.mail is None and any(n.mail for job in self.jobs.values() for n in job.notify):
            message = "a job notifies by mail, but no server is named in [mail]"
            raise ValueError(message)
        return self

    def job(self, name: str) -> Job:
        """Return a job.

        Parameters
        ----------
        name : str
            As in ``[jobs.daily]``.

        Returns
        -------
        Job
            Its declaration.

        Raises
        ------
        ConfigError
            If there is none of that name.
        """
        if name not in self.jobs:
            raise ConfigError(
                message=f"There is no job {name!r}.",
                hint=nearest_hint(name, self.jobs),
                hint_ko=f"등록된 작업: {', '.join(self.jobs)}",
            )
        return self.jobs[name]


def read_desk(path: str | Path) -> Desk:
    """Read the file of the jobs.

    Parameters
    ----------
    path : path
        ``recon.toml``; paths in it are relative to its folder.

    Returns
    -------
    Desk
        Complete and checked.

    Raises
    ------
    ConfigError
        If it is not there, is no TOML, holds a secret or an unknown setting.
    """
    data, name = read_toml(path), Path(path).name
    refuse_secrets(data, name)
    try:
        return Desk.model_validate(data)
    except ValidationError as error:
        # Not chained: pydantic's own words may quote what stands in the file.
        raise refusal(error, name, Desk) from None


def _refuse_shared_outputs(jobs: dict[str, Job]) -> None:
    """Refuse two outputs that would be one file: the later would replace the earlier."""
    taken: dict[str, str] = {}
    for name, job in jobs.items():
        outputs = [*job.outputs, *([job.notebook.output] if job.notebook else [])]
        for output in outputs:
            pattern = placeholders.pattern_of(output).replace("{job}", name)
            if pattern in taken:
                message = f"{name} and {taken[pattern]} write the same file, {output}; use {{job}}"
                raise ValueError(message)
            taken[pattern] = name
