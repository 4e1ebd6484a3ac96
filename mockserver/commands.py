"""More commands: `explain`, and those that ask a running server, `verify` and `journal`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import IO, NoReturn

import click

_ENV = "MOCKSERVER_"
_NOT_ASKED = 2
"""The exit status where the server could not be asked."""

_URL = click.option(
    "--url",
    default="http://localhost:8000",
    show_default=True,
    envvar=f"{_ENV}URL",
    help="Where the server is.",
)
_KEY = click.option("--key", default="", help="The API key whose requests are meant; all without it.")
_TOKEN = click.option(
    "--control-token", "token", default="", envvar=f"{_ENV}CONTROL_TOKEN", help="The server's control token."
)


@click.command()
@_URL
@_KEY
@_TOKEN
@click.option("--ignore", multiple=True, help="Leave out what is unmet of this kind; repeatable.")
def verify(url: str, key: str, token: str, ignore: tuple[str, ...]) -> None:
    """Tell all that did not go as scripted on a running server; exit status 1 if anything did not."""
    from mockserver.remote import Remote, RemoteError, unmet_line

    try:
        unmet = Remote(url, key, token).unmet(",".join(ignore))
    except RemoteError as error:
        _give_up(error)
    for one in unmet:
        click.echo(unmet_line(one))
    if not unmet:
        click.echo("All went as scripted.")
    sys.exit(1 if unmet else 0)


@click.command()
@_URL
@_KEY
@_TOKEN
@click.option("--follow", "-f", is_flag=True, help="Go on with what is asked from now on.")
def journal(url: str, key: str, token: str, follow: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Print what a running server was asked, and what came of it."""
    from mockserver.remote import Remote, RemoteError, exchange_lines

    try:
        for exchange in Remote(url, key, token).exchanges(follow=follow):
            click.echo("\n".join(exchange_lines(exchange)))
    except RemoteError as error:
        _give_up(error)
    except KeyboardInterrupt:
        pass


@click.command()
@click.argument("request", type=click.File("rb"), metavar="FILE|-")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--protocol", default="", help="Whose request it is, such as anthropic or openai.chat.")
@click.option("--route", default="", help="The path that it is sent to, such as /v1/messages.")
@click.option(
    "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header that it has; repeatable."
)
def explain(
    request: IO[bytes], paths: tuple[str, ...], protocol: str, route: str, headers: tuple[str, ...]
) -> None:
    """Tell which scenario in PATHS, or built in, would answer the request whose body is in FILE, and why each
    other would not; exit status 1 if none would.
    """
    from mockserver.assembly import BrokenScenariosError
    from mockserver.authoring.explain import Asked, ExplainError
    from mockserver.authoring.explain import explain as explained

    try:
        told = explained(Asked(request.read(), protocol, route, dict(_split(headers))), paths)
    except (BrokenScenariosError, ExplainError) as error:
        click.echo(str(error), err=True)
        sys.exit(_NOT_ASKED)
    click.echo(told.text)
    sys.exit(0 if told.answered else 1)


def _split(headers: Iterable[str]) -> Iterator[tuple[str, str]]:
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon:
            raise click.BadParameter(f"{header!r} is no header: write NAME: VALUE", param_hint="--header")
        yield name.strip(), value.strip()


def _give_up(error: Exception) -> NoReturn:
    click.echo(str(error), err=True)
    sys.exit(_NOT_ASKED)
