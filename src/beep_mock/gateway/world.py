"""A running world: its services, their traffic's journal, and what has happened to them."""

from __future__ import annotations

import gc
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Timer
from uuid import uuid4

from beep_mock.errors import BeepMockError
from beep_mock.exchanges.journal import Journal
from beep_mock.findings import Finding, Severity
from beep_mock.gateway.health import HealthWatch
from beep_mock.gateway.plan import Plan
from beep_mock.gateway.reload import Reloader
from beep_mock.gateway.request_log import RequestLog, uses_colour
from beep_mock.gateway.service import Service
from beep_mock.gateway.standing import Knowledge
from beep_mock.printable import printable, printable_line

__all__ = ["Alert", "World", "finding_lines", "say"]


_SHOWN = 10


def say(text: str) -> None:
    """Print to standard error in one piece, apart from the output of commands."""
    sys.stderr.write(text.rstrip("\n") + "\n")
    sys.stderr.flush()


def finding_lines(service: str, findings: Sequence[Finding], *, shown: int = _SHOWN) -> list[str]:
    """Return the findings that matter (no notes), worst first, one line each, with file and line.

    The rest only counted.
    """
    matter = [f for f in findings if f.severity is not Severity.INFO]
    matter.sort(key=lambda finding: finding.severity is not Severity.ERROR)
    lines = [f"{service}: {_line(finding)}" for finding in matter[:shown]]
    if len(matter) > shown:
        lines.append(f"{service}: and {len(matter) - shown} more; `beep-mock check` lists all")
    return lines


def _line(finding: Finding) -> str:
    where = finding.where
    if where.line is None and where.file:
        from beep_mock.contracts.reading.positions import (
            line_of,  # reads YAML slowly: imported when a line is looked for
        )

        where = replace(where, line=line_of(where.file, where.pointer))
    file = Path(where.file)
    if file.is_absolute() and file.is_relative_to(Path.cwd()):
        where = replace(where, file=str(file.relative_to(Path.cwd())))
    place = f"{where}: " if where.file else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return printable_line(f"{place}{finding.severity.value}: {finding.message}{hint}")


