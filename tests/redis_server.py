"""A Redis of one's own: Debian's `redis-server` on a free port, with all that it is told on disk."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

_MISSING = "These tests need Redis: sudo apt-get install redis-server"


class RedisServer:
    """Started at once. It can be killed and started again on the same port, and then has what it was told."""

    def __init__(self) -> None:
        if shutil.which("redis-server") is None:
            (pytest.fail if "CI" in os.environ else pytest.skip)(_MISSING)
        self._folder = tempfile.TemporaryDirectory()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
                *("--appendonly", "yes", "--dir", self._folder.name, "--loglevel", "warning"),
                # What is answered is written before; by default not always, while the disk is busy.
                *("--appendfsync", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.01)

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
        """What is answered to one command, as it stands on the wire."""
        command = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall(command.encode())
            return connection.recv(1 << 20)

    def _answers(self) -> bool:
        try:
            return self.ask("PING") == b"+PONG\r\n"
        except OSError:
            return False
