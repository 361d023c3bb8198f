"""Many operations, many documents, many services: the router's cost, and what one process carries."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.lines import Line, Settings, ratio_of
from benchmarks.servers import DOCUMENT, free_port, pss_mib, running

__all__ = ["corpus_documents", "measure_corpus", "measure_router", "measure_services"]

_PROBES = 2000
_SERVICES = 100
_SETTLED = 3.0  # seconds: findings are looked for beside the first answers


def measure_router(settings: Settings) -> list[Line]:
    """A look-up among 10, 100, 1,000 and 10,000 operations: half of the paths have a parameter, two deep or three."""
    from beep_mock.contracts.routing.router import Router

    sizes = (10, 100, 1000, 10_000)
    routers, paths = {}, {}
    for size in sizes:
        count = size // 2  # two methods a path
        templates = [f"/v1/things{i}" if i % 2 else f"/v1/things{i}/{{id}}/parts" for i in range(count)]
        routers[size] = Router((t, {"GET": t, "POST": t}) for t in templates)
        chosen = random.Random(1).choices(templates, k=_PROBES)
        # As many different paths for all sizes: what grows is the router.
        asked = [t.replace("{id}", str(i)) for i, t in enumerate(chosen)]
        paths[size] = [path for path in asked if "/parts" in path]
    best: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(settings.rounds(9, 5)):
        for size in sizes:
            match, asked = routers[size].match, paths[size]
            least = min(_seconds(match, asked) for _ in range(5))
            best[size].append(least / len(asked) * 1e6)
    lines = [
        Line("router", f"a look-up among {size:,} operations", min(taken), "µs", low=min(taken), high=max(taken))
        for size, taken in best.items()
    ]
    _, low, high = ratio_of(best[sizes[-1]], best[sizes[0]])
    least = min(best[sizes[-1]]) / min(best[sizes[0]])  # what runs in this process alone is only ever slowed down
    return [Line("router", "10,000 operations against 10", least, "x", None, 1.15, low, high), *lines]


def _seconds(match: object, paths: Iterable[str]) -> float:
    assert callable(match)
    begun = perf_counter()
    for path in paths:
        match(path, "GET")
    return perf_counter() - begun


def corpus_documents(corpus: Path) -> dict[str, Path]:
    """The root documents of the corpus by name: its files, and of each folder the one that names a version."""
    found = {}
    for path in sorted(corpus.iterdir()):
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if file.suffix in (".yaml", ".yml", ".json") and _is_root(file):
                found[path.stem] = file
                break
    return found


def _is_root(file: Path) -> bool:
    text = file.read_text(errors="replace")
    wanted = ("openapi:", "swagger:", '"openapi"', '"swagger"', "'openapi'", "'swagger'")
    paths = any(line.strip().strip("\"'").startswith("paths") for line in text.splitlines()) or '"paths"' in text
    return paths and any(word in text for word in wanted)


def measure_corpus(settings: Settings) -> list[Line]:
    """``beep-mock up`` in a workspace that holds every document of the corpus."""
    if settings.corpus is None:
        return []
    documents = corpus_documents(settings.corpus)
    taken, memory = _start(documents, settings.rounds(3, 1))
    seconds = statistics.median(taken)
    what = f"all {len(documents)} documents in one process"
    return [
        Line("corpus", f"{what}: first answer", seconds, "s", None, 3.0, min(taken), max(taken)),
        Line("corpus", f"{what}: memory", memory, "MiB", None, 400.0, note="PSS of all processes, findings told"),
    ]


def measure_services(settings: Settings) -> list[Line]:
    """``beep-mock up`` with a hundred services."""
    taken, memory = _start({f"service-{i}": DOCUMENT for i in range(_SERVICES)}, settings.rounds(3, 1))
    what = f"{_SERVICES} services in one process"
    return [
        Line("services", f"{what}: first answer", statistics.median(taken), "s", None, 5.0, min(taken), max(taken)),
        Line("services", f"{what}: memory", memory, "MiB", note="PSS of all processes"),
    ]


def _start(documents: Mapping[str, Path], rounds: int) -> tuple[list[float], float]:
    """Seconds to the first answer of a workspace with these contracts, each round; and the memory once settled."""
    with tempfile.TemporaryDirectory() as folder:
        for name, document in documents.items():
            home = Path(folder, "contracts", name)
            home.mkdir(parents=True)
            # A link to where it is: other files of the document are beside it, or beside its folder.
            (home / f"openapi{document.suffix}").symlink_to(document.resolve())
        taken = []
        memory = 0.0
        last = list(documents)[-1]
        for turn in range(rounds):
            port = free_port()
            command = [sys.executable, "-m", "beep_mock", "up", "--port", str(port)]
            with running(command, port, f"/{last}/", cwd=Path(folder)) as (pid, seconds):
                taken.append(seconds)
                if turn == 0:
                    sleep(_SETTLED)
                    memory = pss_mib(pid)
    return taken, memory
