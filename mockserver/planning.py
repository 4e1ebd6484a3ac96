"""A claimed attempt as the steps of an answer: script, limits, usage and headers put together.

The same code plays for a client (`mockserver.service`) and for an author who wants to see the wire
(`mockserver show`). No I/O, no clock; a script that cannot be played raises `ScriptError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import orjson

from mockserver import auto
from mockserver.conversation import (
    Failure,
    Finish,
    Http,
    Json,
    JsonObject,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Thinking,
    ToolCall,
    Usage,
    json_text,
)
from mockserver.events import Event, events
from mockserver.faults.drawing import NO_CHANCES, Chances, Drawn, FaultError, draw
from mockserver.faults.known import KnownFault
from mockserver.faults.playing import Delivery, DeviatingEncoder, rewritten
from mockserver.faults.points import Course, Extent, Verbatim, course
from mockserver.faults.showing import asked_beside, model_showing
from mockserver.images import image_part
from mockserver.limits import count_input, count_output, limit
from mockserver.playback.framing import framed
from mockserver.playback.replies import due_pieces, play_frames, play_stream, play_whole, timed
from mockserver.playback.steps import Step, Wait, Whole, gathered, same_body
from mockserver.playback.tempo import Tempo
from mockserver.protocols.base import (
    Answer,
    Context,
    Dialect,
    Encoder,
    Headers,
    Timed,
    header_lookup,
    merge_headers,
)
from mockserver.scenario.delivery import Wire
from mockserver.scenario.filling import ScriptError, fill_part, fill_text
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
from mockserver.values import dataclass

_WHOLE = Verbatim()


@dataclass(frozen=True, slots=True)
class Stage:
    """What every plan needs: the wire, the request, and what is not in the request. `front` refuses in place
    of the wire where it has a say. `tokens` are those of the input, where they are counted already.
    """

    dialect: Dialect
    request: Request
    context: Context
    speed: float = 1.0
    front: Callable[[Failure, Http, Context], Answer | None] = lambda *_: None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps to perform, and the reply or failure that they tell, where it is either. `due` are the
    pieces of a reply to a detached request, each with the moment it is there. `faults` names what goes wrong
    on the way. `before` is what was told whole of a reply whose stream ends in a failure.
    """

    steps: Iterator[Step]
    told: Reply | Failure | None = None
    due: Timed = ()
    faults: tuple[str, ...] = ()
    before: Reply | None = None


def plan(stage: Stage, attempt: Attempt, variables: Mapping[str, Json]) -> Plan:
    """The answer that `attempt` gives to the request, as its wire puts it. ScriptError if the script cannot
    be played, FaultError if a fault that the client asked for cannot show.
    """
    chances = draw(attempt.faults, stage.context.random) if attempt.faults else NO_CHANCES
    if stage.context.is_inside:  # it has no wire of its own
        attempt, chances = replace(attempt, wire=Wire()), chances.without_wire()
    planned = _plan(stage, attempt, variables, chances)
    if chances:  # framed together with what goes wrong
        return planned
    steps = framed(planned.steps, attempt.wire, _accepted(stage), speed=stage.speed)
    return planned if steps is planned.steps else replace(planned, steps=steps)


def _plan(stage: Stage, attempt: Attempt, variables: Mapping[str, Json], chances: Chances) -> Plan:
    headers = tuple((name, _one_line(fill_text(value, variables))) for name, value in attempt.headers)
    match attempt.outcome:
        case ReplyOutcome(parts=parts):
            said = Reply(tuple(_fill(part, stage.request, variables) for part in parts))
            return _plan_said(stage, said, attempt, headers, chances)
        case AutoOutcome():
            return _plan_said(stage, auto.reply(stage.request), attempt, headers, chances)
        case ErrorOutcome():
            failure, tempo = _failure(attempt.outcome, variables), _tempo(stage, attempt)
            return _struck(stage, plan_failure(stage, failure, headers, tempo), chances, attempt)
        case RawOutcome():
            return _plan_raw(stage, attempt, _raw(attempt, stage), headers, chances)


def _plan_said(stage: Stage, said: Reply, attempt: Attempt, headers: Headers, chances: Chances) -> Plan:
    """What the model is to say, streamed or whole as the client asked."""
    if chances:
        return _plan_faulty(stage, said, attempt, headers, chances)
    return _plan_reply(stage, _finished(said, attempt, stage), attempt, headers)


def _plan_reply(stage: Stage, reply: Reply, attempt: Attempt, headers: Headers) -> Plan:
    """A reply in which nothing goes wrong."""
    stage, tempo = _charged(stage, reply), _tempo(stage, attempt)
    due = tuple(due_pieces(reply, tempo)) if stage.request.detached else ()
    if stage.request.stream:
        steps = play_stream(reply, _encoder(stage, headers), tempo, begins_at_once=stage.request.detached)
        return Plan(steps, reply, due)
    answer = _with_headers(stage.dialect.render(reply, stage.request, stage.context), headers)
    if stage.request.detached:  # what it is told at once is not the reply yet
        return Plan(iter((Whole(answer),)), reply, due)
    return Plan(play_whole(answer, reply, tempo), reply)


