"""A Redis of one's own: Debian's `redis-server` on a free port, with all that it is told on disk."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from patience import HANG, wait
from ports import free_port

_PONG = b"+PONG\r\n"
_LOADS = b"-LOADING"
_PATIENCE = 30
"""Seconds; half of those in which a test must come to its end."""
_MISSING = "These tests need Redis: sudo apt-get install redis-server"


class RedisServer:
    """Started at once. It can be killed and started again on the same port, and then has what it was told."""

    def __init__(self) -> None:
        if shutil.which("redis-server") is None:
            (pytest.fail if "CI" in os.environ else pytest.skip)(_MISSING)
        self._folder = tempfile.TemporaryDirectory()
        self.port = free_port("127.0.0.1")
        self.start()

    @property
    def url(self) -> str:
        """It may take its time to answer: it is not lost on a machine that is busy."""
        return f"{self.impatient_url}?timeout={_PATIENCE}"

    @property
    def impatient_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = self._begun()
        wait(lambda: self._process.poll() is not None or self._answers())
        assert self._process.poll() is None, f"redis-server ended with status {self._process.returncode}"

    def _begun(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
                *("--appendonly", "yes", "--dir", self._folder.name, "--loglevel", "warning"),
                # What is answered is written before; by default not always, while the disk is busy.
                *("--appendfsync", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """As a crash does it."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Let it keep its connections and answer nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def forget(self) -> None:
        """Lose all that is on disk."""
        shutil.rmtree(Path(self._folder.name) / "appendonlydir", ignore_errors=True)

    def stop(self) -> None:
        self.kill()
        self._folder.cleanup()

    def ask(self, *words: str) -> bytes:
        """What is answered to one command and to a PING behind it, as it stands on the wire, but for that."""
        command = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        got = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=HANG) as connection:
            connection.sendall(command.encode() + b"PING\r\n")
            while not got.endswith(_PONG) and _LOADS not in got:
                if not (data := connection.recv(1 << 20)):
                    break
                got += data
        return got.removesuffix(_PONG)

    def _answers(self) -> bool:
        try:
            return self.ask("ECHO", "here") == b"$4\r\nhere\r\n"
        except OSError:
            return False
