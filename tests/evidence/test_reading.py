from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from beep_mock.evidence.hashing import provider_hashes
from beep_mock.evidence.reading import EvidenceReader
from beep_mock.evidence.store import Store
from beep_mock.workspace import Workspace
from tests.support.made_evidence import verification


@pytest.fixture
def told() -> list[str]:
    return []


def test_without_a_store_nothing_is_known_and_nothing_told(workspace: Workspace, told: list[str]) -> None:
    ledger = EvidenceReader(str(workspace.root / "evidence.db"), workspace.root, told.append)
    trust = ledger.trust("shop", workspace.contract_path("shop"))
    assert (dict(trust.verdicts), trust.fault, told) == ({}, "", [])
    assert EvidenceReader("none", workspace.root).file is None


def test_what_is_in_the_store_is_known(workspace: Workspace) -> None:
    path = workspace.root / ".beep/evidence.db"
    Store.open(path).record(verification(hashes=provider_hashes(workspace, "shop")))
    ledger = EvidenceReader(str(path), workspace.root)
    standings = [e.standing for e in ledger.trust("shop", workspace.contract_path("shop")).verdicts.values()]
    assert (standings, ledger.file) == (["verified"], path)
    assert not ledger.trust("other", None).verdicts


@pytest.mark.parametrize("address", ["broken.db", "nonsense://x"])
def test_a_store_that_cannot_be_used_is_told_once(workspace: Workspace, told: list[str], address: str) -> None:
    (workspace.root / "broken.db").write_text("nothing of the kind", "utf-8")
    ledger = EvidenceReader(address if "://" in address else str(workspace.root / address), workspace.root, told.append)
    for _ in range(2):
        trust = ledger.trust("shop", workspace.contract_path("shop"))
        assert (dict(trust.verdicts), bool(trust.fault)) == ({}, True)
    assert len(told) == 1
    assert told[0].startswith("warning: ")


def test_a_database_that_fails_is_asked_once_for_all_services(workspace: Workspace, told: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        hang_up = Thread(target=_hang_up, args=(server,))
        server.settimeout(30)
        hang_up.start()
        ledger = EvidenceReader(
            f"postgresql+psycopg://127.0.0.1:{port}/x?gssencmode=disable&sslmode=disable", workspace.root, told.append
        )
        faults = {ledger.trust(name, None).fault for name in ("shop", "people", "world")}
        hang_up.join()
        server.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody came a second time
            server.accept()
    assert (len(faults), len(told)) == (1, 1)


def _hang_up(server: socket.socket) -> None:
    server.accept()[0].close()


def test_a_mock_without_a_store_imports_no_database(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; import beep_mock.gateway.world; "
        "from beep_mock.evidence.reading import EvidenceReader; "
        f"EvidenceReader({str(tmp_path / 'none.db')!r}, Path('.')).trust('shop', None); "
        "print(sorted({'sqlite3', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
