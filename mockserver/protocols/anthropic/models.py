"""The Models API: the list, page by page, and one model.

Mirrors "List Models" and "Get a Model" of the Claude API reference (2026-11).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.anthropic.catalogue import MODELS, model_info, resolve, scenario_info
from mockserver.protocols.anthropic.headers import json_answer
from mockserver.protocols.anthropic.paging import PageQuery, page, read_query
from mockserver.protocols.anthropic.versions import spoken_version
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate

_CLAUDE = tuple(model_info(model) for model in MODELS)

Lifecycle = Literal["active", "deprecated", "retired"]


def _listed(value: str) -> list[str]:
    """The values of a name that may be repeated."""
    return value.split(",")


class ListQuery(PageQuery):
    """The query of List Models."""

    lifecycle: Annotated[
        list[Lifecycle], BeforeValidator(_listed), Field(alias="lifecycle[]", default_factory=list)
    ]


def list_models(http: Http, context: Context) -> Answer | Failure:
    gate = Gate(context.contract)
    version = spoken_version(http, gate)
    if isinstance(version, Failure):
        return version
    query = read_query(ListQuery, http, gate)
    if isinstance(query, Failure):
        return query
    wanted = [info for info in _known(context) if not query.lifecycle or info["lifecycle"] in query.lifecycle]
    found = page(wanted, query, gate, "model")
    return found if isinstance(found, Failure) else json_answer(found, context, gate.findings)


def get_model(http: Http, context: Context) -> Answer | Failure:
    gate = Gate(context.contract)
    version = spoken_version(http, gate)
    if isinstance(version, Failure):
        return version
    name = http.params.get("model", "")
    for info in _known(context):
        if info["id"] == resolve(name):
            return json_answer(info, context, gate.findings)
    return Failure("unknown_model", param=name)


def _known(context: Context) -> list[JsonObject]:
    return [*_CLAUDE, *(scenario_info(name) for name in context.models)]
