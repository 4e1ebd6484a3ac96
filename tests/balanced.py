"""A client of several servers, one after the other, as behind a balancer."""

from __future__ import annotations

import itertools
import json
import re
import urllib.error
import urllib.request
from typing import Any

from command import Server
from patience import HANG


class Balanced:
    """A client of several servers, one after the other, as behind a balancer."""

    def __init__(self, servers: list[Server], key: str = "k") -> None:
        self._urls = itertools.cycle([server.url for server in servers])
        self._servers = servers
        self.key = key
        self.told: list[tuple[int, dict[str, str], str]] = []

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer as JSON, or as text where it is none."""
        status, sent, text = ask(next(self._urls), method, path, body, self.key, **headers)
        if path.startswith("/_mock/"):
            del sent["Date"], sent["Content-Length"]  # the time is the real one, and told of each step
        self.told.append((status, sent, self._without_port(text)))
        try:
            return json.loads(text)
        except ValueError:
            return text

    def _without_port(self, text: str) -> str:
        for server in self._servers:
            text = text.replace(server.url.removeprefix("http://"), "HOST")
        return re.sub(r'"(due|done)":[0-9.e-]+', r'"\1":0', text)


def ask(
    url: str, method: str, path: str, body: Any = None, key: str = "k", **headers: str
) -> tuple[int, dict[str, str], str]:
    content = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = {"x-api-key": key, "authorization": f"Bearer {key}", "content-type": "application/json"} | named
    request = urllib.request.Request(url + path, content, asked, method=method)
    try:
        with urllib.request.urlopen(request, timeout=HANG) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, dict(refused.headers), refused.read().decode()


def chat(say: str, *, stream: bool = False) -> dict[str, Any]:
    return {"model": "gpt-5.5", "messages": [{"role": "user", "content": say}], "stream": stream}
