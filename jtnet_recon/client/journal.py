"""The pull's journal: windows that are settled, kept until the pull has ended.

A pull that dies is resumed with the same journal: windows that two walks had agreed on are not
walked again. They stay true: a payment that changes moves to a newer window, which is walked
afterwards, and what comes back to an old one shows in its total, which is asked once more at the
end of every pull. The certificate says of each such window when it was walked.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from jtnet_recon.version import __version__

if TYPE_CHECKING:
    from jtnet_recon.client.certificate import Certificate, WindowRecord

Journal = MutableMapping[str, bytes]
"""Where settled windows are kept: ``store.journal()``, or a dict while the process lives."""

AGE_MAX_S = 86_400
"""A window that was walked longer ago, in seconds of the server's time, is walked again."""

_KEY = b"jtnet_recon"
_COUNTS = ("walks", "pages", "rows", "distinct", "total_first", "total_last", "agreed")


def recall(journal: Journal, certificate: Certificate, record: WindowRecord) -> pa.Table | None:
    """Look a window up; one that was kept for long, or cannot be read, is as good as none.

    Parameters
    ----------
    journal : MutableMapping of str to bytes
        Of an earlier pull that has not ended.
    certificate : Certificate
        Says whose payments are pulled, and when.
    record : WindowRecord
        Says which window; takes down what was seen of it.

    Returns
    -------
    pyarrow.Table or None
        The window's rows.
    """
    try:
        table = pa.ipc.open_file(journal[_key(certificate, record)]).read_all()
        facts = json.loads(table.schema.metadata[_KEY])
        age_s = certificate.started_s - int(facts["walked_s"])
    except (KeyError, TypeError, ValueError, OSError, pa.ArrowException):
        return None
    if not 0 <= age_s <= AGE_MAX_S:
        return None
    for name in _COUNTS:
        setattr(record, name, facts[name])
    record.kept_s = int(facts["walked_s"])
    return table


def note(
    journal: Journal, certificate: Certificate, record: WindowRecord, tables: list[pa.Table]
) -> None:
    """Keep a window that is closed and settled.

    Parameters
    ----------
    journal : MutableMapping of str to bytes
        Where to.
    certificate : Certificate
        Says whose payments are pulled, and when.
    record : WindowRecord
        What was seen of the window.
    tables : list of pyarrow.Table
        The pages of its last walk.
    """
    if record.is_open or record.agreed is None:
        return
    facts: dict[str, Any] = {name: getattr(record, name) for name in _COUNTS}
    facts["walked_s"] = certificate.started_s
    table = pa.concat_tables(tables, promote_options="permissive")
    schema = table.schema.with_metadata({_KEY: json.dumps(facts).encode()})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(sink, schema, options=options) as writer:
        writer.write_table(table.replace_schema_metadata(schema.metadata))
    journal[_key(certificate, record)] = sink.getvalue().to_pybytes()


def forget(journal: Journal, certificate: Certificate) -> None:
    """Remove the windows of a pull that has ended: the next one walks all of them.

    Parameters
    ----------
    journal : MutableMapping of str to bytes
        Where they are.
    certificate : Certificate
        Of the pull.
    """
    for record in certificate.windows:
        journal.pop(_key(certificate, record), None)


def _key(certificate: Certificate, record: WindowRecord) -> str:
    """Name a window of an account; another version may read other columns."""
    window = record.window
    who = (certificate.host, certificate.merchant, certificate.tier)
    return json.dumps([__version__, *who, window.start_s, window.end_s])
