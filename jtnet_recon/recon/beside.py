"""A second thread with a connection of its own: half of what a comparison asks can wait there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from jtnet_recon.recon.sources import Side

P = ParamSpec("P")
T = TypeVar("T")


class Beside:
    """Runs one thing at a time beside the comparison.

    Parameters
    ----------
    executor : ThreadPoolExecutor
        Of one thread.
    connection : DuckDBPyConnection
        The comparison's own.
    twin : DuckDBPyConnection or None
        Another one that sees the same inputs; None where they are views of files.
    """

    def __init__(
        self,
        executor: ThreadPoolExecutor,
        connection: duckdb.DuckDBPyConnection,
        twin: duckdb.DuckDBPyConnection | None,
    ) -> None:
        self._executor = executor
        self._connection = connection
        self._twin = twin

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Run what needs no engine.

        Parameters
        ----------
        function : callable
            What to run.
        *args, **kwargs : object
            Its arguments.

        Returns
        -------
        callable
            Waits for it and gives what it gave.
        """
        return self._executor.submit(function, *args, **kwargs).result

    def ask(
        self,
        function: Callable[Concatenate[duckdb.DuckDBPyConnection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Callable[[], T]:
        """Run what asks the engine about the inputs: at once where there is no second connection.

        Parameters
        ----------
        function : callable
            Takes a connection first.
        *args, **kwargs : object
            Its other arguments.

        Returns
        -------
        callable
            Waits for it and gives what it gave.
        """
        if self._twin is not None:
            return self._executor.submit(function, self._twin, *args, **kwargs).result
        done = function(self._connection, *args, **kwargs)
        return lambda: done


@contextmanager
def beside(connection: duckdb.DuckDBPyConnection, *sides: Side) -> Iterator[Beside]:
    """Open a second thread for one comparison.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the sides' views.
    *sides : Side
        The inputs.

    Yields
    ------
    Beside
        To be used inside the block only.
    """
    flats: list[tuple[str, Any]] = [(side.view, side.flat) for side in sides]
    with ThreadPoolExecutor(max_workers=1) as executor:
        if any(flat is None for _, flat in flats):
            yield Beside(executor, connection, None)
            return
        with connection.cursor() as twin:
            for view, flat in flats:
                twin.register(view, flat)
            try:
                yield Beside(executor, connection, twin)
            finally:
                executor.shutdown(wait=True)