def _plan_faulty(stage: Stage, said: Reply, attempt: Attempt, headers: Headers, chances: Chances) -> Plan:
    """A reply in which something may go wrong."""
    request, tempo = stage.request, _tempo(stage, attempt)
    edited = chances.edited(said, stage.dialect, stream=request.stream)
    reply = _finished(edited, attempt, stage)
    extent = course(reply, tempo.cut)
    in_events = not request.stream or _is_of_events(stage)
    drawn = chances.settle(stage.dialect, extent, attempt.wire, stream=request.stream, events=in_events)
    if failure := drawn.failure(stream=request.stream):
        return _delivered(stage, plan_failure(stage, failure, headers, tempo), drawn)
    for known in drawn.asked:
        right = wrong = reply
        if known.reply:
            right, wrong = (_finished(one, attempt, stage) for one in (said, known.reply(said)))
        _check_shown(stage, known, course(right, tempo.cut), course(wrong, tempo.cut))
    due = tuple(due_pieces(reply, tempo)) if request.detached else ()
    if not request.stream:
        return _delivered(stage, _plan_reply(stage, reply, attempt, headers), drawn, extent)
    items = timed(reply, tempo, begins_at_once=request.detached)
    steps = _faulty_stream(_charged(stage, reply), drawn, extent, items, headers)
    broken_off = drawn.broken_off(extent)
    if broken_off is None:
        return Plan(steps, reply, due, drawn.names)
    failure, point = broken_off
    due = due[: extent.pieces_before(point)]
    return Plan(steps, failure, due, drawn.names, extent.before(point))


def _is_of_events(stage: Stage) -> bool:
    """Whether the stream that was asked for is one of events, and not a JSON array."""
    headers = header_lookup(stage.dialect.encoder(stage.request, stage.context).headers)
    return not headers.get("content-type", "").startswith("application/json")


def _faulty_stream(
    stage: Stage, drawn: Drawn, extent: Course, items: Iterable[Wait | Event], headers: Headers = ()
) -> Iterator[Step]:
    encoder = _encoder(stage, headers)
    if drawn.deviations:
        encoder = DeviatingEncoder(encoder, drawn.deviations, lambda: _as_json(stage, extent.reply))
    return _delivery(stage, drawn, encoder).stream(items, extent)


def _struck(stage: Stage, planned: Plan, chances: Chances, attempt: Attempt) -> Plan:
    """An answer in one piece that tells no reply, with what goes wrong with it."""
    if not chances:
        return planned
    drawn = chances.settle(stage.dialect, _WHOLE, attempt.wire, stream=False)
    if failure := drawn.failure(stream=False):
        planned = plan_failure(stage, failure, tempo=_tempo(stage, attempt))
    return _delivered(stage, planned, drawn)


def _delivered(stage: Stage, planned: Plan, drawn: Drawn, extent: Extent = _WHOLE) -> Plan:
    """A planned answer in one piece, as it is delivered."""
    steps = list(planned.steps)
    if isinstance(extent, Verbatim):
        for known in drawn.asked:
            answer = gathered(steps)
            if not known.deviates or rewritten(answer, [stage.dialect.deviations[known.name]]) == answer:
                raise _shows_nothing(known, stage)
    delivery = _delivery(stage, drawn, stage.dialect.encoder(stage.request, stage.context))
    return replace(planned, steps=delivery.whole(steps, extent), faults=drawn.names)


def _check_shown(stage: Stage, known: KnownFault, right: Course, wrong: Course) -> None:
    """See that an answer which goes wrong is not, byte for byte, the one that goes right: FaultError. `right`
    and `wrong` are what is said in each.
    """
    if known.reply and stage.request.detached and not stage.request.stream:
        return  # it shows later, when the client comes for the reply
    deviations = (stage.dialect.deviations[known.name],) if known.deviates else ()
    if same_body(
        _told(stage, Drawn(faults=known.faults), right),
        _told(stage, Drawn(faults=known.faults, deviations=deviations), wrong),
    ):
        raise _shows_nothing(known, stage)


def _shows_nothing(known: KnownFault, stage: Stage) -> FaultError:
    asked = asked_beside(known, stage.dialect, stream=stage.request.stream)
    beside = f", asked with {json_text(asked)}" if asked else ""
    return FaultError(
        f"The fault {known.name!r} changes nothing in this answer. "
        f"The model {model_showing(known)!r} shows it{beside}."
    )


def _told(stage: Stage, drawn: Drawn, extent: Course) -> Iterator[Step]:
    """The steps of an answer with what goes wrong in it."""
    stage = replace(stage, speed=0)
    if stage.request.stream:
        return _faulty_stream(stage, drawn, extent, events(extent.reply))
    answer = stage.dialect.render(extent.reply, stage.request, stage.context)
    return _delivery(stage, drawn, _encoder(stage, ())).whole([Whole(answer)], extent)


def _delivery(stage: Stage, drawn: Drawn, encoder: Encoder) -> Delivery:
    return Delivery(drawn, encoder, stage.speed, _accepted(stage))


