"""Chat Completions as tests use it: bodies in, answers out, without a socket.

Keyword arguments are members of a body that is otherwise a plain hello.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from mockserver.assembly import parse_scenarios
from mockserver.conversation import ContractMode, Failure, Http, Reply, Request
from mockserver.engine import Engine
from mockserver.events import Chunker, events
from mockserver.journal.entries import Journal
from mockserver.playback.steps import Head, Send, Whole
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai import VENDOR
from mockserver.protocols.openai.chat import DIALECT
from mockserver.service import Service
from mockserver.settings import Settings
from mockserver.text.tokens import split_tokens

HELLO = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello!"}]}
CONTEXT = Context(identity=b"test", now=1_767_225_600.5)


def read_body(body: Any, contract: ContractMode = "documented") -> Request | Failure:
    http = Http("POST", "/v1/chat/completions", body=orjson.dumps(body), key="sk-test")
    return DIALECT.read(http, replace(CONTEXT, contract=contract))


def read(**members: Any) -> Request | Failure:
    return read_body({**HELLO, **members})


def judged(contract: ContractMode, **members: Any) -> Request | Failure:
    """The request as it is read where it is judged so."""
    return read_body({**HELLO, **members}, contract)


def findings(contract: ContractMode = "documented", /, **members: Any) -> list[str]:
    """What is found of a request: severity, code and place."""
    found = judged(contract, **members).findings
    return [f"{finding.severity} {finding.code} {finding.pointer}" for finding in found]


def request(**members: Any) -> Request:
    outcome = read(**members)
    assert isinstance(outcome, Request), outcome
    return outcome


def answer(reply: Reply, **members: Any) -> Answer:
    return DIALECT.render(reply, request(**members), CONTEXT)


def completion(reply: Reply, **members: Any) -> Any:
    """The JSON answer, parsed."""
    return orjson.loads(answer(reply, **members).body)


def stream(reply: Reply, chunk: Chunker = split_tokens, **members: Any) -> Answer:
    """The whole stream as a recorded answer."""
    encoder = DIALECT.encoder(request(stream=True, **members), CONTEXT)
    frames = [frame for event in events(reply, chunk) for frame in encoder.encode(event)]
    return Answer(200, encoder.headers, b"".join(frames))


def chunks(reply: Reply, **members: Any) -> list[Any]:
    """The chunks of the stream, parsed, without its end."""
    frames = stream(reply, **members).body.decode().split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    return [orjson.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]


def choices(reply: Reply, choice: int = 0, **members: Any) -> list[Any]:
    """What the chunks say of one choice."""
    said = (item for chunk in chunks(reply, **members) for item in chunk["choices"])
    return [item for item in said if item["index"] == choice]


def deltas(reply: Reply, **members: Any) -> list[Any]:
    """The deltas of the first choice, without the one that finishes it."""
    said = [item["delta"] for item in choices(reply, **members)]
    assert said[-1] == {}
    return said[:-1]


class Server:
    """The whole service without a socket, for what a route answers. `scenarios` are YAML."""

    def __init__(self, scenarios: str = "", **settings: Any) -> None:
        loaded = parse_scenarios(scenarios, "test.yaml", (VENDOR,)) if scenarios else ()
        self.journal = Journal()
        self._service = Service((VENDOR,), Engine(loaded), self.journal, Settings(**settings))

    def answer(self, method: str, path: str, body: Any = None, key: str = "sk-test", **query: str) -> Answer:
        """The answer to a request, a stream as a whole."""
        content = b"" if body is None else orjson.dumps(body)
        steps = list(self._service.respond(Http(method, path, query=query, body=content, key=key)).steps)
        if isinstance(steps[0], Whole):
            return steps[0].answer
        head = next(step for step in steps if isinstance(step, Head))
        return Answer(
            head.status, head.headers, b"".join(step.data for step in steps if isinstance(step, Send))
        )

    def post(self, **members: Any) -> Answer:
        """The answer to a hello with these members."""
        return self.answer("POST", "/v1/chat/completions", {**HELLO, **members})

    def json(self, method: str, path: str, body: Any = None, **more: str) -> Any:
        """What is answered, parsed; the path goes on from that of the route."""
        return orjson.loads(self.answer(method, f"/v1/chat/completions{path}", body, **more).body)


def findings_told(answer: Answer) -> str:
    """What the header of an answer tells of findings."""
    return dict(answer.headers).get("x-mock-findings", "")
