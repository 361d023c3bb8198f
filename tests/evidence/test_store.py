from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from beep_mock.errors import EvidenceError
from beep_mock.evidence import database
from beep_mock.evidence.place import address_of, file_of
from beep_mock.evidence.store import Store
from beep_mock.evidence.trust import Hashes
from tests.support.made_evidence import NOW, verification

LATER = "2026-11-21T00:00:00.000000+00:00"


@pytest.fixture(params=["the standard library", "SQLAlchemy"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store in a file, by both ways there are to one."""
    path = tmp_path / "some where?" / "evidence.db"
    if request.param == "SQLAlchemy":
        path.parent.mkdir()
        yield Store.open(f"sqlite+pysqlite:///{path}")
    else:
        yield Store.open(path)


def test_what_is_recorded_is_read_again(store: Store) -> None:
    one = verification()
    assert store.verifications() == []
    assert store.verdicts("shop", NOW) == {}
    assert store.record(one) == 1
    assert store.verifications() == [one]
    assert {key: str(evidence) for key, evidence in store.verdicts("shop", NOW).items()} == {
        "a" * 64: "verified shop@1.0 2026-11-20"
    }
    assert (store.providers(), store.verdicts("other", NOW), store.verifications("other")) == (["shop"], {}, [])


def test_merging_twice_is_merging_once_and_the_later_counts(store: Store) -> None:
    early, late = verification(), verification(verdict="refuted", at=LATER)
    assert store.merge([late, early, early]) == 1
    assert store.merge([early]) == store.merge([late]) == 0
    assert store.verifications() == [late]


def test_of_one_moment_the_worse_counts(store: Store) -> None:
    good, bad = verification(), verification(verdict="refuted")
    store.merge([bad, good])
    assert store.merge([good]) == 0
    assert store.verifications() == [bad]


def test_versions_consumers_and_checks_stand_side_by_side(store: Store) -> None:
    every = [
        verification(),
        verification(version="2"),
        verification(check="pact", consumer="hello"),
        verification(check="pact", consumer="other"),
        verification("b" * 64),
        verification(provider="people"),
    ]
    assert store.merge(every) == 6
    assert len(store.verifications()) == 6
    assert len(store.verifications("shop")) == 5
    assert set(store.verdicts("shop", NOW)) == {"a" * 64, "b" * 64}


def test_what_is_of_the_present_state_is_found_behind_what_came_later(store: Store) -> None:
    store.record(verification(), verification(version="branch", at=LATER, hashes=Hashes("other", "contract")))
    assert str(store.verdicts("shop", NOW)["a" * 64]) == "verified shop@1.0 2026-11-20"
    assert str(store.verdicts("shop", Hashes("third", ""))["a" * 64]) == "stale shop@branch"


def test_nothing_is_kept_of_what_fails_half_way(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.record(verification())
    monkeypatch.setattr("beep_mock.evidence.store._INSERT", "INSERT INTO nowhere VALUES (:interaction)")
    with pytest.raises(EvidenceError, match="cannot be used"):
        store.record(verification(at=LATER))
    monkeypatch.undo()
    assert store.verifications() == [verification()]


def test_many_writers_lose_nothing(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        news = list(pool.map(lambda number: store.record(verification(f"{number % 20:064}")), range(40)))
    assert (sum(news), len(store.verifications())) == (20, 20)


def test_of_many_versions_the_latest_are_kept(store: Store) -> None:
    every = [verification(version=f"v{n}", at=f"2026-11-20T10:00:00.{n:06}+00:00") for n in range(60)]
    seldom = verification("b" * 64, version="v0")
    assert store.merge([*every, seldom]) == 61
    assert {one.version for one in store.verifications() if one.interaction == "a" * 64} == {
        f"v{n}" for n in range(10, 60)
    }
    assert seldom in store.verifications()


def test_reading_makes_no_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "x" / "evidence.db")
    assert (store.exists(), store.verifications(), store.providers()) == (False, [], [])
    assert not list(tmp_path.iterdir())


def test_where_the_store_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEEP_MOCK_EVIDENCE")
    assert address_of("", tmp_path) == tmp_path / ".beep/evidence.db"
    monkeypatch.setenv("BEEP_MOCK_EVIDENCE", "sqlite:///a.db")
    assert address_of("", tmp_path) == "sqlite:///a.db"
    assert address_of("b.db", tmp_path) == "b.db"
    assert file_of("sqlite:////tmp/a.db") == Path("/tmp/a.db")  # noqa: S108 - never made
    assert file_of("sqlite+pysqlite:////tmp/a.db") is file_of("none") is None


def test_a_locked_store_is_a_fault_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WRITE_SECONDS", 0.01)
    monkeypatch.setattr(database, "READ_SECONDS", 0.01)
    store = Store.open(tmp_path / "evidence.db")
    store.record(verification())
    with closing(sqlite3.connect(tmp_path / "evidence.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(EvidenceError, match="locked") as found:
            store.record(verification(version="2"))
        with pytest.raises(EvidenceError, match="locked"):
            store.verifications()
        other.execute("ROLLBACK")
    assert "another process" in found.value.hint
    assert store.verifications() == [verification()]


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_corrupt_store_is_a_fault_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "evidence.db"
    path.write_bytes(content)
    for use in (lambda: Store.open(path).verifications(), lambda: Store.open(path).record(verification())):
        with pytest.raises(EvidenceError) as found:
            use()
        assert (found.value.file, "move it away" in found.value.hint) == (str(path), True)
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "evidence.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE beep_mock_evidence (only_this TEXT)")
    with pytest.raises(EvidenceError, match=r"no such column|no column"):
        Store.open(path).verifications()


def test_a_full_disk_is_a_fault_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(tmp_path / "evidence.db")
    store.record(verification())
    connect = sqlite3.connect

    def bounded(*arguments: object, **how: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **how)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count = 1")  # what SQLite says then, it says of a full disk too
        return connection

    monkeypatch.setattr(sqlite3, "connect", bounded)
    with pytest.raises(EvidenceError, match="full") as found:
        store.merge(verification(f"{number:064}") for number in range(200))
    assert "make room" in found.value.hint
    monkeypatch.undo()
    assert store.verifications() == [verification()]


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(EvidenceError, match="cannot be used"):
        Store.open(tmp_path / "file" / "evidence.db").record(verification())
    with pytest.raises(EvidenceError, match="is a folder"):
        Store.open(tmp_path).record(verification())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense://x", "not a database address"),
        ("postgresql+psycopg://beep:secret@127.0.0.1:1/x", "Connection refused"),
        ("mysql+pymysql://x/y", "needs the driver pymysql"),
    ],
)
def test_a_database_that_is_not_there_is_a_fault_without_its_password(url: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said) as found:
        Store.open(url).verifications()
    assert "secret" not in str(found.value)


def test_without_sqlalchemy_the_fault_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    with pytest.raises(EvidenceError) as found:
        Store.open("postgresql://127.0.0.1/x")
    assert found.value.hint == "pip install 'beep-mock[evidence]'"
