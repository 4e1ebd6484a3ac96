"""A protocol of readable lines, registered by the tests alone: the proof that a protocol is one folder and
one line. Its requests are JSON as small as they can be, its answers are tags.

    > hello                        a message of the user           <text>Hi</text>
    {"messages": [...], ...}       a whole request                 <call get_weather>{"city":"Paris"}</call>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic_core import ErrorDetails

from mockserver.conversation import (
    Failure,
    Finding,
    Http,
    Image,
    Json,
    Message,
    MessagePart,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    json_text,
)
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd
from mockserver.protocols.base import (
    Answer,
    Context,
    Deviation,
    Encoder,
    Headers,
    Route,
    Stored,
    Timed,
    Vendor,
)
from mockserver.protocols.documented import undocumented
from mockserver.protocols.gate import Gate, Wording, check_shape, note_members, noted

TEXT: Headers = (("content-type", "text/plain"),)


@dataclass(frozen=True, slots=True)
class ToyEncoder:
    """One line a moment."""

    headers: Headers = TEXT

    def encode(self, event: Event) -> Iterator[bytes]:
        match event:
            case Begin():
                yield b"begin\n"
            case PartBegin(part=part):
                yield f"<{_tag(part)}>\n".encode()
            case Delta(text=text):
                yield json_text(text).encode() + b"\n"
            case PartEnd(part=part):
                whole = "" if _is_streamed(part) else json_text(_content(part)) + "\n"
                yield f"{whole}</{_tag(part).split()[0]}>\n".encode()
            case End(reply=reply):
                yield f"end {reply.finish} {reply.usage.input}+{reply.usage.output}\n".encode()

    def fail(self, failure: Failure) -> Iterator[bytes]:
        yield f"fail {failure.kind}\n".encode()

    def extra(self) -> bytes:
        return b"unheard of\n"


class ToyRequest(BaseModel):
    """What the toy documents of a request."""

    model_config = ConfigDict(extra="forbid")

    say: Any
    after: str = ""
    model: str = "toy-1"
    tools: list[str] = []
    stream: bool = False
    keep: bool = False
    think: bool = True
    max_tokens: int | None = None
    loud: Annotated[bool | None, noted("deprecated", "Say it plainly.")] = None
    tone: Annotated[str | None, noted("ignored", "Every tone is the same.")] = None


def _refused(faults: Sequence[ErrorDetails]) -> Failure:
    told = ", ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults)
    return Failure("invalid_request", message=told)


def _no_tag(*_: object) -> bool:
    return False


WORDING = Wording(_refused, _no_tag, stand_ins={"say": ""})


class ToyAnswer(BaseModel):
    """What the toy documents of an answer in JSON, and of an event of its stream."""

    model_config = ConfigDict(extra="forbid")

    told: str = ""
    kind: Literal["plain", "fancy"] = "plain"
    inner: dict[str, list[ToyAnswer]] = {}


class ToyDialect:
    name = "toy"
    carries = frozenset({"text", "thinking", "tool_call", "refusal", "json", "image", "native"})
    spoken = frozenset({"say"})
    talk = None
    deviations: Mapping[str, Deviation] = {}

    def read(self, http: Http, context: Context) -> Request | Failure:
        try:
            body = orjson.loads(http.body)
        except orjson.JSONDecodeError:
            return Failure("malformed_json")
        if not isinstance(body, dict):
            return Failure("invalid_request", message="say something")
        gate = Gate(context.contract)
        shape = check_shape(ToyRequest, body, gate, WORDING)
        if isinstance(shape, Failure):
            return shape
        if failure := note_members(ToyRequest, body, gate):
            return failure
        said = shape.say if isinstance(shape.say, list) else [shape.say]
        earlier = context.recall(shape.after)
        return Request(
            protocol="toy",
            model=shape.model,
            messages=(*(earlier.messages if earlier else ()), *map(_message, said)),
            http=http,
            body=body,
            tools=tuple(Tool(name) for name in shape.tools),
            stream=shape.stream,
            max_tokens=shape.max_tokens,
            thinks=shape.think,
            findings=tuple(gate.findings),
        )

    def render(self, reply: Reply, request: Request, context: Context) -> Answer:
        parts = "".join(f"<{_tag(part)}>{_content(part)}</{_tag(part).split()[0]}>\n" for part in reply.parts)
        ending = f"{reply.finish} {reply.usage.input}+{reply.usage.output}\n"
        return Answer(200, (*TEXT, ("toy-id", context.token("id", 8))), (parts + ending).encode())

    def encoder(self, request: Request, context: Context) -> Encoder:
        return ToyEncoder()

    def refuse(self, failure: Failure, http: Http, context: Context) -> Answer:
        return Answer(
            failure.status or _STATUS.get(failure.kind, 400),
            TEXT,
            f"{failure.kind}: {failure.message or 'no'}\n".encode(),
        )

    def decode(self, answer: Answer) -> Reply:
        found = re.findall(r"<text>(.*?)</text>", answer.body.decode(), re.DOTALL)
        return Reply(tuple(Text(text) for text in found))

    def frame(self, data: Json) -> bytes:
        return f"{data if isinstance(data, str) else json_text(data)}\n".encode()

    def said(self, reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
        return reply.parts

    def review(self, answer: Answer) -> Iterable[Finding]:
        match dict(answer.headers)["content-type"]:
            case "application/json":
                return undocumented(ToyAnswer, orjson.loads(answer.body), _no_tag)
            case "text/event-stream":
                return _reviewed(answer.body.splitlines())
            case _:
                found = re.findall(r"<native>(.*)</native>", answer.body.decode())
                return (
                    finding
                    for text in found
                    for finding in undocumented(ToyAnswer, orjson.loads(text), _no_tag)
                )

    def keeps_as(self, _request: Request, _context: Context) -> str | None:
        return None

    def keep(
        self,
        reply: Reply,
        request: Request,
        context: Context,
        due: Timed = (),
        failure: Failure | None = None,
    ) -> tuple[str, Stored] | None:
        if failure:
            return None
        messages = (*request.messages, Message("assistant", reply.parts))
        return (context.token("id", 8), Stored(messages)) if request.body.get("keep") else None


_STATUS = {
    "missing_key": 401,
    "authentication": 401,
    "unknown_route": 404,
    "wrong_method": 405,
    "not_found": 404,
    "rate_limit": 429,
    "server_error": 500,
    "overloaded": 529,
}

DIALECT = ToyDialect()


def _reviewed(lines: Sequence[bytes]) -> Iterator[Finding]:
    for number, line in enumerate(lines):
        yield from undocumented(ToyAnswer, orjson.loads(line), _no_tag, f"/{number}")


def list_models(http: Http, context: Context) -> Answer:
    return Answer(200, TEXT, "\n".join(context.models).encode())


VENDOR = Vendor(
    name="toy",
    routes=(Route("POST", "/toy", DIALECT), Route("GET", "/toy/models", list_models)),
    refuse=DIALECT.refuse,
    owns=lambda http: True,
    dialects=(DIALECT,),
)


def _message(said: Json) -> Message:
    """A text is the user's; {"call"} and {"assistant"} are the model's; {"result"} is a tool's."""
    match said:
        case {"assistant": str(text)}:
            return Message("assistant", (Text(text),), "/say")
        case {"call": str(name)}:
            return Message("assistant", (ToolCall(name, {}, f"id-{name}"),))
        case {"result": result, "of": str(name)}:
            return Message("tool", (ToolResult(f"id-{name}", json_text(result)),))
        case _:
            return Message("user", (Text(str(said)),))


def _tag(part: ReplyPart) -> str:
    match part:
        case Text():
            return "text"
        case Thinking(redacted=redacted):
            return "redacted" if redacted else "thinking"
        case ToolCall(name=name):
            return f"call {name}"
        case Refusal():
            return "refusal"
        case Image():
            return "image"
        case Native():
            return "native"


def _is_streamed(part: ReplyPart) -> bool:
    return not isinstance(part, Image | Native) and _tag(part) != "redacted"


def _content(part: ReplyPart) -> str:
    match part:
        case Text(text=text) | Thinking(text=text) | Refusal(text=text):
            return text
        case ToolCall():
            return part.arguments_text
        case Image(media_type=media_type, data=data):
            return f"{media_type} {len(data)}"
        case Native():
            return json_text(part.on("toy"))
