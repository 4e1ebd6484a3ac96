"""The Models API: the list, page by page, and one model.

Mirrors "List Models" and "Get a Model" of the Claude API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.anthropic.catalogue import MODELS, model_info, resolve, scenario_info
from mockserver.protocols.anthropic.headers import json_answer
from mockserver.protocols.anthropic.refused import RefusedError, invalid, refusable
from mockserver.protocols.anthropic.versions import version_of
from mockserver.protocols.anthropic.wording import first_fault
from mockserver.protocols.base import Answer, Context

_CLAUDE = tuple(model_info(model) for model in MODELS)


class ListQuery(BaseModel):
    """The query of List Models. Query values are text, so a number may be spelled out."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 20
    after_id: str | None = None
    before_id: str | None = None
    lifecycle: Annotated[Literal["active", "deprecated", "retired"] | None, Field(alias="lifecycle[]")] = None


@refusable
def list_models(http: Http, context: Context) -> Answer:
    version_of(http)
    return json_answer(_page(_known(context), _query(http)), context)


@refusable
def get_model(http: Http, context: Context) -> Answer:
    version_of(http)
    name = http.params.get("model", "")
    for info in _known(context):
        if info["id"] == resolve(name):
            return json_answer(info, context)
    raise RefusedError(Failure("unknown_model", param=name))


def _query(http: Http) -> ListQuery:
    try:
        return ListQuery.model_validate(dict(http.query))
    except ValidationError as error:
        path, message = first_fault(error)
        raise invalid(message, path) from None


def _known(context: Context) -> list[JsonObject]:
    return [*_CLAUDE, *(scenario_info(name) for name in context.models)]


def _page(models: Sequence[JsonObject], query: ListQuery) -> JsonObject:
    """One page: behind `after_id`, or else right before `before_id`, or else from the start."""
    wanted = [info for info in models if query.lifecycle in {None, info["lifecycle"]}]
    ids = [info["id"] for info in wanted]
    for name in ("after_id", "before_id"):
        if (cursor := getattr(query, name)) and cursor not in ids:
            raise invalid(f"{name}: there is no model {cursor!r}", name)
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
