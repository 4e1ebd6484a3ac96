"""What a user sees of a server with several workers, and what only the machine sees."""

from __future__ import annotations

import os
import signal
import urllib.request
from http.client import HTTPResponse
from pathlib import Path

from command import Server
from patience import HANG, wait

STREAM = b'{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}'
MANY = 30
"""Connections; that one of two workers gets them all happens once in 500 million times."""


def workers_of(server: Server) -> list[int]:
    """The processes of the workers, by age."""
    parent = server.process.pid
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def ids(server: Server) -> set[object]:
    """The ids of the answers to the same body, asked many times. Each worker counts how often it saw it, so
    ids repeat as soon as two have answered.
    """
    return {server.chat("the same")["id"] for _ in range(MANY)}


def stream(server: Server) -> HTTPResponse:
    """A stream that has begun, on a connection of its own."""
    headers = {"authorization": "Bearer k"}
    request = urllib.request.Request(f"{server.url}/v1/chat/completions", STREAM, headers)
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=HANG)
    answer.readline()
    return answer


def kill(process: int) -> None:
    """End a process at once, and wait until it has ended."""
    os.kill(process, signal.SIGKILL)
    wait(lambda: has_ended(process))


def has_ended(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
