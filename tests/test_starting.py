"""What is left out while a server starts, and that it is there again afterwards."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest

from mockserver.starting import quick_start

PLUGINS = "PYDANTIC_DISABLE_PLUGINS"
LATER = ["mockserver.openapi", "mockserver.server.control_bodies"]


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(PLUGINS, "")  # so that it is taken back
    monkeypatch.delenv(PLUGINS)
    yield
    gc.unfreeze()


def test_no_garbage_is_looked_for_until_all_is_there() -> None:
    with quick_start():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_what_is_there_is_not_looked_through_later() -> None:
    with quick_start():
        imported = [object]

    assert gc.get_freeze_count() > 0
    assert imported not in gc.get_objects()


@pytest.mark.parametrize("set_before", [None, "/somewhere/ca.pem"])
def test_certificates_are_found_again_afterwards(
    set_before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if set_before:
        monkeypatch.setenv("SSL_CERT_FILE", set_before)

    with quick_start():
        during = os.environ["SSL_CERT_FILE"]

    assert (during, os.environ.get("SSL_CERT_FILE")) == (os.devnull, set_before)


@pytest.mark.parametrize(("chosen", "then"), [(None, "__all__"), ("one", "one")])
def test_plugins_are_not_looked_for_unless_they_were_chosen(
    chosen: str | None, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if chosen:
        monkeypatch.setenv(PLUGINS, chosen)

    with quick_start():
        pass

    assert os.environ[PLUGINS] == then


def loaded_by(program: str) -> set[str]:
    """The modules that a program of several lines loads."""
    told = f"{dedent(program)}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True)
    return {*done.stdout.split()}


def test_what_only_describes_the_server_is_not_loaded_to_serve() -> None:
    loaded = loaded_by("import mockserver.hosting, mockserver.runner")

    assert "mockserver.server.pages" in loaded
    assert {*LATER} & loaded == set()


ANSWERED = """
    from mockserver.assembly import builtin_library, assemble, sound
    from mockserver.conversation import Http
    from mockserver.settings import Settings
    from mockserver.playback.steps import gathered
    import mockserver.hosting
    service = assemble(sound(builtin_library().load()), Settings())
    body = b'{"model": "gpt-6", "messages": [{"role": "user", "content": "Hello!"}]}'
    exchange = service.respond(Http("POST", "/v1/chat/completions", body=body, key="k"))
    assert gathered(exchange.steps).status == 200
"""


def test_the_first_answer_needs_one_wire_and_nothing_of_the_others() -> None:
    loaded = loaded_by(ANSWERED)

    assert "mockserver.protocols.openai.chat.read" in loaded
    others = ("anthropic.read", "gemini.read", "openai.responses.read", "openai.completions.read")
    assert {f"mockserver.protocols.{other}" for other in others} & loaded == set()
    assert not {name for name in loaded if ".contract" in name and "openai.chat" not in name}


def test_the_first_answer_needs_neither_templates_nor_values_made_from_schemas() -> None:
    assert {"jinja2", "mockserver.schema_values", "mockserver.embedding"} & loaded_by(ANSWERED) == set()
