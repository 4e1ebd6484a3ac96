"""The lines of the server's own log: when they are written, and in which order."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from textwrap import dedent
from typing import TypeAlias

import pytest

from mockserver.conversation import Failure, Http
from mockserver.journal.entries import Entry
from mockserver.protocols.credentials import fingerprint
from mockserver.server.access_log import LogFormat, configure_logging, log_exchange


class Written(io.StringIO):
    """A stream, and what each write to it was."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return super().write(text)


LogToStream: TypeAlias = Callable[[LogFormat], Written]


@pytest.fixture
def log_to_stream() -> Iterator[LogToStream]:
    """Configures the log, and gives what it is written to; the loggers are as they were when the test is
    over.
    """
    server, access = logging.getLogger("mockserver"), logging.getLogger("mockserver.access")
    before = server.handlers[:], server.level, server.propagate, access.disabled

    def configured(log_format: LogFormat) -> Written:
        stream = Written()
        with redirect_stderr(stream):
            configure_logging(log_format)
        return stream

    yield configured
    server.handlers[:], server.level, server.propagate, access.disabled = before


def over(path: str) -> Entry:
    entry = Entry(Http("GET", path, key="k"), "toy", status=200)
    entry.outcome = "complete"
    return entry


async def test_the_lines_of_one_turn_of_the_loop_are_written_in_one_go(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("text")

    log_exchange(over("/a"), 0.0012)
    log_exchange(over("/b"), 0.2)
    await asyncio.sleep(0)

    first = "toy              GET /a  -  200  1.2 ms  key ae97166e\n"
    second = "toy              GET /b  -  200  200.0 ms  key ae97166e\n"
    assert stream.writes == [first + second]


async def test_no_more_lines_are_written_in_one_go_than_a_pipe_takes_in_one_piece(
    log_to_stream: LogToStream,
) -> None:
    """Other workers write to it too."""
    stream = log_to_stream("text")
    paths = [f"/{number}/{'ö' * number}" for number in range(200)]

    for path in paths:
        log_exchange(over(path), 0)
    await asyncio.sleep(0)

    assert [line.split()[2] for line in stream.getvalue().splitlines()] == paths
    assert all(write.endswith("\n") and len(write.encode()) <= 4096 for write in stream.writes)
    assert len(stream.writes) < 40


async def test_lines_may_be_json(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("json")

    log_exchange(over("/a"), 0.0012)
    await asyncio.sleep(0)

    told = json.loads(stream.getvalue())
    assert (told["level"], told["path"], told["ms"], told["outcome"]) == ("info", "/a", 1.2, "complete")


async def test_what_else_is_logged_comes_behind_the_lines_before_it(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("text")

    log_exchange(over("/a"), 0)
    logging.getLogger("mockserver").error("odd")
    log_exchange(over("/b"), 0)
    await asyncio.sleep(0)

    first, odd, last = stream.getvalue().splitlines()
    assert ("GET /a" in first, odd, "GET /b" in last) == (True, "odd", True)


async def test_no_line_is_written_where_none_is_wanted(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("none")

    log_exchange(over("/a"), 0)
    await asyncio.sleep(0)

    assert stream.writes == []


async def test_whoever_listens_to_the_log_gets_records(
    log_to_stream: LogToStream, caplog: pytest.LogCaptureFixture
) -> None:
    stream = log_to_stream("text")
    logging.getLogger("mockserver.access").addHandler(caplog.handler)

    try:
        log_exchange(over("/a"), 0)
    finally:
        logging.getLogger("mockserver.access").removeHandler(caplog.handler)

    assert [record.__dict__["exchange"]["path"] for record in caplog.records] == ["/a"]
    assert stream.getvalue().count("/a") == 1


async def test_lines_about_the_same_request_tell_how_each_fared(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("text")
    refused, cut, other = over("/a"), over("/a"), over("/a")
    refused.status, refused.failure = 404, Failure("not_found", message="Nobody\nanswers.")
    cut.status, cut.outcome = 0, "left"
    other.http = Http("GET", "/a", key="other")

    for entry in (over("/a"), refused, cut, other):
        log_exchange(entry, 0)
    await asyncio.sleep(0)

    begin = "toy              GET /a  -  "
    assert stream.getvalue().splitlines() == [
        f"{begin}200  0.0 ms  key ae97166e",
        f"{begin}404  0.0 ms  key ae97166e  Nobody answers.",
        f"{begin}---  0.0 ms  key ae97166e  the client left after 0 events",
        f"{begin}200  0.0 ms  key {fingerprint('other')}",
    ]


async def test_a_client_cannot_end_a_line(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("text")

    log_exchange(over("/a\n\x1b[2J"), 0)
    await asyncio.sleep(0)

    assert "/a\\x0a\\x1b[2J" in stream.getvalue()


async def test_a_stream_that_is_closed_stops_nothing(log_to_stream: LogToStream) -> None:
    stream = log_to_stream("text")
    stream.close()

    log_exchange(over("/a"), 0)
    await asyncio.sleep(0)

    assert stream.writes == ["toy              GET /a  -  200  0.0 ms  key ae97166e\n"]


def test_lines_that_wait_when_the_process_ends_are_written() -> None:
    """Here by an error that nobody expects, in the turn in which an exchange was over."""
    ends = dedent("""
        import asyncio
        from mockserver.conversation import Http
        from mockserver.journal.entries import Entry
        from mockserver.server.access_log import configure_logging, log_exchange

        async def main():
            configure_logging("text")
            log_exchange(Entry(Http("GET", "/last"), "toy"), 0)
            raise SystemExit(3)

        asyncio.run(main())
    """)

    done = subprocess.run([sys.executable, "-c", ends], stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 3
    assert done.stderr == "toy              GET /last  -  ---  0.0 ms  key none  open\n"
