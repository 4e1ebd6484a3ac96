"""The `mockserver` fixture: one server per session, and for each test a view with a key of its own.

Every pytest run loads this module, so what serves is imported by the first test that asks for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass  # noqa: TID251 - a run without the fixture loads no other module
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.fixture.clients import SdkClient
    from mockserver.fixture.options import Options
    from mockserver.journal.recorded import RecordedExchange
    from mockserver.runner import MockServer

_MARKER = (
    "mockserver(*files, fault=, contract=, speed=, unmatched=, ignore=, protocols=): what the mock server of"
    " a test plays, how it behaves, and what it does not verify"
)
_LONGEST_NAME = 40


@dataclass(slots=True)
class _Watched:
    """What is known of a test that uses the fixture, until its last report is made."""

    view: MockServer
    went_wrong: bool = False
    is_told: bool = False
    exchanges: list[RecordedExchange] | None = None

    def seen(self) -> list[RecordedExchange]:
        return self.view.exchanges if self.exchanges is None else self.exchanges

    def journal(self) -> str:
        from mockserver.journal.telling import tell_journal

        return tell_journal(self.seen())


_WATCHED: pytest.StashKey[_Watched] = pytest.StashKey()


# --------------------------------------------------------------------------------------------- options


INI_OPTIONS = {
    "scenarios": "the folder of scenario files; default: `scenarios` beside the test or in the rootdir",
    "speed": "what scripted waits are divided by; 0, the default, skips them",
    "contract": "what is refused: documented (default), strict or off",
    "unmatched": "what answers where no scenario matches: error (default) or auto",
    "ignore": "kinds of what is unmet that do not fail tests",
    "seed": "where ids and jitter come from",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    for name, told in INI_OPTIONS.items():
        if name == "ignore":
            parser.addini(f"mockserver_{name}", told, "args", default=[])
        else:
            parser.addini(f"mockserver_{name}", told, default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test with the marker uses the fixture, whether it asks for it by name or not."""
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is not None and "mockserver" not in names and item.get_closest_marker("mockserver"):
        names.insert(0, "mockserver")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of `mockserver_client` runs once for each protocol."""
    if "mockserver_client" not in metafunc.fixturenames:
        return
    from mockserver.fixture.clients import PROTOCOLS, is_installed, package

    asked = _read(metafunc.definition).protocols
    protocols = [name for name in PROTOCOLS if is_installed(name)] if asked is None else asked
    parameters = [
        pytest.param(
            name, marks=pytest.mark.skipif(not is_installed(name), reason=f"{package(name)} is not installed")
        )
        for name in protocols
    ]
    metafunc.parametrize("mockserver_client", parameters, ids=protocols, indirect=True)


def _read(node: pytest.Item) -> Options:
    from mockserver.fixture.options import OptionError, read_marks

    try:
        return read_marks(node.iter_markers("mockserver"))
    except OptionError as error:
        raise _failure(f"@pytest.mark.mockserver: {error}") from None


def _options(request: pytest.FixtureRequest) -> Options:
    from mockserver.fixture.options import OptionError, read_ignored

    options = _read(request.node)
    if options.protocols is not None and "mockserver_client" not in request.fixturenames:
        raise _failure("@pytest.mark.mockserver: `protocols` is for tests that use `mockserver_client`.")
    try:
        return options.ignoring(read_ignored(request.config.getini("mockserver_ignore")))
    except OptionError as error:
        raise _failure(str(error)) from None


def _failure(text: str) -> BaseException:
    """Fails a test with a sentence: where in the plugin it was noticed is of no use to who reads it."""
    return pytest.fail.Exception(text, pytrace=False)


# -------------------------------------------------------------------------------------------- fixtures


@pytest.fixture(scope="session")
def mockserver_session(pytestconfig: pytest.Config) -> Iterator[MockServer]:
    """The server that all tests of the session share. Override it to start the server differently."""
    from mockserver.fixture.options import OptionError, read_server
    from mockserver.runner import MockServer

    try:
        options = read_server(lambda name: str(pytestconfig.getini(f"mockserver_{name}")))
    except OptionError as error:
        raise _failure(str(error)) from None
    with MockServer(**options) as server:
        yield server


@pytest.fixture
def mockserver_scenarios(request: pytest.FixtureRequest) -> Path:
    """The folder in which scenario files are looked for. Override it to have them elsewhere."""
    root = request.config.rootpath
    if configured := request.config.getini("mockserver_scenarios"):
        return root / str(configured)
    beside = request.path.parent / "scenarios"
    return beside if beside.is_dir() else root / "scenarios"


@pytest.fixture
def mockserver_key(request: pytest.FixtureRequest) -> str:
    """The API key of this test, and so its namespace. It follows from the test's own name, so that no other
    test has it, on whichever worker, and what a seed gives is the same in every run and any order.
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "-", request.node.name)[:_LONGEST_NAME].strip("-")
    return f"mock-{name}-{blake2b(request.node.nodeid.encode(), digest_size=6).hexdigest()}"


@pytest.fixture
def mockserver(
    request: pytest.FixtureRequest,
    mockserver_session: MockServer,
    mockserver_key: str,
    mockserver_scenarios: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MockServer]:
    """A mock server for this test alone: no scenario but what the test loads, and the SDKs' environment
    variables point at it. What did not go as scripted fails the test at its end.
    """
    options = _options(request)
    view = mockserver_session.namespace(mockserver_key, mockserver_scenarios)
    watched = request.node.stash[_WATCHED] = _Watched(view)
    _point_at(view, monkeypatch)
    try:
        _prepare(view, options)
        yield view
    finally:
        found, watched.exchanges = view.conclude(options.ignore)
    if found and not watched.went_wrong:
        from mockserver.journal.verification import told

        raise _failure(told(found))


def _point_at(view: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from mockserver.connection import environment_changes
    from mockserver.protocols import VENDORS

    for name, value in environment_changes(VENDORS, view.url, view.key, os.environ).items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)


def _prepare(view: MockServer, options: Options) -> None:
    from mockserver.assembly import BrokenScenariosError

    try:
        options.apply(view)
    except BrokenScenariosError as error:
        raise _failure(f"@pytest.mark.mockserver names what cannot be played.\n{error}") from None


@pytest.fixture
def mockserver_client(
    request: pytest.FixtureRequest,
    mockserver: MockServer,  # noqa: ARG001 - the environment that clients are made in
) -> Iterator[SdkClient]:
    """A client of an official SDK that speaks to `mockserver`. The test runs once for each protocol whose SDK
    is installed, or for the `protocols` of its marker.
    """
    from mockserver.fixture.clients import SdkClient

    if not hasattr(request, "param"):
        raise _failure(
            "`mockserver_client` is an argument: a test that asks for it runs once for each protocol."
        )
    client = SdkClient(request.param)
    yield client
    client.close()


# --------------------------------------------------------------------------------------------- reports


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The first report of a test that fails has the journal in a section of its own. A test that went wrong
    by itself is not verified: what it has not come to would hide why.
    """
    report = yield
    watched = item.stash.get(_WATCHED, None)
    if watched is None:
        return report
    if call.when == "teardown":
        del item.stash[_WATCHED]
    elif call.excinfo:
        watched.went_wrong = True
    if report.failed and not watched.is_told and (call.when != "setup" or watched.seen()):
        watched.is_told = True
        report.sections.append(("mockserver journal", watched.journal()))
    return report
