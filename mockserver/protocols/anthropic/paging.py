"""Lists page by page, as all lists of this API are.

Mirrors "Pagination" of the Claude API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.anthropic.wording import failure_of
from mockserver.protocols.gate import Gate


class PageQuery(BaseModel):
    """The query of a list. Query values are text, so a number may be spelled out."""

    model_config = ConfigDict(defer_build=True)

    limit: Annotated[int, Field(ge=1, le=1000)] = 20
    after_id: str | None = None
    before_id: str | None = None


Query = TypeVar("Query", bound=PageQuery)


def read_query(contract: type[Query], http: Http, gate: Gate) -> Query | Failure:
    """The query; its defaults where it is at fault and nothing is refused."""
    try:
        return contract.model_validate(dict(http.query))
    except ValidationError as error:
        return gate.refuse(failure_of(error)) or contract()


def page(items: Sequence[JsonObject], query: PageQuery, gate: Gate, kind: str) -> JsonObject | Failure:
    """One page: behind `after_id`, or else right before `before_id`, or else from the start."""
    ids = [item["id"] for item in items]
    for name in ("after_id", "before_id"):
        if (cursor := getattr(query, name)) and cursor not in ids:
            message = f"{name}: there is no {kind} {cursor!r}"
            failure = gate.refuse(Failure("invalid_request", message=message, param=name))
            return failure or _listing(items[: query.limit], has_more=len(items) > query.limit)
    if query.before_id and not query.after_id:
        end = ids.index(query.before_id)
        start = max(0, end - query.limit)
        return _listing(items[start:end], has_more=start > 0)
    start = ids.index(query.after_id) + 1 if query.after_id else 0
    end = start + query.limit
    return _listing(items[start:end], has_more=end < len(items))


def _listing(data: Sequence[JsonObject], *, has_more: bool) -> JsonObject:
    return {
        "data": list(data),
        "has_more": has_more,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }
