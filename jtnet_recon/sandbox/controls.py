"""Lets a person, or a test in another language, work the sandbox over HTTP.

=====================  ==================================================================
``/sandbox/faults``    GET tells, POST sets (``{"faults": ["cut"], "seed": 3}``), DELETE ends
``/sandbox/recovery``  GET tells, POST turns it on (``{"hour": 9}``), DELETE off
``/sandbox/clock``     GET tells, POST puts it forward (``{"advance_s": 86400}``, ``{"now_s": …}``)
=====================  ==================================================================

Each takes the header ``X-Sandbox-Secret`` with the API secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.sandbox import replies
from jtnet_recon.sandbox.faults import fault_tool
from jtnet_recon.sandbox.replies import Reply, failure, success
from jtnet_recon.sandbox.shelf import as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jtnet_recon.sandbox.account import Call
    from jtnet_recon.sandbox.agenda import Agenda
    from jtnet_recon.sandbox.faults import FaultDesk
    from jtnet_recon.sandbox.recovery import Recovery

    Form = Mapping[str, Any]
    # By HTTP method; each gives the state as it is then.
    Tool = Mapping[str, Callable[[Form], dict[str, Any]]]

HEADER = "x-sandbox-secret"


def controls_of(secret: str, faults: FaultDesk, agenda: Agenda, recovery: Recovery) -> Controls:
    """Gather all tools of a sandbox."""
    tools = {
        "faults": fault_tool(faults),
        "recovery": recovery_tool(recovery),
        "clock": clock_tool(agenda),
    }
    return Controls(secret, tools)


class Controls:
    """The tools of one sandbox, by the last word of their path."""

    def __init__(self, secret: str, tools: Mapping[str, Tool]) -> None:
        self._secret = secret
        self._tools = tools

    def answer(self, call: Call) -> Reply | None:
        """Answer what belongs to a tool; None for every other path."""
        head, *rest = [*call.segments, ""]
        if head != "sandbox" or len(call.segments) != 2 or rest[0] not in self._tools:  # noqa: PLR2004 - sandbox, tool
            return None
        if call.headers.get(HEADER) != self._secret:
            return failure(401, replies.UNAUTHORIZED)
        tool = self._tools[rest[0]]
        if call.method not in tool:
            refused = failure(405, replies.WRONG_METHOD)
            return Reply(refused.status, refused.body, {"Allow": ", ".join(tool)})
        try:
            return success(as_json(tool[call.method](call.form)))
        except (TypeError, ValueError) as error:
            return failure(400, str(error), code=1)


def recovery_tool(recovery: Recovery) -> Tool:
    """Make the tool of the recovery switch."""

    def told(hour: Any) -> dict[str, Any]:
        if hour is not recovery.hour:
            recovery.switch(hour)
        return {"hour": recovery.hour}

    return {
        "GET": lambda _form: told(recovery.hour),
        "POST": lambda form: told(_only(form, "hour")),
        "DELETE": lambda _form: told(None),
    }


def clock_tool(agenda: Agenda) -> Tool:
    """Make the tool of the clock."""

    def put(form: Form) -> dict[str, Any]:
        if "now_s" in form:
            agenda.set_time(_seconds(_only(form, "now_s"), "now_s"))
        else:
            agenda.advance(_seconds(_only(form, "advance_s"), "advance_s"))
        return {"now_s": agenda.now_s()}

    return {"GET": lambda _form: {"now_s": agenda.now_s()}, "POST": put}


def _only(form: Form, name: str) -> Any:
    """Give the one field that may be sent."""
    if set(form) != {name}:
        message = (
            f"Sandbox: send {name} and nothing else, not {', '.join(sorted(form)) or 'nothing'}"
        )
        raise ValueError(message)
    return form[name]


def _seconds(value: Any, name: str) -> int:
    if type(value) is not int:
        message = f"Sandbox: {name}={value!r} must be whole seconds"
        raise ValueError(message)
    return value
