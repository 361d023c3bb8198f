"""Open the database of evidence: a SQLite file by the standard library, everything else by SQLAlchemy.

Both take the same statements. The file is what every workspace has, and reading it must cost a mock's start nothing
worth mentioning: SQLAlchemy takes longer to import than such a start takes as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

from beep_mock.errors import EvidenceError

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy.engine import Connection, Engine

__all__ = ["TABLE", "Database", "SqlDatabase", "SqliteFile", "Transaction", "shown_url"]

TABLE: Final = "beep_mock_evidence"

_Result = TypeVar("_Result")
Row = Sequence[Any]

READ_SECONDS: Final = 1.0
"""How long a reader waits for a writer: a mock is about to start."""

WRITE_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 5
_TRIES: Final = 5

_HINTS: Final = {
    "SQLITE_BUSY": "another process is writing to it: try again when that has ended",
    "SQLITE_LOCKED": "another process is writing to it: try again when that has ended",
    "SQLITE_FULL": "nothing was written: make room on the disk, and verify again",
    "SQLITE_READONLY": "allow writing to it, or keep evidence elsewhere (--evidence URL, BEEP_MOCK_EVIDENCE)",
    "SQLITE_CANTOPEN": "is its folder there, and may you write to it? (--evidence URL, BEEP_MOCK_EVIDENCE)",
    "SQLITE_NOTADB": "move it away; the next `beep-mock verify` makes a new one",
    "SQLITE_CORRUPT": "move it away; the next `beep-mock verify` makes a new one",
    "SQLITE_ERROR": "it is a database of something else: move it away, or name another (--evidence URL)",
}


class Transaction(Protocol):
    """Statements with ``:name`` parameters, inside one transaction."""

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the rows of a query."""

    def run(self, statement: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of ``parameters``."""


class Database(Protocol):
    """A place for evidence. Every method raises :class:`EvidenceError` where that place fails."""

    shown: str

    def exists(self) -> bool:
        """Return whether there may be anything to read."""

    def read(self, use: Callable[[Transaction], _Result]) -> _Result:
        """Read with ``use``."""

    def write(self, schema: str, use: Callable[[Transaction], _Result]) -> _Result:
        """Write with ``use``, all of it or nothing; ``schema`` creates the table where it is missing."""


class SqliteFile:
    """A file of SQLite. It is made, with its folder, when it is first written to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown = str(path)

    def exists(self) -> bool:
        """Return whether the file is there, and something was written to it: SQLite makes it empty at first."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    def read(self, use: Callable[[Transaction], _Result]) -> _Result:
        """Read with ``use``; the file cannot be changed by accident."""
        return self._with("ro", READ_SECONDS, lambda connection: use(_SqliteTransaction(connection)))

    def write(self, schema: str, use: Callable[[Transaction], _Result]) -> _Result:
        """Write with ``use``, all of it or nothing."""

        def within(connection: sqlite3.Connection) -> _Result:
            connection.execute("BEGIN IMMEDIATE")  # what is read here is still so when it is written
            try:
                connection.execute(schema)
                result = use(_SqliteTransaction(connection))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has ended it already
                    connection.execute("ROLLBACK")
                raise
            return result

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._fault(error.strerror or str(error), _HINTS["SQLITE_CANTOPEN"]) from error
        return self._with("rwc", WRITE_SECONDS, within)

    def _with(self, mode: str, seconds: float, use: Callable[[sqlite3.Connection], _Result]) -> _Result:
        import sqlite3  # 5 ms, for those who have evidence

        if self.path.is_dir():
            raise self._fault("is a folder", "name a file, e.g. sqlite:///evidence.db")
        # A space or `?` in a path must not end it.
        address = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None)) as connection:
                return use(connection)
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", None) or "SQLITE_ERROR"
            hint = next((hint for known, hint in _HINTS.items() if name.startswith(known)), "")
            raise self._fault(str(error), hint) from error

    def _fault(self, message: str, hint: str) -> EvidenceError:
        return EvidenceError(f"the evidence store cannot be used: {message}", file=self.shown, hint=hint)


class _SqliteTransaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        return self._connection.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        self._connection.executemany(statement, parameters)


class SqlDatabase:
    """Any database that SQLAlchemy knows, by its URL."""

    def __init__(self, url: str) -> None:
        self.shown = shown_url(url)
        try:
            from sqlalchemy import create_engine
            from sqlalchemy.exc import SQLAlchemyError
        except ImportError as error:
            message = f"the evidence store {self.shown} needs SQLAlchemy"
            raise EvidenceError(message, hint="pip install 'beep-mock[evidence]'") from error
        self._error = SQLAlchemyError
        try:
            self._engine: Engine = create_engine(url, connect_args=_bounded(url))
        except ModuleNotFoundError as error:
            message = f"the evidence store {self.shown} needs the driver {error.name}"
            raise EvidenceError(message, hint=f"pip install {error.name}") from error
        except (SQLAlchemyError, ValueError) as error:
            hint = "write it as e.g. postgresql+psycopg://user@host/database, or sqlite:///evidence.db"
            raise EvidenceError(f"{self.shown!r} is not a database address: {_said(error)}", hint=hint) from error

    def exists(self) -> bool:
        """It is asked for: what is not there is a fault."""
        return True

    def read(self, use: Callable[[Transaction], _Result]) -> _Result:
        """Read with ``use``."""
        return self._with(use, "")

    def write(self, schema: str, use: Callable[[Transaction], _Result]) -> _Result:
        """Write with ``use``, all of it or nothing."""
        return self._with(use, schema)

    def _with(self, use: Callable[[Transaction], _Result], schema: str) -> _Result:
        """Use it in one transaction; ``schema`` is empty for readers. Tried again where others wrote meanwhile."""
        from sqlalchemy.exc import IntegrityError, ProgrammingError

        left = _TRIES if schema else 0
        while True:
            try:
                return self._once(use, schema)
            except (IntegrityError, ProgrammingError) as error:  # e.g. somebody has just made the table, or that row
                if not left:
                    raise self._fault(error) from error
                left -= 1
            except self._error as error:
                raise self._fault(error) from error
            finally:
                self._engine.dispose()

    def _once(self, use: Callable[[Transaction], _Result], schema: str) -> _Result:
        from sqlalchemy import inspect, text

        with self._engine.begin() as connection:
            if not inspect(connection).has_table(TABLE):
                if not schema:
                    return use(_Empty())
                connection.execute(text(schema))
            return use(_SqlTransaction(connection))

    def _fault(self, error: Exception) -> EvidenceError:
        hint = "does it run, and may you use it? (--evidence URL, BEEP_MOCK_EVIDENCE)"
        return EvidenceError(f"the evidence store {self.shown} cannot be used: {_said(error)}", hint=hint)


class _SqlTransaction:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        from sqlalchemy import text

        return [tuple(row) for row in self._connection.execute(text(statement), dict(parameters))]

    def run(self, statement: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        from sqlalchemy import text

        if parameters:
            self._connection.execute(text(statement), [dict(one) for one in parameters])


class _Empty:
    """A database that holds no evidence yet."""

    def rows(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Row]:  # noqa: ARG002
        return ()

    def run(self, statement: str, parameters: Sequence[Mapping[str, Any]]) -> None:  # noqa: ARG002
        raise AssertionError("readers do not write")


def shown_url(url: str) -> str:
    """Return a database's URL for people: without the password."""
    try:
        parts = urlsplit(url)
        if parts.password is None:
            return url
    except ValueError:
        return url.partition("://")[0] + "://..."
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:***@{host}"))


def _bounded(url: str) -> dict[str, Any]:
    """Return arguments that keep drivers from waiting for ever for a host that does not answer."""
    scheme = url.partition("://")[0]
    known = scheme == "postgresql" or scheme.partition("+")[2] in ("psycopg", "psycopg2", "pymysql", "mysqldb")
    return {"connect_timeout": _CONNECT_SECONDS} if known else {}


def _said(error: Exception) -> str:
    """Return the first line of what a driver says; more of it is the statement and a link."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
