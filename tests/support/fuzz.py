"""A longer run of what ``test_requests`` does shortly, on any documents::

python -m tests.support.fuzz --examples 5000 contracts/world/openapi.yaml other.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from beep_mock.contracts.compiler import compile_contract
from tests.product.robustness.test_requests import QUICK, judge
from tests.support.requests_made import requests
from tests.support.running_server import Served, served


def main() -> None:
    """Fuzz a server of each document, and print what memory it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", nargs="+", type=Path)
    parser.add_argument("--examples", type=int, default=1000)
    options = parser.parse_args()
    for document in options.documents:
        paths = sorted({operation.path.encode() for operation in compile_contract(document).operations.values()})
        with served(["serve", str(document.absolute())]) as server:
            before = server.memory()
            _fuzz(server, paths[:500], options.examples)
            grown = (server.memory() - before) / 2**20
            print(f"{document.name}: {options.examples} requests, {grown:+.0f} MiB")


def _fuzz(server: Served, paths: list[bytes], examples: int) -> None:
    server.new_words()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(requests(paths))
    def run(request: bytes) -> None:
        judge(server, server.send(request, patience=QUICK), "/-/health")

    run()


if __name__ == "__main__":
    main()
