"""A model name is all that a client needs to get a fault, any of them, on any wire that has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import pytest

from mockserver.assembly import build_service, builtin_folder
from mockserver.conversation import Http, Json, JsonObject
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.known import KnownFault
from mockserver.faults.showing import asked_beside, model_showing
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Dialect
from mockserver.service import Service
from mockserver.settings import Settings

DIALECTS = [dialect for vendor in VENDORS for dialect in vendor.dialects]
SAID = [{"role": "user", "content": "Hi"}]
BODIES: Mapping[str, Mapping[str, Json]] = {
    "openai.chat": {"messages": SAID},
    "openai.responses": {"input": "Hi"},
    "openai.completions": {"prompt": "Hi"},
    "anthropic": {"messages": SAID, "max_tokens": 8000},
    "gemini": {"contents": [{"parts": [{"text": "Hi"}]}]},
}
PATHS = {
    "openai.chat": "/v1/chat/completions",
    "openai.responses": "/v1/responses",
    "openai.completions": "/v1/completions",
    "anthropic": "/anthropic/v1/messages",
    "gemini": "/v1beta/models/{model}:{method}",
}
HEADERS = {
    "content-type": "application/json",
    "anthropic-version": "2023-06-01",
    "accept-encoding": "gzip, br, zstd",
}


def ways(dialect: Dialect) -> Iterator[tuple[KnownFault, bool]]:
    """The faults of a wire, in streams and in JSON."""
    for known in KNOWN_FAULTS:
        for stream in (True, False):
            if known.shows(dialect, stream=stream):
                yield known, stream


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_fault_of_a_wire_shows_when_a_client_asks_for_its_model(
    dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = build_service([builtin_folder()], Settings())
    monkeypatch.setattr(service.engine, "identify", lambda *_: b"the same for all")
    hidden = []
    for known, stream in ways(dialect):
        asks = asked_beside(known, dialect, stream=stream)
        model = model_showing(known)
        healthy = answered(service, dialect, model.removesuffix(f"+{known.name}"), asks, stream=stream)
        faulty = answered(service, dialect, model, asks, stream=stream)
        if faulty == healthy or known.name not in service.journal.entries()[-1].faults:
            hidden.append((known.name, stream))

    assert hidden == []


def answered(service: Service, dialect: Dialect, model: str, asks: JsonObject, *, stream: bool) -> str:
    """The steps of the answer to a request with this model, without what only repeats the model."""
    body, query = {**BODIES[dialect.name], **asks}, {}
    if dialect.name == "gemini":
        query = {"alt": "sse"} if stream else {}
    else:
        body |= {"model": model, **({"stream": True} if stream else {})}
    method = "streamGenerateContent" if stream else "generateContent"
    path = PATHS[dialect.name].format(model=model, method=method)
    http = Http("POST", path, headers=HEADERS, query=query, body=json.dumps(body).encode(), key="k")
    told = repr(list(service.respond(http).steps))
    return re.sub(r"fp_\w+|length=\d+", "", told.replace(model, ""))


def test_every_fault_names_its_reports_and_they_are_threads() -> None:
    for known in KNOWN_FAULTS:
        for thread in known.reports:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+(#\d+)?", thread), (known.name, thread)
