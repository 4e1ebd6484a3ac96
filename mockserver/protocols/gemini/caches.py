"""`cachedContents`: create, get, list, patch, delete.

Mirrors "Caching" of the Gemini API reference and recorded answers (2026-11): the resource shows none of what
is cached; without `ttl` or `expireTime` it lasts an hour; a cache that is gone is told like one of somebody
else. The smallest size that models differ in is not asked for: tests need small caches. How a request uses a
cache is `cached`'s matter.
"""

from __future__ import annotations

from pydantic.alias_generators import to_snake

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.cached import CACHEABLE, COLLECTION, NOT_FOUND, find_cache
from mockserver.protocols.gemini.contract import CachedContent
from mockserver.protocols.gemini.models import is_known_model
from mockserver.protocols.gemini.paging import page_of
from mockserver.protocols.gemini.proto_times import read_duration, read_timestamp, timestamp_text
from mockserver.protocols.gemini.read import read_message
from mockserver.protocols.gemini.read_body import read_body
from mockserver.protocols.gemini.rules import broken_rule
from mockserver.protocols.gemini.wire import answer_with, target
from mockserver.protocols.gemini.wording import failure_with, invalid_value, model_message

_LIFETIME = 3600.0
_FIRST = -62135596800.0
_LAST = 253402300799.0
"""The first second of the year 1 and the last of the year 9999: there are no other timestamps."""

_ENDS = {"ttl": "Duration", "expireTime": "Timestamp"}
"""The two ways to say when a cache ends, and their types."""

_ID_LENGTH = 40


def create_cache(http: Http, context: Context) -> Answer | Failure:
    """Keep what is sent under a new name."""
    gate = Gate(context.contract)
    body = read_body(http, CachedContent, gate)
    if isinstance(body, Failure):
        return body
    if end := _refused(body, http, context, gate):
        return end
    ends = _end_of(body, context, gate)
    if isinstance(ends, Failure):
        return ends
    name = f"{COLLECTION}/{context.token('cachedContent', _ID_LENGTH).lower()}"
    native = _cache(name, body, http, context)
    return _kept(native, context.now + _LIFETIME if ends is None else ends, context, gate)


def get_cache(http: Http, context: Context) -> Answer | Failure:
    found = _found(http, context)
    return NOT_FOUND if found is None else answer_with(found["resource"], context)


def list_caches(http: Http, context: Context) -> Answer | Failure:
    """One page of the caches that have not expired, those first made first."""
    page = page_of(http)
    if isinstance(page, Failure):
        return page
    found = [cache for name in context.kept(f"{COLLECTION}/") if (cache := find_cache(name, context))]
    listed = [cache["resource"] for cache in page.of(found)]
    return answer_with({**({"cachedContents": listed} if listed else {}), **page.next(found)}, context)


def change_cache(http: Http, context: Context) -> Answer | Failure:
    """Give a cache another end. Nothing else of it can be changed."""
    gate = Gate(context.contract)
    body = read_body(http, CachedContent, gate)
    if isinstance(body, Failure):
        return body
    found = _found(http, context)
    if found is None:
        return gate.refuse(NOT_FOUND) or gate.end(NOT_FOUND)
    ends = _end_of(body, context, gate)
    if isinstance(ends, Failure):
        return ends
    return _kept(found, found["expires"] if ends is None else ends, context, gate)


def delete_cache(http: Http, context: Context) -> Answer | Failure:
    if _found(http, context) is None:
        return NOT_FOUND
    context.forget(_name(http))
    return answer_with({}, context)


def _name(http: Http) -> str:
    return f"{COLLECTION}/{http.params['cache']}"


def _found(http: Http, context: Context) -> JsonObject | None:
    return find_cache(_name(http), context)


def _refused(body: JsonObject, http: Http, context: Context, gate: Gate) -> Failure | None:
    """What the API wants of a new cache: a model, and contents that break no rule."""
    model = body.get("model") or ""
    if not model and (end := gate.refuse(Failure("invalid_request"), "/model")):
        return end
    if model and not is_known_model(model, "createCachedContent", http, context):
        message = model_message(_full(model), target(http).version, "createCachedContent")
        if end := gate.refuse(Failure("unknown_model", message=message), "/model"):
            return end
    return broken_rule(body, gate, root="CreateCachedContentRequest") if body.get("contents") else None


def _cache(name: str, body: JsonObject, http: Http, context: Context) -> JsonObject:
    """What is kept: the resource as it is shown, what is cached, and its size."""
    model = body.get("model") or ""
    message = {key: body[key] for key in ("contents", *CACHEABLE) if body.get(key)}
    tokens = count_input(read_message(message, http))
    resource = {
        "name": name,
        "model": _full(model),
        "createTime": timestamp_text(context.now),
        "updateTime": timestamp_text(context.now),
        "expireTime": "",
        "displayName": body.get("displayName") or "",
        "usageMetadata": {"totalTokenCount": tokens},
    }
    return {"resource": resource, "message": message, "tokens": tokens}


def _later(now: float, seconds: float | None) -> float | None:
    return None if seconds is None else now + seconds


def _full(model: str) -> str:
    return model if "/" in model else f"models/{model}"


def _kept(cache: JsonObject, ends: float, context: Context, gate: Gate) -> Answer:
    """Keep the cache until `ends`, and show it."""
    times = {"updateTime": timestamp_text(context.now), "expireTime": timestamp_text(ends)}
    resource: JsonObject = {**cache["resource"], **times}
    context.keep(resource["name"], Stored(native={**cache, "resource": resource, "expires": ends}))
    return answer_with(resource, context, gate.findings)


def _end_of(body: JsonObject, context: Context, gate: Gate) -> float | Failure | None:
    """When the cache is to end, in Unix seconds; None where nothing is said of it."""
    for name, kind in _ENDS.items():
        text = body.get(name)
        if text is None:
            continue
        ends = read_timestamp(text) if name == "expireTime" else _later(context.now, read_duration(text))
        if ends is not None and _FIRST <= ends <= _LAST:
            return ends
        proto_type = f"type.googleapis.com/google.protobuf.{kind}"
        wrong = invalid_value(to_snake(name), proto_type, f'"{text}"')
        if end := gate.refuse(failure_with([wrong]), f"/{name}"):
            return end
    return None