def _accepted(stage: Stage) -> str:
    """The codings that the client accepts, as it says it."""
    return stage.request.http.headers.get("accept-encoding", "")


def _charged(stage: Stage, reply: Reply) -> Stage:
    """The same once the reply is counted against the client's rate limits."""
    context = stage.context.charged(reply.usage)
    return stage if context is stage.context else replace(stage, context=context)


def _with_headers(answer: Answer, headers: Headers) -> Answer:
    """The answer with headers of the script."""
    return replace(answer, headers=merge_headers(answer.headers, headers)) if headers else answer


def _encoder(stage: Stage, headers: Headers) -> Encoder:
    encoder = stage.dialect.encoder(stage.request, stage.context)
    return _WithHeaders(encoder, merge_headers(encoder.headers, headers)) if headers else encoder


def _as_json(stage: Stage, reply: Reply) -> JsonObject:
    """The body of a streamed answer, had it been asked for in one piece."""
    request = replace(stage.request, stream=False)
    body: JsonObject = orjson.loads(stage.dialect.render(reply, request, stage.context).body)
    return body


def plan_failure(stage: Stage, failure: Failure, headers: Headers = (), tempo: Tempo | None = None) -> Plan:
    """A refusal; an error is never streamed. Only the first wait of the pace applies."""
    asked = (failure, stage.request.http, stage.context)
    answer = _with_headers(stage.front(*asked) or stage.dialect.refuse(*asked), headers)
    steps = play_whole(answer, Reply(()), tempo) if tempo else iter((Whole(answer),))
    return Plan(steps, failure)


@dataclass(frozen=True, slots=True)
class _WithHeaders:
    """An encoder with other headers."""

    encoder: Encoder
    headers: Headers

    def encode(self, event: Event) -> Iterable[bytes]:
        return self.encoder.encode(event)

    def fail(self, failure: Failure) -> Iterable[bytes]:
        return self.encoder.fail(failure)

    def extra(self) -> bytes:
        return self.encoder.extra()


def _tempo(stage: Stage, attempt: Attempt) -> Tempo:
    return Tempo(attempt.pace, stage.context.random, stage.speed)


def _fill(part: Part, request: Request, variables: Mapping[str, Json]) -> ReplyPart:
    """A scripted part filled in. An image to draw takes the shape the client asked for, if it asked."""
    if isinstance(part, ImagePart) and not part.data and request.image:
        return image_part(request.image)
    return fill_part(part, variables)


def _finished(reply: Reply, attempt: Attempt, stage: Stage) -> Reply:
    """The reply with its finish and usage. The client's limits apply unless the script says that it ends in
    another way; a model that was told not to think does not.
    """
    parts, request = reply.parts, stage.request
    if not request.thinks:
        parts = tuple(part for part in parts if not isinstance(part, Thinking))
    reply = Reply(parts, attempt.finish or _natural_finish(parts, reply.finish))
    if attempt.finish in {None, "length"}:
        reply = limit(reply, request)
    usage = _usage(reply, attempt.usage, stage)
    return Reply(reply.parts, reply.finish, usage, reply.stop_sequence)


def _natural_finish(parts: Iterable[ReplyPart], otherwise: Finish | NativeFinish) -> Finish | NativeFinish:
    kinds = {type(part) for part in parts}
    return "tool_calls" if ToolCall in kinds else "refusal" if Refusal in kinds else otherwise


def _usage(reply: Reply, script: UsageScript, stage: Stage) -> Usage:
    output, thinking = script.output_of(*count_output(reply))
    return Usage(
        input=script.input_of(count_input(stage.request)) if stage.tokens is None else stage.tokens,
        output=output,
        cached=script.cached or 0,
        cache_write=script.cache_write or 0,
        thinking=thinking,
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


def _plan_raw(stage: Stage, attempt: Attempt, raw: RawAnswer, headers: Headers, chances: Chances) -> Plan:
    tempo = _tempo(stage, attempt)
    scripted = (*raw.headers, *headers)
    if raw.events is not None:
        frames = [stage.dialect.frame(event) for event in raw.events]
        headers = merge_headers((("content-type", "text/event-stream"),), scripted)
        steps = play_frames(raw.status, headers, frames, tempo)
        if not chances:
            return Plan(steps)
        extent = Verbatim(len(frames))
        drawn = chances.settle(stage.dialect, extent, attempt.wire, stream=True)
        if failure := drawn.failure(stream=True):
            return _delivered(stage, plan_failure(stage, failure, tempo=tempo), drawn)
        encoder = stage.dialect.encoder(stage.request, stage.context)
        return Plan(_delivery(stage, drawn, encoder).frames(steps, extent), faults=drawn.names)
    content = raw.content if raw.content is not None else _raw_body(raw.body)
    answer = Answer(raw.status, merge_headers((("content-type", "application/json"),), scripted), content)
    return _struck(stage, Plan(play_whole(answer, Reply(()), tempo)), chances, attempt)


def _one_line(text: str) -> str:
    """What a template made, fit for a header: a line break in it would begin another header."""
    return " ".join(text.split())


def _raw_body(body: Json) -> bytes:
    return (body if isinstance(body, str) else json_text(body)).encode()
