"""A claimed attempt as the steps of an answer: script, limits, usage and headers put together.

The same code plays for a client (`mockserver.service`) and for an author who wants to see the wire
(`mockserver show`). No I/O, no clock; a script that cannot be played raises `ScriptError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mockserver import auto
from mockserver.conversation import (
    Failure,
    Finish,
    Json,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Usage,
    json_text,
)
from mockserver.events import Event
from mockserver.images import image_part
from mockserver.limits import count_input, count_output, limit
from mockserver.playback import Step, Tempo, Whole, play_frames, play_stream, play_whole
from mockserver.protocols.base import Answer, Context, Dialect, Encoder, Headers, header_lookup
from mockserver.scenario.filling import ScriptError, fill_json, fill_part, fill_text
from mockserver.scenario.model import (
    Attempt,
    AutoOutcome,
    ErrorOutcome,
    ImagePart,
    Part,
    RawAnswer,
    RawOutcome,
    ReplyOutcome,
    UsageScript,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What every performance needs: the wire, the request, and what is not in the request."""

    dialect: Dialect
    request: Request
    context: Context
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Performance:
    """The steps to perform, and the reply or failure that they tell, where it is either."""

    steps: Iterator[Step]
    told: Reply | Failure | None = None


def perform(stage: Stage, attempt: Attempt, variables: Mapping[str, Json]) -> Performance:
    """The answer that `attempt` gives to the request. ScriptError if the script cannot be played."""
    headers = tuple((name, fill_text(value, variables)) for name, value in attempt.headers)
    match attempt.outcome:
        case ReplyOutcome(parts=parts):
            reply = Reply(tuple(_fill(part, stage.request, variables) for part in parts))
            return perform_reply(stage, _finished(reply, attempt, stage.request), attempt, headers)
        case AutoOutcome():
            reply = auto.reply(stage.request)
            return perform_reply(stage, _finished(reply, attempt, stage.request), attempt, headers)
        case ErrorOutcome():
            return perform_failure(
                stage, _failure(attempt.outcome, variables), headers, _tempo(stage, attempt)
            )
        case RawOutcome():
            return _perform_raw(stage, attempt, _raw(attempt, stage), headers, variables)


def perform_reply(stage: Stage, reply: Reply, attempt: Attempt, headers: Headers = ()) -> Performance:
    """A reply, streamed or whole as the client asked."""
    tempo = _tempo(stage, attempt)
    if stage.request.stream:
        encoder = stage.dialect.encoder(stage.request, stage.context)
        decorated = _WithHeaders(encoder, merge_headers(encoder.headers, headers)) if headers else encoder
        return Performance(play_stream(reply, decorated, tempo), reply)
    answer = stage.dialect.render(reply, stage.request, stage.context)
    answer = replace(answer, headers=merge_headers(answer.headers, headers))
    return Performance(play_whole(answer, reply, tempo), reply)


def perform_failure(
    stage: Stage, failure: Failure, headers: Headers = (), tempo: Tempo | None = None
) -> Performance:
    """A refusal; an error is never streamed. Only the first wait of the pace applies."""
    answer = stage.dialect.refuse(failure, stage.request.http, stage.context)
    answer = replace(answer, headers=merge_headers(answer.headers, headers))
    steps = play_whole(answer, Reply(()), tempo) if tempo else iter((Whole(answer),))
    return Performance(steps, failure)


def merge_headers(headers: Headers, scripted: Headers) -> Headers:
    """`headers` with the scripted ones added; a scripted header replaces those of its name."""
    replaced = header_lookup(scripted)
    return (*(item for item in headers if item[0].lower() not in replaced), *scripted)


@dataclass(frozen=True, slots=True)
class _WithHeaders:
    """An encoder with other headers."""

    encoder: Encoder
    headers: Headers

    def encode(self, event: Event) -> Iterator[bytes]:
        yield from self.encoder.encode(event)


def _tempo(stage: Stage, attempt: Attempt) -> Tempo:
    return Tempo(attempt.pace, stage.context.random("pace"), stage.speed)


def _fill(part: Part, request: Request, variables: Mapping[str, Json]) -> ReplyPart:
    """A scripted part filled in. An image to draw takes the shape the client asked for, if it asked."""
    if isinstance(part, ImagePart) and not part.data and request.image:
        return image_part(request.image)
    return fill_part(part, variables)


def _finished(reply: Reply, attempt: Attempt, request: Request) -> Reply:
    """The reply with its finish and usage. The client's limits apply unless the script says how it ends."""
    if attempt.finish is None:
        reply = limit(replace(reply, finish=_natural_finish(reply)), request)
    else:
        reply = replace(reply, finish=attempt.finish)
    return replace(reply, usage=_usage(reply, attempt.usage, request))


def _natural_finish(reply: Reply) -> Finish | NativeFinish:
    if reply.tool_calls:
        return "tool_calls"
    return "refusal" if any(isinstance(part, Refusal) for part in reply.parts) else reply.finish


def _usage(reply: Reply, script: UsageScript, request: Request) -> Usage:
    output, thinking = count_output(reply)
    return Usage(
        input=count_input(request) if script.input is None else script.input,
        output=output if script.output is None else script.output,
        cached=script.cached or 0,
        cache_write=script.cache_write or 0,
        thinking=thinking if script.thinking is None else script.thinking,
    )


def _failure(error: ErrorOutcome, variables: Mapping[str, Json]) -> Failure:
    return Failure(
        error.kind,
        message=None if error.message is None else fill_text(error.message, variables),
        status=error.status,
        code=error.code,
        retry_after=error.retry_after,
    )


def _raw(attempt: Attempt, stage: Stage) -> RawAnswer:
    assert isinstance(attempt.outcome, RawOutcome)  # noqa: S101 - narrows the type
    answer = attempt.outcome.on(stage.dialect.name)
    if answer is None:
        known = ", ".join(attempt.outcome.answers)
        raise ScriptError(
            attempt.place,
            f"`raw` has no answer for {stage.dialect.name}, only for {known}; add one, or match on protocol",
        )
    return answer


def _perform_raw(
    stage: Stage, attempt: Attempt, raw: RawAnswer, headers: Headers, variables: Mapping[str, Json]
) -> Performance:
    tempo = _tempo(stage, attempt)
    scripted = (*raw.headers, *headers)
    if raw.events is not None:
        frames = [stage.dialect.frame(fill_json(event, variables)) for event in raw.events]
        headers = merge_headers((("content-type", "text/event-stream"),), scripted)
        return Performance(play_frames(raw.status, headers, frames, tempo))
    content = raw.content if raw.content is not None else _raw_body(fill_json(raw.body, variables))
    answer = Answer(raw.status, merge_headers((("content-type", "application/json"),), scripted), content)
    return Performance(play_whole(answer, Reply(()), tempo))


def _raw_body(body: Json) -> bytes:
    return (body if isinstance(body, str) else json_text(body)).encode()
