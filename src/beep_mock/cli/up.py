"""`beep-mock up`: the workspace's services, mocked and real, at one address."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from beep_mock.cli.mock_options import (
    allow_host_option,
    answering_of,
    answering_options,
    callback_options,
    engine_option,
    require_store,
)
from beep_mock.errors import BeepMockError, ReportFileError
from beep_mock.gateway.plan import Entry, Plan, choose_services, environment_of
from beep_mock.printable import printable
from beep_mock.workspace import Workspace

if TYPE_CHECKING:
    from beep_mock.exchanges.recording import TrafficRecorder

__all__ = ["command"]

_PORT = 9000
_COMMAND = "beep_mock.command"


class _WithCommand(click.Command):
    """A command that takes another one, after ``--``, as it stands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            place = args.index("--")
            ctx.meta[_COMMAND] = tuple(args[place + 1 :])
            args = args[:place]
            if not ctx.meta[_COMMAND]:
                raise click.UsageError("a command must follow `--`", ctx)
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- COMMAND ...]"]


def _real(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in values:
        name, separator, url = value.partition("=")
        if not separator or not name or not url:
            raise click.BadParameter(f"{value!r} is not NAME=URL, e.g. people=http://127.0.0.1:5002")
        if name in found:
            raise click.BadParameter(f"{name!r} is given twice")
        found[name] = url
    return found


def _record(_ctx: click.Context, _option: click.Parameter, value: str | None) -> Path | None:
    """``.`` is the usual file."""
    if value not in (None, ".") and not value.endswith(".jsonl"):
        raise click.BadParameter(f"{value!r} is not a FILE.jsonl; services stand before --record")
    return Path(value) if value is not None else None


@click.command(cls=_WithCommand, context_settings={"help_option_names": ["--help"]})
@click.argument("services", nargs=-1, metavar="[SERVICE ...]")
@click.option("--for", "consumers", multiple=True, metavar="SERVICE", help="Mock the peers that SERVICE consumes.")
@click.option("--real", multiple=True, metavar="NAME=URL", callback=_real, help="Forward to a running service.")
@click.option("--except", "without", multiple=True, metavar="NAME", help="Leave this service out.")
@click.option("--fallback", is_flag=True, help="While a real service is down, its mock answers.")
@click.option("--errors", is_flag=True, help="Refuse what breaks a real service's contract, in both directions.")
@allow_host_option
@answering_options
@click.option("--cors/--no-cors", default=True, help="Let pages of any origin call the mocks.  [default: cors]")
@engine_option
@click.option("--watch/--no-watch", default=None, help="Load again what is saved.  [default: watch, but for a COMMAND]")
@click.option("--quiet", "-q", is_flag=True, help="Print neither requests nor findings nor alerts.")
@click.option("--env-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the addresses of the services to FILE, as NAME=URL lines.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 for all.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port to listen at; 0 picks a free one.  [default: 9000; with a COMMAND: 0]",
)
@click.option("--record", is_flag=False, flag_value=".", metavar="[FILE.jsonl]", callback=_record,
              help="Record the traffic for `pact draft`.  [default FILE: .beep/traffic/CONSUMER.jsonl]")  # fmt: skip
@callback_options
def command(
    services: tuple[str, ...],
    consumers: tuple[str, ...],
    real: dict[str, str],
    without: tuple[str, ...],
    host: str,
    port: int | None,
    watch: bool | None,
    record: Path | None,
    env_file: Path | None,
    allow_hosts: tuple[str, ...],
    **how: Any,
) -> int:
    """Mock the workspace's services at one address, or run a command against them.

    Each service answers at /SERVICE/... and to the Host SERVICE or SERVICE.localhost. Its docs are at /SERVICE/docs;
    the dashboard is at /. Contracts and overrides are loaded again when they are saved, and requests are printed as
    they come.

    With a COMMAND the services run as long as it does. It finds them by WORLD_URL and the like, and beep-mock exits
    with its status.

    \b
    Examples:
      beep-mock up                                 mock every service
      beep-mock up world people                    mock these two
      beep-mock up --for hello                     mock what hello consumes
      beep-mock up --for hello -- pytest           run the tests of hello against mocks
      beep-mock up --for hello --record -- pytest  and record what it asks
      beep-mock up --env-file .env.mocks           write WORLD_URL=... for other tools
      beep-mock up --for hello --real world=http://127.0.0.1:5001
                                                   world is the running one, its peers are mocked
    """  # noqa: D301 - click wants the character
    from beep_mock.servers.ports import base_url, claim_port, resolve_host

    ctx = click.get_current_context()
    answering = answering_of(how)
    arguments: tuple[str, ...] = ctx.meta.get(_COMMAND, ())
    workspace = Workspace.find()
    entries = choose_services(workspace, services, consumers=consumers, real=real, without=without)
    if not entries and not arguments:
        raise click.UsageError("there is no service to serve", ctx)
    require_store(how["evidence"], workspace.root)
    environment_of((entry.name for entry in entries), "", workspace.variable)  # a fault before anything is started
    address = resolve_host(host)
    port = claim_port(address, port if port is not None else 0 if arguments else _PORT)
    plan = Plan(
        entries,
        workspace.root,
        watch=not arguments if watch is None else watch,
        tolerant=not arguments,
        requests=not arguments,
        hosts=(host, *allow_hosts),
        answering=answering,
        **how,
    )
    if env_file is not None:
        url = base_url(address, port)
        _write_environment(env_file, environment_of([entry.name for entry in entries], url, workspace.variable))
    consumer = consumers[0] if len(consumers) == 1 else ""
    if record == Path():
        record = workspace.traffic / f"{consumer or 'run'}.jsonl"
    return _run(plan, address, port, arguments, _Recording(record, consumer))


def _run(plan: Plan, host: str, port: int, arguments: tuple[str, ...], recording: _Recording) -> int:
    """Serve; with ``arguments`` as long as that command runs. The exit status."""
    from beep_mock.gateway.command import Command, without_proxy
    from beep_mock.servers.ports import base_url, elsewhere, local_address

    url = base_url(host, port)
    variables = environment_of((entry.name for entry in plan.entries), url, Workspace(plan.root).variable)
    # Forked before the server's code is loaded, so that the keeper stays small.
    tenant = Command(arguments, without_proxy({**os.environ, **variables})) if arguments else None
    try:
        from beep_mock.gateway.launch import server_of

        server = server_of(plan, host, port)
        recording.open(local_address(host), port)

        def live() -> None:
            recording.start()
            if tenant is None:
                _print_table(plan.entries, url, variables, elsewhere(host, port))
                if plan.watch:
                    _tell_breakages(plan)
                return
            tenant.begin()
            tenant.wait()
            _print_summary(local_address(host), port)
            recording.finish()
            server.stop()

        server.run(live, on_signal=tenant.take_signal if tenant is not None else recording.before(server.stop))
        recording.tell()
    finally:
        status = tenant.end() if tenant is not None else 0
    return status


def _write_environment(file: Path, variables: Mapping[str, str]) -> None:
    """Write ``NAME=URL`` lines, the form that Docker, Compose and dotenv tools read.

    :raises ReportFileError: the file cannot be written.
    """
    from beep_mock.replacing import replace_file

    try:
        replace_file(file, "".join(f"{name}={url}\n" for name, url in variables.items()))
    except OSError as error:
        raise ReportFileError(f"cannot be written: {error.strerror}", file=str(file)) from error


class _Recording:
    """A run's traffic in a file, if it was asked for."""

    def __init__(self, file: Path | None, consumer: str) -> None:
        self._file = file
        self._consumer = consumer
        self._recorder: TrafficRecorder | None = None
        self._fault: BeepMockError | None = None
        self._said = ""
        self._ending = False

    def open(self, host: str, port: int) -> None:
        if self._file is not None:
            from beep_mock.exchanges.recording import TrafficRecorder

            self._recorder = TrafficRecorder(host, port, self._file, self._consumer)

    def start(self) -> None:
        if self._recorder is not None:
            self._recorder.start()

    def before(self, stop: Callable[[], None]) -> Callable[[int], None] | None:
        """Return a signal handler: it records the rest while the world still answers; a second signal does not wait."""
        if self._file is None:
            return None

        def end() -> None:
            self.finish()
            stop()

        def take(_number: int) -> None:
            if self._ending:
                stop()
            self._ending = True
            Thread(target=end, daemon=True).start()

        return take

    def finish(self) -> None:
        if self._recorder is not None:
            try:
                self._said = self._recorder.finish()
            except BeepMockError as fault:
                self._fault = fault

    def tell(self) -> None:
        """Say what was recorded.

        :raises TrafficFileError: it could not be written.
        """
        if self._said:
            click.echo(f"beep-mock: {self._said}", err=True)
        if self._fault is not None:
            raise self._fault


def _tell_breakages(plan: Plan) -> None:
    """Print the consumers a saved contract or pact breaks, as long as this process runs."""
    from beep_mock.checks.blast_radius import BlastRadius

    workspace = Workspace(plan.root)
    if workspace.pact_paths():
        BlastRadius(workspace, lambda breakage: click.echo(printable(breakage.as_text()), err=True)).start()


def _print_table(entries: Sequence[Entry], url: str, variables: Mapping[str, str], others: Sequence[str]) -> None:
    rows = [("SERVICE", "", "URL", "DOCS")]
    for entry in entries:
        kind = f"real, {entry.url}" if entry.url else "mocked"
        rows.append((entry.name, kind, f"{url}/{entry.name}", f"{url}/{entry.name}/docs"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [f"{a:{widths[0]}}  {b:{widths[1]}}  {c:{widths[2]}}  {d}" for a, b, c, d in rows]
    exports = [f"export {name}={value}" for name, value in variables.items()]
    with suppress(BrokenPipeError):  # the reader may have gone, but the services stay
        click.echo("\n".join(("", *lines, "", *exports, "", *others, f"Dashboard: {url}/  (Ctrl-C to stop)")))


def _print_summary(host: str, port: int) -> None:
    """One line on standard error: what the command has asked for."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port, timeout=2)
    with suppress(OSError, HTTPException, ValueError), closing(connection):
        connection.request("GET", "/-/services")
        services = json.load(connection.getresponse())["services"]
        said = [f"{s['name']} {s['exchanges']} ({_violations(s['violations'])})" for s in services]
        click.echo(f"beep-mock: requests: {', '.join(said) or 'none'}", err=True)


def _violations(count: int) -> str:
    return f"{count} contract violation" if count == 1 else f"{count} contract violations"
