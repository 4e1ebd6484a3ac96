"""The command line; flags are MOCKSERVER_* variables too. What asks a running server, and `explain`, is in
`mockserver.commands`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from mockserver import __version__
from mockserver.commands import explain, journal, verify

if TYPE_CHECKING:
    from mockserver.quotas import Limit

_ENV = "MOCKSERVER_"


class _ServeByDefault(click.Group):
    """A group whose command may be left out: `mockserver scenarios/` serves."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help", "--version"}):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


class _Moment(click.ParamType[float | None]):
    """`fixed`, `real`, or a moment such as 2026-01-01T00:00:00Z, as Unix seconds; None is real time."""

    name = "fixed|real|TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        match value:
            case "fixed":
                from mockserver.settings import FIXED_NOW

                return FIXED_NOW
            case "real" | None:
                return None
            case float():
                return value
            case _:
                try:
                    return datetime.fromisoformat(value).timestamp()
                except ValueError:
                    self.fail(
                        f"{value!r} is neither fixed, real nor a time like 2026-01-01T00:00:00Z", param, ctx
                    )


class _Limit(click.ParamType["Limit"]):
    """A rate limit such as `3 requests/m`. In the variable, commas stand between several."""

    name = "LIMIT"
    envvar_list_splitter = ","

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Limit:
        from mockserver.quotas import Limit, parse_limit

        if isinstance(value, Limit):
            return value
        try:
            return parse_limit(value.strip())
        except ValueError as error:
            self.fail(f"{value!r} is no limit: {error}, such as 3 requests/m or 1000 tokens/10s", param, ctx)


