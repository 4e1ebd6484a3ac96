"""The Models API: the list, page by page, and one model.

Mirrors "List Models" and "Get a Model" of the Claude API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.anthropic.catalogue import MODELS, model_info, resolve, scenario_info
from mockserver.protocols.anthropic.headers import json_answer
from mockserver.protocols.anthropic.versions import version_of
from mockserver.protocols.anthropic.wording import failure_of
from mockserver.protocols.base import Answer, Context

_CLAUDE = tuple(model_info(model) for model in MODELS)

Lifecycle = Literal["active", "deprecated", "retired"]


def _listed(value: str) -> list[str]:
    """The values of a name that may be repeated."""
    return value.split(",")


class ListQuery(BaseModel):
    """The query of List Models. Query values are text, so a number may be spelled out."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 20
    after_id: str | None = None
    before_id: str | None = None
    lifecycle: Annotated[list[Lifecycle], BeforeValidator(_listed), Field(alias="lifecycle[]")] = []


def list_models(http: Http, context: Context) -> Answer | Failure:
    version = version_of(http)
    if isinstance(version, Failure):
        return version
    query = _query(http)
    if isinstance(query, Failure):
        return query
    page = _page(_known(context), query)
    return page if isinstance(page, Failure) else json_answer(page, context)


def get_model(http: Http, context: Context) -> Answer | Failure:
    version = version_of(http)
    if isinstance(version, Failure):
        return version
    name = http.params.get("model", "")
    for info in _known(context):
        if info["id"] == resolve(name):
            return json_answer(info, context)
    return Failure("unknown_model", param=name)


def _query(http: Http) -> ListQuery | Failure:
    try:
        return ListQuery.model_validate(dict(http.query))
    except ValidationError as error:
        return failure_of(error)


def _known(context: Context) -> list[JsonObject]:
    return [*_CLAUDE, *(scenario_info(name) for name in context.models)]


def _page(models: Sequence[JsonObject], query: ListQuery) -> JsonObject | Failure:
    """One page: behind `after_id`, or else right before `before_id`, or else from the start."""
    wanted = [info for info in models if not query.lifecycle or info["lifecycle"] in query.lifecycle]
    ids = [info["id"] for info in wanted]
    for name in ("after_id", "before_id"):
        if (cursor := getattr(query, name)) and cursor not in ids:
            return Failure("invalid_request", message=f"{name}: there is no model {cursor!r}", param=name)
    if query.before_id and not query.after_id:
        end = ids.index(query.before_id)
        start = max(0, end - query.limit)
        return _listing(wanted[start:end], has_more=start > 0)
    start = ids.index(query.after_id) + 1 if query.after_id else 0
    end = start + query.limit
    return _listing(wanted[start:end], has_more=end < len(wanted))


def _listing(data: Sequence[JsonObject], *, has_more: bool) -> JsonObject:
    return {
        "data": list(data),
        "has_more": has_more,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }
