"""What is shared, as JSON and back: messages and what is stored, and one exchange of the journal.

A claim is told by names, numbers and texts, and finds its scenario again where it is read: `Known` is how.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeAlias, get_args

import orjson

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.claiming.matching import Difference
from mockserver.conversation import (
    Failure,
    Finding,
    Format,
    Http,
    ImageRequest,
    Json,
    JsonObject,
    Message,
    MessagePart,
    Request,
    Tool,
    ToolChoice,
)
from mockserver.journal.entries import Delivery, Entry
from mockserver.journal.step_log import StepLog, StepTime
from mockserver.protocols.base import Stored
from mockserver.scenario.model import Attempt, AutoOutcome, Conditions, Scenario
from mockserver.scenario.place import Place
from mockserver.values import dataclass

Tagged: TypeAlias = list[Any]

_PART_TYPES: Mapping[str, type[MessagePart]] = {each.__name__: each for each in get_args(MessagePart)}
_TAGS = {each: tag for tag, each in _PART_TYPES.items()}


def dump(value: Any) -> bytes:
    """JSON of plain values and of frozen ones, which become objects of their fields."""
    try:
        return orjson.dumps(value, default=_plain)
    except (orjson.JSONEncodeError, TypeError):  # letters that are none, numbers that are too large
        return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def load(text: bytes | str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return dict(value)
        case tuple() | frozenset() | set():
            return list(value)
        case _:
            return {member.name: getattr(value, member.name) for member in fields(value)}


# --------------------------------------------------------------------------------------------- messages


def tagged(parts: Iterable[MessagePart]) -> list[Tagged]:
    return [[_TAGS[type(part)], part] for part in parts]


def untagged(parts: Iterable[Tagged]) -> tuple[MessagePart, ...]:
    return tuple(_PART_TYPES[tag](**members) for tag, members in parts)


def _messages(messages: Iterable[Message]) -> list[Tagged]:
    return [[message.role, tagged(message.parts), message.pointer] for message in messages]


def _read_messages(messages: Iterable[Tagged]) -> tuple[Message, ...]:
    return tuple(Message(role, untagged(parts), pointer) for role, parts, pointer in messages)


def dump_stored(stored: Stored) -> bytes:
    return dump([_messages(stored.messages), stored.native])


def load_stored(text: bytes) -> Stored:
    messages, native = load(text)
    return Stored(_read_messages(messages), native)


# -------------------------------------------------------------------------------------------- exchanges


@dataclass(slots=True)
class SharedEntry(Entry):
    """An entry, and what it is known by everywhere; `setup` is the version of what its key had set up, and
    `own` the scenarios in it.
    """

    uid: str = ""
    setup: int = 0
    own: tuple[Scenario, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Where scenarios are found again: those that took part for a key that was set up in some version, and
    one by its name.
    """

    own: Callable[[int], tuple[Scenario, ...]]
    common: Callable[[], tuple[Scenario, ...]]
    named: Callable[[str], Scenario | None]


def dump_entry(entry: SharedEntry) -> bytes:
    """What is known of an exchange before its first byte, but for the body of the request."""
    http = entry.http
    return dump(
        {
            "http": [http.method, http.path, http.headers, http.query, http.params, http.key, http.origin],
            "protocol": entry.protocol,
            "request": _request(entry.request) if entry.request else None,
            "claim": _claim(entry),
            "failure": entry.failure,
            "findings": entry.findings,
            "faults": entry.faults,
        }
    )


def dump_outcome(entry: Entry) -> bytes:
    """How an exchange fared."""
    steps = [[step.due, step.done, step.size, step.kind] for step in entry.steps]
    return dump([entry.status, entry.outcome, entry.delivery.sent, steps])


def load_entry(text: bytes, body: bytes, outcome: bytes | None, known: Callable[[str], Known]) -> SharedEntry:
    told = load(text)
    method, path, headers, query, params, key, origin = told["http"]
    http = Http(method, path, headers, query, body, params, key, origin)
    request = _read_request(told["request"], http) if told["request"] else None
    entry = SharedEntry(
        http,
        told["protocol"],
        request,
        _read_claim(told["claim"], request, known(key)) if request else None,
        _read_failure(told["failure"]),
        _findings(told["findings"]),
        tuple(told["faults"]),
    )
    if outcome:
        _read_outcome(outcome, entry)
    return entry


def _read_outcome(text: bytes, entry: Entry) -> None:
    entry.status, how, sent, steps = load(text)
    entry.delivery = Delivery(how, sent)
    entry.steps = StepLog.of(StepTime(*step) for step in steps)


_REQUEST = tuple(
    member.name for member in fields(Request) if member.name not in {"http", "messages", "findings"}
)


def _request(request: Request) -> JsonObject:
    return {
        "messages": _messages(request.messages),
        **{name: getattr(request, name) for name in _REQUEST},
    }


def _read_request(told: JsonObject, http: Http) -> Request:
    choice, form = told["tool_choice"], told["format"]
    return Request(
        **{
            **told,
            "http": http,
            "messages": _read_messages(told["messages"]),
            "tools": tuple(Tool(**tool) for tool in told["tools"]),
            "tool_choice": ToolChoice(**{**choice, "names": tuple(choice["names"])}),
            "format": Format(**form),
            "image": ImageRequest(**told["image"]) if told["image"] else None,
            "stop": tuple(told["stop"]),
        }
    )


def _read_failure(told: JsonObject | None) -> Failure | None:
    if told is None:
        return None
    return Failure(**{**told, "details": tuple(told["details"]), "findings": _findings(told["findings"])})


def _findings(told: Iterable[JsonObject]) -> tuple[Finding, ...]:
    return tuple(Finding(**finding) for finding in told)


# ----------------------------------------------------------------------------------------------- claims


def _claim(entry: SharedEntry) -> JsonObject | None:
    match entry.claim:
        case Claim() as claim:
            return {
                "scenario": claim.scenario.name,
                "place": claim.scenario.place,
                "own": next((at for at, own in enumerate(entry.own) if own is claim.scenario), None),
                "setup": entry.setup,
                "turn": claim.turn,
                "number": claim.number,
                "unmet": claim.unmet,
                "tried": bool(claim.tried),
            }
        case Unclaimed() as claim:
            return {
                "scenario": None,
                "setup": entry.setup,
                "tried": bool(claim.tried),
                "chosen": claim.chosen,
                "known": claim.known,
            }
        case None:
            return None


def _read_claim(told: JsonObject | None, request: Request, known: Known) -> Claim | Unclaimed | None:
    if told is None:
        return None
    own = known.own(told["setup"]) if told["setup"] else ()
    tried = (own, known.common()) if told["tried"] else ()
    if told["scenario"] is None:
        return Unclaimed(request, tried, told["chosen"], tuple(told["known"]))
    scenario = _scenario(told, own, known)
    unmet = tuple(Difference(**{**each, "place": Place(**each["place"])}) for each in told["unmet"])
    return Claim(scenario, told["turn"], told["number"], _NO_ATTEMPT, {}, unmet, tried)


def _scenario(told: JsonObject, own: tuple[Scenario, ...], known: Known) -> Scenario:
    """The scenario that answered; where it is not there any more, its name and its place."""
    at, name = told["own"], told["scenario"]
    found = own[at] if at is not None and at < len(own) else known.named(name) if at is None else None
    if found and found.name == name:
        return found
    place = Place(**told["place"])
    return Scenario(name, place, (), Conditions(place))


_NO_ATTEMPT = Attempt(Place("", 0, 0), AutoOutcome())
"""What was answered is not told again: it stands in what the client got."""
