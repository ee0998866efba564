"""The reports of a run: all are written before one gets its name."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from jtnet_recon.atomic import atomic_path
from jtnet_recon.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jtnet_recon.desk import Reconciliation
    from jtnet_recon.jobs.definition import Job


def prepare(targets: list[Path]) -> None:
    """Make the folders of the reports.

    Parameters
    ----------
    targets : list of Path
        Where reports go.

    Raises
    ------
    StoreError
        If a folder cannot be made.
    """
    for target in targets:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                message=f"The folder of {target.name} cannot be made: {error.strerror}.",
                hint="Name a folder that this user may write to.",
                hint_ko="이 사용자가 쓸 수 있는 폴더를 지정하세요.",
            ) from error


@contextmanager
def written(result: Reconciliation, job: Job, targets: list[Path]) -> Iterator[dict[str, str]]:
    """Write every report beside its place; they get their names when the block ends well.

    Parameters
    ----------
    result : Reconciliation
        What is reported.
    job : Job
        Language and masks.
    targets : list of Path
        Reports, by their suffix.

    Yields
    ------
    dict of str to str
        Name of each report and the SHA-256 of its bytes.

    Raises
    ------
    StoreError
        If a report cannot be written.
    """
    with ExitStack() as stack:
        temporaries = [stack.enter_context(atomic_path(target)) for target in targets]
        for temporary in temporaries:
            _write(result, job, temporary)
        yield {
            target.name: hashlib.sha256(temporary.read_bytes()).hexdigest()
            for target, temporary in zip(targets, temporaries, strict=True)
        }


def _write(result: Reconciliation, job: Job, path: Path) -> None:
    """Write one report as what its suffix says."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        _write_items(result, path)
    elif suffix == ".html":
        result.to_html(path, lang=job.lang, unmask=job.unmask)
    else:
        result.to_excel(path, lang=job.lang, unmask=job.unmask)


def _write_items(result: Reconciliation, path: Path) -> None:
    """Write every item, in an order that follows from the items alone."""
    import pyarrow.parquet as pq

    items = result.item_source.table()
    # The engine works in threads: without an order the same items would be other bytes each time.
    order = [(name, "ascending") for name in items.column_names]
    pq.write_table(items.sort_by(order).combine_chunks(), path, compression="zstd")
