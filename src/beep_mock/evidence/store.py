"""The evidence store: verifications written, merged, and asked what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from beep_mock.errors import EvidenceError
from beep_mock.evidence.database import TABLE, Database, SqlDatabase, SqliteFile, Transaction
from beep_mock.evidence.place import file_of
from beep_mock.evidence.trust import CHECKS, VERDICTS, Evidence, Hashes, Verification, evidence_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Store"]

_COLUMNS: Final = (
    "interaction", "provider", "version", "checked_by", "consumer", "verdict", "checked_at", "sources", "contract",
    "operation", "name",
)  # fmt: skip
_KEY: Final = _COLUMNS[:5]
_SIZES: Final = dict.fromkeys(_COLUMNS, 64) | {"provider": 100, "version": 200, "consumer": 200, "operation": 2000,
                                               "name": 2000}  # fmt: skip
_SCHEMA: Final = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} ("
    + ", ".join(f"{column} VARCHAR({_SIZES[column]}) NOT NULL" for column in _COLUMNS)
    + f", PRIMARY KEY ({', '.join(_KEY)}))"
)
_ALL: Final = f"SELECT {', '.join(_COLUMNS)} FROM {TABLE}"  # noqa: S608 - our own names
_OF_VERSION: Final = f"{_ALL} WHERE provider = :provider AND version = :version"
# Only those rows are fetched that can decide.
_LATEST: Final = f"""
SELECT {", ".join(_COLUMNS)} FROM (
    SELECT {", ".join(_COLUMNS)}, ROW_NUMBER() OVER (
        PARTITION BY interaction, checked_by, consumer
        ORDER BY CASE WHEN sources = :sources AND contract = :contract THEN 0 ELSE 1 END, checked_at DESC, verdict
    ) AS place
    FROM {TABLE} WHERE provider = :provider
) ranked WHERE place = 1
"""  # noqa: S608 - our own names
_KEPT: Final = 50
"""Versions that are remembered of one interaction, check and consumer: each commit may be one."""

_FORGOTTEN: Final = f"""
SELECT {", ".join(_KEY)} FROM (
    SELECT {", ".join(_KEY)}, ROW_NUMBER() OVER (
        PARTITION BY interaction, checked_by, consumer ORDER BY checked_at DESC, version
    ) AS place
    FROM {TABLE} WHERE provider = :provider
) ranked WHERE place > {_KEPT}
"""  # noqa: S608 - our own names
_DELETE: Final = f"DELETE FROM {TABLE} WHERE {' AND '.join(f'{c} = :{c}' for c in _KEY)}"  # noqa: S608
_INSERT: Final = f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{c}' for c in _COLUMNS)})"  # noqa: S608


class Store:
    """Evidence in one database. Every method raises :class:`EvidenceError` where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, address: str | Path) -> Store:
        """Return the store at a path of a SQLite file, or at a URL of SQLAlchemy's. Nothing is read or made yet.

        :raises EvidenceError: the URL is not valid, or its driver is not installed.
        """
        file = file_of(address)
        return cls(SqliteFile(file) if file is not None else SqlDatabase(str(address)))

    @property
    def shown(self) -> str:
        """The address for people: without a password."""
        return self._database.shown

    def exists(self) -> bool:
        """Return whether there may be anything in it; a cheap look, for a file."""
        return self._database.exists()

    def record(self, verification: Verification, *others: Verification) -> int:
        """Keep verifications; how many were news. Doing it twice does no harm."""
        return self.merge((verification, *others))

    def merge(self, verifications: Iterable[Verification]) -> int:
        """Keep them all or, on a fault, none; how many were news.

        A later one of the same key replaces the earlier. The latest 50 versions of an interaction are kept.
        """
        wanted: dict[tuple[str, ...], Verification] = {}
        for given in verifications:
            one = _read([tuple(_row(given).values())])[0]  # as it will be read: what is too long is cut
            if one.key not in wanted or one.outweighs(wanted[one.key]):
                wanted[one.key] = one
        if not wanted:
            return 0

        def within(transaction: Transaction) -> int:
            known = {
                found.key: found
                for provider, version in {(one.provider, one.version) for one in wanted.values()}
                for found in _read(transaction.rows(_OF_VERSION, {"provider": provider, "version": version}))
            }
            # In one order, so that two writers never wait for each other.
            news = [one for key, one in sorted(wanted.items()) if key not in known or one.outweighs(known[key])]
            transaction.run(_DELETE, [dict(zip(_KEY, one.key, strict=True)) for one in news if one.key in known])
            transaction.run(_INSERT, [_row(one) for one in news])
            for provider in sorted({one.provider for one in news}):
                old = transaction.rows(_FORGOTTEN, {"provider": provider})
                transaction.run(_DELETE, [dict(zip(_KEY, key, strict=True)) for key in sorted(map(tuple, old))])
            return len(news)

        return self._database.write(_SCHEMA, within)

    def verifications(self, provider: str = "") -> list[Verification]:
        """Return all that is kept (of one provider), in a stable order."""
        if not self.exists():
            return []
        condition = " WHERE provider = :provider" if provider else ""
        parameters = {"provider": provider} if provider else {}
        found = self._database.read(lambda transaction: transaction.rows(f"{_ALL}{condition}", parameters))
        return sorted(_read(found), key=lambda one: (one.provider, one.at, one.key))

    def providers(self) -> list[str]:
        """Return the providers that anything is known of, sorted."""
        if not self.exists():
            return []
        statement = f"SELECT DISTINCT provider FROM {TABLE}"  # noqa: S608 - our own name
        return sorted(str(row[0]) for row in self._database.read(lambda transaction: transaction.rows(statement, {})))

    def verdicts(self, provider: str, now: Hashes) -> Mapping[str, Evidence]:
        """Return the evidence about a provider's interactions, by hash, for the sources and contract of ``now``."""
        if not self.exists():
            return {}
        parameters = {"provider": provider, "sources": now.sources, "contract": now.contract}
        found: dict[str, list[Verification]] = {}
        for one in _read(self._database.read(lambda transaction: transaction.rows(_LATEST, parameters))):
            found.setdefault(one.interaction, []).append(one)
        return {interaction: evidence_of(several, now) for interaction, several in found.items()}


def _read(rows: Sequence[Sequence[Any]]) -> list[Verification]:
    found = []
    for row in rows:
        interaction, provider, version, check, consumer, verdict, at, sources, contract, operation, name = row
        if check not in CHECKS or verdict not in VERDICTS:
            raise EvidenceError(f"the evidence store contains something else: {verdict!r} by {check!r}")
        hashes = Hashes(sources, contract)
        found.append(
            Verification(interaction, provider, version, check, consumer, verdict, at, hashes, operation, name)
        )
    return found


def _row(one: Verification) -> dict[str, str]:
    values = (*one.key, one.verdict, one.at, one.hashes.sources, one.hashes.contract, one.operation, one.name)
    return {column: value.replace("\0", "")[: _SIZES[column]] for column, value in zip(_COLUMNS, values, strict=True)}
