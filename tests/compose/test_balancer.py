"""The balancer of docker-compose.yml as it stands there, but for addresses: HAProxy, before two replicas that
share their state on a Redis.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import Server, Start
from compose.names import Names
from patience import HANG, wait
from ports import free_port
from readme import ROOT
from redis_server import RedisServer

HAPROXY = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin") or "haproxy"
pytestmark = pytest.mark.skipif(
    not Path(HAPROXY).exists() and "CI" not in os.environ,
    reason="haproxy is not installed: apt-get install haproxy",
)

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
REPLICAS = ("127.0.0.2", "127.0.0.3")
ANOTHER = "127.0.0.4"
PACED = "scenario: paced\nmatch: by-name\npace: {gap: 1h}\nreply: one two\n"
FAULTS = ("bad-chunk", "until-close", "content-length-on-stream", "odd-writes", "no-http", "cut-mid-stream")
"""Of which a proxy that reads HTTP lets none through as it is."""


class Balanced:
    """Replicas behind a balancer; `url` and `port` are the balancer's."""

    def __init__(self, start: Start, folder: Path, names: Names, state: str) -> None:
        self._state = state
        (folder / "paced.yaml").write_text(PACED)
        self._start = start
        self._scenarios = str(folder / "paced.yaml")
        self._replica_port = free_port(*REPLICAS, ANOTHER)
        self.names = names
        self.replicas = {address: self.replica(address) for address in REPLICAS}
        self.port = free_port("127.0.0.1")
        self.url = f"http://127.0.0.1:{self.port}"
        text = COMPOSE["configs"]["balancer"]["content"]
        for given, here in (
            ("maxconn 20000", "maxconn 1000"),  # this machine may not have so many files
            ("127.0.0.11:53", f"127.0.0.1:{names.port}"),
            ("bind :8000", f"bind 127.0.0.1:{self.port}"),
            ("replica:8000", f"replica:{self._replica_port}"),
        ):
            assert text.count(given) == 1
            text = text.replace(given, here)
        self.config = folder / "haproxy.cfg"
        self.config.write_text(text)

    def replica(self, address: str) -> Server:
        paths = (self._scenarios, str(ROOT / "scenarios"))
        return self._start(
            *paths, "--host", address, "--port", str(self._replica_port), "--state", self._state
        )

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=HANG) as answer:
            return bytes(answer.read())

    def answered(self) -> dict[str, int]:
        """How many requests each replica has answered."""
        return {address: replica.logged.count("POST /v1/") for address, replica in self.replicas.items()}

    def wait_until_it_has(self, count: int) -> None:
        """Wait until the balancer takes so many replicas for healthy: all of many new connections are
        answered, by so many of them.
        """
        wait(lambda: self._have_answered() == count)

    def _have_answered(self) -> int:
        """How many replicas answer when many ask."""
        before = self.answered()
        try:
            for _ in range(6):
                chat(self.port)
        except (OSError, HTTPException):
            return 0
        return sum(count > 0 for count in self.answered_since(before, 6).values())

    def answered_since(self, before: dict[str, int], count: int) -> dict[str, int]:
        """How many requests each has answered since, once there are so many in the logs."""

        def since() -> dict[str, int]:
            return {each: now - before[each] for each, now in self.answered().items()}

        wait(lambda: sum(since().values()) >= count)
        return since()


@pytest.fixture(scope="module")
def started() -> Iterator[Start]:
    """As `start`; what is started runs until the tests of this file are over."""
    servers: list[Server] = []

    def begin(*args: str) -> Server:
        servers.append(Server(*args))
        return servers[-1]

    yield begin
    for server in servers:
        server.end()


@pytest.fixture(scope="module")
def running(
    started: Start, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Balanced]:
    state = f"{redis.url}&prefix=balanced:"
    with Names(*REPLICAS) as names:
        balanced = Balanced(started, tmp_path_factory.mktemp("balanced"), names, state)
        process = subprocess.Popen([HAPROXY, "-f", str(balanced.config)], stderr=subprocess.DEVNULL)
        try:
            yield balanced
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def balanced(running: Balanced) -> Balanced:
    """With the two replicas that it began with."""
    running.wait_until_it_has(2)
    return running


@pytest.fixture(scope="module")
def alone(started: Start) -> Server:
    return started(str(ROOT / "scenarios"))


def kill(replica: Server) -> None:
    replica.process.kill()
    replica.process.wait()


CHAT: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello!"}]}


def asked(model: str, *, stream: bool = False) -> bytes:
    return json.dumps(CHAT | {"model": model, "stream": stream}).encode()


HEADERS = {"authorization": "Bearer k", "content-type": "application/json"}


