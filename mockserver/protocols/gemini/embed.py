"""`embedContent` and `batchEmbedContents`.

Mirrors "Embeddings" of the Gemini API reference and of its guides (2026-11): one vector for each content, of
however many parts; as many values as are asked for. What a vector is made of is `mockserver.embedding`'s
matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mockserver.conversation import Failure, Http, JsonObject, Usage
from mockserver.embedding import unit_vector
from mockserver.limits import estimate
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.contract import BatchEmbedContentsRequest, EmbedContentRequest
from mockserver.protocols.gemini.models import is_known
from mockserver.protocols.gemini.proto_types import ProtoMessage
from mockserver.protocols.gemini.read_body import read_body
from mockserver.protocols.gemini.rules import NO_DATA, data_of
from mockserver.protocols.gemini.wire import answer_with, target
from mockserver.protocols.gemini.wording import MOST_TOLD

_DIMENSIONS = 3072
_LARGEST_BATCH = 100


def embed_content(http: Http, context: Context) -> Answer | Failure:
    """The vector of one content."""
    gate = Gate(context.contract)
    body = _read(http, EmbedContentRequest, context, gate)
    if isinstance(body, Failure):
        return body
    for failure in _broken([("EmbedContentRequest", body)], target(http).resource):
        if end := gate.refuse(failure):
            return end
    _charge([body], context)
    return answer_with({"embedding": _embedding(body)}, context, gate.findings)


def batch_embed_contents(http: Http, context: Context) -> Answer | Failure:
    """The vectors of several contents, in their order."""
    gate = Gate(context.contract)
    body = _read(http, BatchEmbedContentsRequest, context, gate)
    if isinstance(body, Failure):
        return body
    requests = body.get("requests") or ()
    root = "BatchEmbedContentsRequest.requests"
    if len(requests) > _LARGEST_BATCH:
        message = f"* {root}: at most {_LARGEST_BATCH} requests can be in one batch\n"
        failure = Failure("invalid_request", message=message)
        # Vectors are long: a batch has its end even where nothing is refused.
        return gate.refuse(failure, "/requests") or gate.end(failure)
    named = [(f"{root}[{index}]", request) for index, request in enumerate(requests)]
    for failure in _broken(named, target(http).resource):
        if end := gate.refuse(failure, "/requests"):
            return end
    _charge(requests, context)
    return answer_with({"embeddings": [_embedding(request) for request in requests]}, context, gate.findings)


def _read(http: Http, message: type[ProtoMessage], context: Context, gate: Gate) -> JsonObject | Failure:
    body = read_body(http, message, gate)
    if not isinstance(body, Failure) and not is_known(http, context):
        return gate.refuse(Failure("unknown_model")) or body
    return body


def _broken(requests: list[tuple[str, JsonObject]], resource: str) -> Iterator[Failure]:
    """What is wrong with requests: contents first, a line each; then what the API says no more of."""
    complaints = (line for root, request in requests for line in _complaints(root, request))
    if lines := "".join(f"* {line}\n" for line in islice(complaints, MOST_TOLD)):
        yield Failure("invalid_request", message=lines)
    for _, request in requests:
        model = request.get("model") or resource
        if model not in (resource, resource.removeprefix("models/")) or not _fits(request):
            yield Failure("invalid_request")


def _complaints(root: str, request: JsonObject) -> Iterator[str]:
    parts = (request.get("content") or {}).get("parts") or ()
    if not parts:
        yield f"{root}.content: contents is not specified"
    for index, part in enumerate(parts):
        if not data_of(part):
            yield f"{root}.content.parts[{index}].data: {NO_DATA}"


def _charge(requests: Iterable[JsonObject], context: Context) -> None:
    """Count what is embedded: the answer does not tell it, but it takes its part of what is limited."""
    context.charge(Usage(input=sum(estimate(text) for request in requests for text in _texts(request))))


def _fits(request: JsonObject) -> bool:
    return 0 <= (request.get("outputDimensionality") or 0) <= _DIMENSIONS


def _embedding(request: JsonObject) -> JsonObject:
    asked = request.get("outputDimensionality") or _DIMENSIONS
    dimensions = asked if 0 < asked <= _DIMENSIONS else _DIMENSIONS
    return {"values": unit_vector("\n".join(_texts(request)), dimensions)}


def _texts(request: JsonObject) -> Iterator[str]:
    """What is embedded of each part: its text, or what stands for a file."""
    for part in (request.get("content") or {}).get("parts") or ():
        blob, file = part.get("inlineData") or {}, part.get("fileData") or {}
        yield part.get("text") or blob.get("data") or file.get("fileUri") or ""
