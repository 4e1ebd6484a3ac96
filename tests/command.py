"""The command `mockserver` as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from http.client import HTTPResponse

from patience import HANG


class Server:
    """A running `mockserver`; what it prints at start is in `banner`, what it logs in `logged`."""

    def __init__(self, *args: str, **environment: str) -> None:
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in `end`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mockserver", *args],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, "MOCKSERVER_PORT": "0", **environment},
        )
        self.banner = ""
        assert self.process.stdout
        for line in self.process.stdout:
            self.banner += line
            if line.startswith("Health: "):
                self.url = line.removeprefix("Health: ").strip().removesuffix("/_mock/health")
                break
            if line.startswith("{"):
                self.url = json.loads(line)["url"]
                break
        else:
            raise AssertionError(f"The server did not start: {self.banner}{self.logged}")

    @property
    def logged(self) -> str:
        """All that was logged so far."""
        return os.pread(self._log.fileno(), 1_000_000, 0).decode()

    def get(self, path: str, **headers: str) -> str:
        with urllib.request.urlopen(
            urllib.request.Request(self.url + path, headers=headers), timeout=HANG
        ) as answer:
            return str(answer.read().decode())

    def chat(self, say: str, model: str = "gpt-4o", key: str = "k") -> dict[str, object]:
        with self._ask(say, model, key) as answer:
            return dict(json.load(answer))

    def stream(self, say: str) -> str:
        """The body of a streamed answer."""
        with self._ask(say, "gpt-4o", "k", stream=True) as answer:
            return answer.read().decode()

    def headers(self, say: str) -> dict[str, str]:
        """The headers of an answer."""
        with self._ask(say, "gpt-4o", "k") as answer:
            return dict(answer.headers)

    def _ask(self, say: str, model: str, key: str, *, stream: bool = False) -> HTTPResponse:
        asked = {"model": model, "messages": [{"role": "user", "content": say}], "stream": stream}
        body = json.dumps(asked).encode()
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/v1/chat/completions", body, headers)
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=HANG)
        return answer

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """The exit status, and all that was logged."""
        self.process.send_signal(how)
        self.process.communicate(timeout=HANG)
        return self.process.returncode, self.logged

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self._log.close()


Start = Callable[..., Server]
"""Starts a server with these arguments and variables; it is stopped when the test is over."""