def chat(port: int) -> bytes:
    """An answer on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=HANG)
    try:
        connection.request("POST", "/v1/chat/completions", asked("gpt-5"), HEADERS)
        return connection.getresponse().read()
    finally:
        connection.close()


def all_of(host: str, port: int, fault: str) -> bytes:
    """All that comes over a connection, to its end, for who asks the first time with a key."""
    body = asked("mock-poem", stream=True)
    lines = [f"authorization: Bearer {fault}", f"x-mock-fault: {fault}", "content-type: application/json"]
    lines += ["host: mock", f"content-length: {len(body)}", "connection: close"]
    head = "\r\n".join(["POST /v1/chat/completions HTTP/1.1", *lines, "\r\n"])
    with socket.create_connection((host, port), timeout=HANG) as client:
        client.sendall(head.encode() + body)
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_the_configuration_has_no_fault(tmp_path: Path) -> None:
    text = COMPOSE["configs"]["balancer"]["content"]
    (tmp_path / "haproxy.cfg").write_text(text)

    done = subprocess.run(
        [HAPROXY, "-c", "-f", str(tmp_path / "haproxy.cfg")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_connections_that_are_kept_alive_are_spread_evenly(balanced: Balanced) -> None:
    before = balanced.answered()
    connections = [HTTPConnection("127.0.0.1", balanced.port, timeout=HANG) for _ in range(8)]
    for connection in connections * 3:
        connection.request("POST", "/v1/chat/completions", asked("gpt-5"), HEADERS)
        assert connection.getresponse().read()
    for connection in connections:
        connection.close()

    assert set(balanced.answered_since(before, 24).values()) == {12}


Told = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body."""


def session(server_port: int) -> list[Told]:
    """What a client is told that asks each time on a new connection, and whose requests build on another."""
    told: list[Told] = []
    headers = {"authorization": "Bearer session", "content-type": "application/json"}
    asks: list[tuple[str, dict[str, Any]]] = [("chat/completions", CHAT | {"model": "mock-rate-limit"})] * 4
    asks += [("chat/completions", CHAT)] * 3
    asks += [("responses", {"model": "m", "input": "Hello!"})]
    for number in range(10):
        path, body = asks[number] if number < len(asks) else ("responses", _next_to(told[-1][2]))
        connection = HTTPConnection("127.0.0.1", server_port, timeout=HANG)
        connection.request("POST", f"/v1/{path}", json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        told.append((answer.status, answer.getheaders(), answer.read()))
        connection.close()
    return told


def _next_to(response: bytes) -> dict[str, Any]:
    return {"model": "m", "input": "And now?", "previous_response_id": json.loads(response)["id"]}


def test_a_session_is_told_the_same_bytes_by_the_replicas_as_by_one_process(
    balanced: Balanced, alone: Server
) -> None:
    before = balanced.answered()
    through_the_balancer = session(balanced.port)

    assert through_the_balancer == session(int(alone.url.rpartition(":")[2]))
    assert [status for status, _, _ in through_the_balancer] == [429, 429, *[200] * 8]
    assert all(balanced.answered_since(before, 10).values())


def test_the_pieces_of_a_stream_come_as_they_are_sent(balanced: Balanced) -> None:
    connection = HTTPConnection("127.0.0.1", balanced.port, timeout=HANG)
    connection.request("POST", "/v1/chat/completions", asked("mock-paced", stream=True), HEADERS)
    answer = connection.getresponse()

    assert any(b"one" in line for line in answer)  # the next is sent in an hour
    answer.close()
    connection.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_on_purpose_goes_wrong_in_the_same_way(
    balanced: Balanced, alone: Server, fault: str
) -> None:
    direct = all_of("127.0.0.1", int(alone.url.rpartition(":")[2]), fault)

    assert all_of("127.0.0.1", balanced.port, fault) == direct


def test_a_replica_that_dies_is_not_asked_any_more_and_is_when_it_is_back(balanced: Balanced) -> None:
    first = REPLICAS[0]
    kill(balanced.replicas[first])

    assert all(chat(balanced.port) for _ in range(6))

    balanced.replicas[first] = balanced.replica(first)
    balanced.wait_until_it_has(2)


def test_a_replica_that_comes_is_asked_as_soon_as_its_name_is_known(balanced: Balanced) -> None:
    balanced.names.addresses.append(ANOTHER)
    balanced.replicas[ANOTHER] = balanced.replica(ANOTHER)

    balanced.wait_until_it_has(3)
    balanced.names.addresses.pop()
    balanced.wait_until_it_has(2)
    kill(balanced.replicas.pop(ANOTHER))
