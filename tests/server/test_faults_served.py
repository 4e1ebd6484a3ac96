"""A thousand requests for faults at random, from clients of which some leave: the server stays well."""

from __future__ import annotations

import asyncio
import logging
from random import Random

import pytest
from faults.wires import DIALECTS, request_to
from patience import HANG

from mockserver.assembly import build_service
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.scenario.delivery import Fail, Hang, KeepOpen, Rewrite
from mockserver.server import serving
from mockserver.server.app import IN_FLIGHT, create_app
from mockserver.settings import Settings

_AT_ONCE = 50
_PATIENCE = 0.3
_ENDLESS = {
    known.name
    for known in KNOWN_FAULTS
    if any(isinstance(fault.act, Hang | KeepOpen) for fault in known.faults)
}
"""Faults behind which nothing comes any more, and the connection stays."""
_ERRORS = {
    known.name
    for known in KNOWN_FAULTS
    if any(
        isinstance(fault.act, Fail) or (isinstance(fault.act, Rewrite) and (fault.act.status or 0) >= 500)
        for fault in known.faults
    )
}
"""Faults that come to an error of the server."""


async def ask(port: int, head_and_body: bytes, patience: float) -> bytes:
    """What comes within that time; then the client leaves."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    came = b""
    try:
        async with asyncio.timeout(patience):
            writer.write(head_and_body)
            while data := await reader.read(4096):
                came += data
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return came


def drawn(random: Random) -> tuple[bytes, float]:
    """A request for a fault, or for two of them, and how patient its client is."""
    wire, stream = random.choice(list(DIALECTS)), random.random() < 0.7
    shown = [known.name for known in KNOWN_FAULTS if known.shows(DIALECTS[wire], stream=stream)]
    asked = random.sample(shown, random.choice([1, 1, 1, 2]))
    scenario = random.choice(["everything", "everything", "weather", "overloaded", "hello"])
    http = request_to(wire, f"mock-{scenario}+{'+'.join(asked)}", stream=stream)
    query = "".join(f"?{name}={value}" for name, value in http.query.items())
    lines = [f"POST {http.path}{query} HTTP/1.1", "host: x", "authorization: Bearer k"]
    lines += [f"{name}: {value}" for name, value in http.headers.items()]
    lines += ["x-api-key: k", "x-goog-api-key: k", "accept-encoding: gzip, br", "connection: close"]
    patience = random.choice([0.002, 0.02, _PATIENCE if _ENDLESS & {*asked} else HANG])
    return "\r\n".join([*lines, f"content-length: {len(http.body)}", "", ""]).encode() + http.body, patience


async def test_a_thousand_faults_leave_the_server_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    random = Random(4)
    service = build_service((), Settings(speed=0))
    app = create_app(service, log=False)
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(port: int) -> bytes:
        async with at_once:
            return await ask(port, *drawn(random))

    with caplog.at_level(logging.WARNING):
        async with serving.listening(app, "127.0.0.1", 0) as origin:
            port = int(origin.rsplit(":", 1)[1])
            answers = await asyncio.gather(*(one(port) for _ in range(1000)))
            async with asyncio.timeout(HANG):
                while app[IN_FLIGHT]:  # noqa: ASYNC110 - those who left are noticed by the server
                    await asyncio.sleep(0.01)

    entries = service.journal.entries()
    assert caplog.records == []
    assert {entry.outcome for entry in entries} <= {"complete", "faulted", "left"}
    assert sum(entry.outcome == "faulted" for entry in entries) > 300
    assert sum(entry.outcome == "left" for entry in entries) > 30
    unasked = [
        (entry.scenario, entry.faults, entry.status)
        for entry in entries
        if entry.status >= 500 and not _ERRORS & set(entry.faults) and "overloaded" not in entry.scenario
    ]
    assert unasked == []
    assert any(answer.startswith(b"HTTP/1.1 200 OK\r\n") for answer in answers)
