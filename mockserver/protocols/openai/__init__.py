"""The OpenAI API: chat and legacy completions, responses, conversations, embeddings, moderations, models.
The family that any unknown path falls to.
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context, Description, Sdk, Vendor, always
from mockserver.protocols.openai import (
    chat,
    completions,
    conversations,
    embeddings,
    models,
    moderations,
    responses,
)

__all__ = ["VENDOR"]


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    """In the words of the dialect whose path it is; those of chat go for all others."""
    dialect = responses.DIALECT if http.path.startswith("/v1/responses") else chat.DIALECT
    return dialect.refuse(failure, http, context)


def describe() -> Description:
    from mockserver.protocols.openai.operations import DESCRIPTION

    return DESCRIPTION


VENDOR = Vendor(
    name="openai",
    routes=(
        *chat.ROUTES,
        *responses.ROUTES,
        *conversations.ROUTES,
        *completions.ROUTES,
        *embeddings.ROUTES,
        *moderations.ROUTES,
        *models.ROUTES,
    ),
    refuse=refuse,
    owns=always,
    dialects=(chat.DIALECT, responses.DIALECT, completions.DIALECT),
    describe=describe,
    sdk=Sdk("OpenAI", "/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY"),
)