class _Workers(click.ParamType[int]):
    """A number of processes; `auto` is one for each core that this one may use."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "auto":
            return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        return click.IntRange(min=1).convert(value, param, ctx)


@click.group(cls=_ServeByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """A mock upstream LLM server: one YAML scenario, served on the OpenAI, Anthropic and Gemini wires.

    Without a command it serves: `mockserver scenarios/ --port 8000`.
    """


for _command in (explain, journal, verify):
    main.add_command(_command)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(), envvar=f"{_ENV}PATHS")
@click.option(
    "--host", default="127.0.0.1", show_default=True, envvar=f"{_ENV}HOST", help="Address to listen on."
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    envvar=f"{_ENV}PORT",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--workers",
    default="1",
    show_default=True,
    envvar=f"{_ENV}WORKERS",
    type=_Workers(),
    help="Processes that serve, each on a core of its own; auto is one for each core.",
)
@click.option(
    "--per-worker-state",
    is_flag=True,
    envvar=f"{_ENV}PER_WORKER_STATE",
    help="With several workers, serve what each of them counts for itself: attempts, limits.",
)
@click.option(
    "--state",
    default="",
    metavar="URL",
    envvar=f"{_ENV}STATE",
    help="Share what is kept with all servers on this Redis, such as redis://localhost:6379/0.",
)
@click.option(
    "--auth",
    default="any",
    show_default=True,
    envvar=f"{_ENV}AUTH",
    type=click.Choice(["any", "off"]),
    help="any: some key is needed; off: none.",
)
@click.option(
    "--auth-key",
    "keys",
    multiple=True,
    envvar=f"{_ENV}AUTH_KEY",
    help="Accept this key and no other; repeatable.",
)
@click.option(
    "--control-token",
    default="",
    envvar=f"{_ENV}CONTROL_TOKEN",
    help="What has to be sent to the pages below /_mock/; without it, who is near may ask.",
)
@click.option(
    "--unmatched",
    default="auto",
    show_default=True,
    envvar=f"{_ENV}UNMATCHED",
    type=click.Choice(["auto", "error"]),
    help="What answers where no scenario matches.",
)
@click.option(
    "--contract",
    default="documented",
    show_default=True,
    envvar=f"{_ENV}CONTRACT",
    type=click.Choice(["documented", "strict", "off"]),
    help="What is refused: what the API refuses; unknown and deprecated members too; nothing.",
)
@click.option(
    "--profile",
    default="native",
    show_default=True,
    envvar=f"{_ENV}PROFILE",
    type=click.Choice(["native", "gateway"]),
    help="Who refuses keys, routes, quotas and models: each vendor, or the gateway.",
)
@click.option(
    "--models",
    default="any",
    show_default=True,
    envvar=f"{_ENV}MODELS",
    type=click.Choice(["any", "known"]),
    help="Which models may be asked: any, or those that are listed.",
)
@click.option(
    "--model",
    "more_models",
    multiple=True,
    envvar=f"{_ENV}MODEL",
    help="List this model too; repeatable.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    envvar=f"{_ENV}LIMIT",
    type=_Limit(),
    help="What each key gets of the models, such as '3 requests/m' or '1000 tokens/10s'; repeatable.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    envvar=f"{_ENV}FAULT",
    help="Let every answer have this fault, where it can show it; repeatable.",
)
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    envvar=f"{_ENV}SPEED",
    type=click.FloatRange(min=0),
    help="Divides all scripted waits; 0 skips them.",
)
@click.option(
    "--clock",
    default="fixed",
    show_default=True,
    envvar=f"{_ENV}CLOCK",
    type=_Moment(),
    help="The time that answers tell.",
)
@click.option(
    "--seed", default="0", show_default=True, envvar=f"{_ENV}SEED", help="Where ids and jitter come from."
)
@click.option(
    "--no-builtin",
    is_flag=True,
    envvar=f"{_ENV}NO_BUILTIN",
    help="Without PATHS, serve no scenario: the built-in ones answer only when asked for by name.",
)
@click.option(
    "--reload",
    "watch",
    is_flag=True,
    envvar=f"{_ENV}RELOAD",
    help="Take in edits of the scenario files while serving. SIGHUP does it once.",
)
@click.option(
    "--grace",
    default=5.0,
    show_default=True,
    envvar=f"{_ENV}GRACE",
    type=click.FloatRange(min=0),
    help="Seconds open streams get when the server stops.",
)
@click.option(
    "--log-format",
    default="text",
    show_default=True,
    envvar=f"{_ENV}LOG_FORMAT",
    type=click.Choice(["text", "json", "none"]),
    help="One line per request, or none. With json, where to reach the server is told in JSON too.",
)
def serve(
    paths: tuple[str, ...],
    keys: tuple[str, ...],
    auth: Literal["any", "off"],
    log_format: Literal["text", "json", "none"],
    **flags: Any,
) -> None:
    """Serve the scenarios in PATHS (files or folders), or the built-in ones."""
    from mockserver.starting import quick_start

    with quick_start():
        from mockserver.hosting import Hosting, HostingError, host
        from mockserver.server.access_log import configure_logging
        from mockserver.server.pages import front_json, front_text
        from mockserver.service import Service
        from mockserver.settings import Settings

    def announce(origin: str, service: Service) -> None:
        click.echo((front_json if log_format == "json" else front_text)(origin, service))

    configure_logging(log_format)
    hosting = Hosting(**{field.name: flags.pop(field.name) for field in fields(Hosting)})
    settings = Settings(auth=frozenset(keys) or auth, time_passes=hosting.clock is None, **flags)
    try:
        host(paths, settings, hosting, announce)
    except HostingError as error:
        _fail(str(error))


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
def check(paths: Sequence[str]) -> None:
    """Report every problem in the scenario files in PATHS; exit status 1 if there are any.

    Warns of what scripted answers have that the vendors do not document; a warning is no problem.
    """
    from mockserver.assembly import protocol_names
    from mockserver.authoring.reviewing import warnings
    from mockserver.faults.drawing import FAULT_NAMES
    from mockserver.scenario.files import load, report

    loaded = load(paths, protocol_names(), FAULT_NAMES)
    click.echo(report(loaded, warnings(loaded.scenarios)))
    sys.exit(1 if loaded.problems else 0)


@main.command()
def schema() -> None:
    """Print the JSON Schema of the scenario format."""
    from mockserver.assembly import protocol_names
    from mockserver.faults.drawing import FAULT_NAMES
    from mockserver.scenario.schema import schema_json

    click.echo(schema_json(protocol_names(), FAULT_NAMES))


@main.command()
@click.argument("scenario")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--turn", default=1, show_default=True, type=click.IntRange(min=1), help="Which turn.")
@click.option(
    "--attempt", default=1, show_default=True, type=click.IntRange(min=1), help="Which attempt of it."
)
@click.option("--protocol", help="One protocol or family only, such as anthropic or openai.chat.")
@click.option("--stream/--no-stream", default=False, help="The stream instead of the JSON answer.")
@click.option("--user", default=None, help="What the user said.")
@click.option("--fault", "faults", multiple=True, help="What goes wrong with it; repeatable.")
def show(
    scenario: str,
    paths: tuple[str, ...],
    turn: int,
    attempt: int,
    protocol: str | None,
    stream: bool,  # noqa: FBT001 - click passes flags by name
    user: str | None,
    faults: tuple[str, ...],
) -> None:
    """Print what each protocol sends for a turn of SCENARIO: a file, or a name built-in or found in PATHS."""
    from mockserver.assembly import BrokenScenariosError
    from mockserver.authoring.show import ShowError, Shown, show_scenario
    from mockserver.faults.drawing import FaultError

    shown = Shown(turn, attempt, protocol, stream, user, faults)
    try:
        click.echo(show_scenario(scenario, paths, shown), nl=False)
    except (BrokenScenariosError, FaultError, ShowError) as error:
        _fail(str(error))


@main.command()
@click.argument("name", required=False)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--wire", help="One wire or family only, such as anthropic, chat or openai.")
@click.option("--scenario", help="Show it on this scenario: a file, or a name built-in or found in PATHS.")
@click.option(
    "--stream/--json-answer", default=None, help="Show it in a stream, or in an answer in one piece."
)
@click.option("--full", is_flag=True, help="Show every line, those that are alike too.")
@click.option("--json", "as_json", is_flag=True, help="Print what GET /_mock/faults answers.")
def faults(
    name: str | None,
    paths: tuple[str, ...],
    wire: str | None,
    scenario: str | None,
    stream: bool | None,  # noqa: FBT001 - click passes flags by name
    full: bool,  # noqa: FBT001 - as above
    as_json: bool,  # noqa: FBT001 - as above
) -> None:
    """List what can go wrong on purpose, or show NAME on each wire beside a healthy answer."""
    from mockserver.assembly import BrokenScenariosError
    from mockserver.authoring.show import ShowError
    from mockserver.authoring.show_faults import FaultShown, faults_as_json, list_faults, show_fault
    from mockserver.faults.drawing import FaultError

    width = _width()
    try:
        if as_json:
            click.echo(faults_as_json(name, wire))
        elif name is None:
            click.echo(list_faults(wire, width))
        else:
            click.echo(show_fault(name, FaultShown(wire, scenario, paths, stream, width, full)))
    except (BrokenScenariosError, FaultError, ShowError) as error:
        _fail(str(error))


def _width() -> int:
    """The columns of the terminal; a good number where there is none."""
    return max(80, shutil.get_terminal_size((100, 24)).columns) if sys.stdout.isatty() else 100


def _fail(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(1)