_ALERTS = 50
_EVIDENCE = "/evidence"  # no service is called so
_TELL_AFTER = 0.3  # seconds, or as long as loading took: the first requests go first


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that happened to a service: it went down or came back, or a save could not be loaded.

    ``time`` is in seconds since the epoch; ``good`` when it is good news.
    """

    time: float
    service: str
    text: str
    good: bool = False


class World:
    """The services of a plan. ``tell`` takes what is to be said on the terminal.

    ``instance`` names this very process at its address.
    """

    def __init__(self, plan: Plan, *, instance: str = "", tell: Callable[[str], None] = say) -> None:
        self.plan = plan
        self.instance = instance or uuid4().hex
        self.journal = Journal()
        self.renewals = 0  # of contracts and of evidence
        self.alerts: deque[Alert] = deque(maxlen=_ALERTS)
        self._loading = 0.0  # seconds
        self._tell = (lambda _: None) if plan.quiet else tell
        self._down: set[str] = set()
        self._watches: dict[str, HealthWatch] = {}
        self._reloader: Reloader | None = None
        self._log: RequestLog | None = None
        self._knowledge = Knowledge(plan, self._warn)
        self.services = {
            entry.name: Service(
                entry, plan, self.journal, partial(self._suspect, entry.name), self._tell, self._knowledge.trust
            )
            for entry in plan.entries
        }

    def load(self) -> None:
        """Load all services.

        :raises BeepMockError: one cannot be loaded; with ``plan.tolerant`` only if none can.
        """
        begun = time.monotonic()
        # Prism takes seconds to start, so all of them do it at once; compiling gains nothing by threads.
        threads = len(self.services) if self.plan.engine == "prism" else 1
        with ThreadPoolExecutor(max(threads, 1)) as pool:
            faults = [fault for fault in pool.map(_load, self.services.values()) if fault is not None]
        if faults and (not self.plan.tolerant or len(faults) == len(self.services)):
            self.close()
            raise faults[0]
        for service in self.services.values():
            if service.fault:
                self._alert(service.name, f"cannot be served: {service.fault}")
        self._loading = time.monotonic() - begun

    def start(self) -> None:
        """Start watching: real peers, and with ``plan.watch`` the files. Findings are printed meanwhile."""
        for service in self.services.values():
            if service.peer is not None:
                watch = HealthWatch(service.name, service.peer.host, service.peer.port, partial(self._changed, service))
                self._watches[service.name] = watch
                watch.start()
        if self.plan.watch:
            self._reloader = Reloader(self._files, self._reload)
            self._reloader.start()
        if self.plan.requests and not self.plan.quiet:
            services = not self.plan.single
            self._log = RequestLog(self.journal, self._tell, services=services, colour=uses_colour())
            self._log.start()
        # For them all schemas are compiled, and for their lines a document is parsed again: no request shall wait.
        telling = Timer(max(_TELL_AFTER, self._loading), self._tell_findings)
        telling.name, telling.daemon = "findings", True
        telling.start()

    def health(self) -> dict[str, str]:
        """Return whether all services can answer, and which process this is."""
        up = all(service.up for service in self.services.values())
        return {"status": "up" if up else "degraded", "instance": self.instance}

    def close(self) -> None:
        """End what was started."""
        for watch in self._watches.values():
            watch.stop()
        self._watches.clear()
        if self._log is not None:
            self._log.stop()
            self._log = None
        if self._reloader is not None:
            self._reloader.stop()
            self._reloader = None
        for service in self.services.values():
            service.close()

    def _files(self) -> dict[str, tuple[Path, ...]]:
        files = {name: service.files for name, service in self.services.items()}
        return {**files, _EVIDENCE: self._knowledge.files()}

    def _reload(self, name: str) -> None:
        self._renew(name)
        self.renewals += 1  # afterwards: who sees this number sees what is new

    def _renew(self, name: str) -> None:
        if name == _EVIDENCE:
            for service in self.services.values():
                service.renew()
            return
        service = self.services[name]
        try:
            service.load()
        except BeepMockError as fault:
            kept = "the last good contract stays" if service.mock is not None else "there is no contract yet"
            self._alert(name, f"not loaded, {kept}: {fault}")
        except OSError as error:  # e.g. removed while it was read; the next event tells
            self._alert(name, f"not loaded: {error}")
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the watching
            self._tell(traceback.format_exc())
            self._alert(name, f"not loaded, beep-mock failed: {error!r}")
        else:
            gc.unfreeze()  # what was loaded before is garbage, if it was frozen at the start
            self._alert(name, "loaded again", good=True)
            for line in finding_lines(name, service.findings_at_start):
                self._tell(line)

    def _suspect(self, name: str, _reason: str) -> None:
        watch = self._watches.get(name)
        if watch is not None:
            watch.hurry()

    def _changed(self, service: Service, up: bool) -> None:
        service.reachable = up
        if not up:
            self._down.add(service.name)
            instead = "its mock answers" if self.plan.fallback else "calls to it get 502"
            self._alert(service.name, f"the real service at {service.entry.url} is down; {instead}")
        elif service.name in self._down:
            self._alert(service.name, f"the real service at {service.entry.url} is up again", good=True)

    def _warn(self, text: str) -> None:
        """Tell of evidence, on the index page too."""
        self.alerts.append(Alert(time.time(), "evidence", text.removeprefix("warning: ")))
        self._tell(printable(text))

    def _alert(self, name: str, text: str, *, good: bool = False) -> None:
        self.alerts.append(Alert(time.time(), name, text, good))
        self._tell(printable(f"{'beep-mock' if good else 'ALERT'}: {name}: {text}"))

    def _tell_findings(self) -> None:
        for service in self.services.values():
            for line in finding_lines(service.name, service.findings_at_start):
                self._tell(line)
        from beep_mock.contracts.reading.positions import give_back  # with the slow reader of YAML

        give_back()


def _load(service: Service) -> BeepMockError | None:
    try:
        service.load()
    except BeepMockError as fault:
        return fault
    return None
