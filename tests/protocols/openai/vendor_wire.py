"""The routes of the OpenAI API that keep no conversation, as tests use them: bodies in, answers out, through
the service but without a socket.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.answering import Exchange
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import Whole
from mockserver.protocols.base import Answer
from mockserver.protocols.openai import VENDOR
from mockserver.service import Service
from mockserver.settings import Settings

SHAPE = {"unknown_parameter", "invalid_type", "missing_required_parameter", "invalid_value"}
"""What is found of a shape; ranges and lengths are not told by the SDK's types."""


def exchange(path: str, body: Any, *, method: str = "POST", **settings: Any) -> Exchange:
    """`body` may be bytes, or a value to be sent as JSON."""
    service = Service((VENDOR,), Engine(()), Journal(), Settings(**{"unmatched": "auto", **settings}))
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return service.respond(Http(method, path, body=content, key="sk-test"))


def answered(path: str, body: Any, *, method: str = "POST", **settings: Any) -> Answer:
    (step,) = list(exchange(path, body, method=method, **settings).steps)
    assert isinstance(step, Whole)
    return step.answer


def told(path: str, body: Any, **settings: Any) -> Any:
    """The JSON of a success."""
    answer = answered(path, body, **settings)
    assert answer.status == 200, answer.body
    return orjson.loads(answer.body)


def refused(path: str, body: Any, **settings: Any) -> tuple[int, dict[str, Any]]:
    """Status and error of a refusal."""
    answer = answered(path, body, **settings)
    error = orjson.loads(answer.body)["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return answer.status, error


def findings(path: str, body: Any, **settings: Any) -> list[tuple[str, str, str]]:
    """Severity, code and place of what was noted."""
    noted = exchange(path, body, **settings).entry.findings
    return [(finding.severity, finding.code, finding.pointer) for finding in noted]
