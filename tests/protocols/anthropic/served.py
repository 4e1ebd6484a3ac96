"""A whole server as a value, for the tests of this wire: requests in, answers as JSON, findings beside."""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.assembly import build_service, parse_scenarios
from mockserver.conversation import Http
from mockserver.playback.steps import gathered
from mockserver.protocols.base import Answer
from mockserver.service import Service
from mockserver.settings import FIXED_NOW, Settings


class Api:
    """Answers what a client sends; without scenarios it answers by itself."""

    def __init__(self, scenarios: str = "", **settings: Any) -> None:
        self.service: Service = build_service([], Settings(**{"unmatched": "auto", **settings}))
        self.now = FIXED_NOW
        if scenarios:
            self.service.engine.add("k", parse_scenarios(scenarios, "test.yaml"))

    def send(self, http: Http) -> Answer:
        """The whole answer; a stream as all of its frames."""
        exchange = self.service.respond(http, now=self.now)
        exchange.entry.outcome = "complete"
        return gathered(exchange.steps)

    def ask(self, http: Http) -> tuple[int, Any]:
        """Status and JSON."""
        answer = self.send(http)
        return answer.status, orjson.loads(answer.body)

    @property
    def findings(self) -> list[tuple[str, str, str]]:
        """What was found in the latest request: severity, code, pointer."""
        entry = self.service.journal.entries("k")[-1]
        return [(found.severity, found.code, found.pointer) for found in entry.findings]
