"""Legacy completions: `POST /v1/completions`, JSON and stream."""

from mockserver.protocols.base import Operation, Route
from mockserver.protocols.openai.completions.contract import CompletionRequest
from mockserver.protocols.openai.completions.contract_answer import Completion, CompletionChunk
from mockserver.protocols.openai.completions.dialect import LegacyCompletions

__all__ = ["DIALECT", "ROUTES"]

DIALECT = LegacyCompletions()

ROUTES = (
    Route(
        "POST",
        "/v1/completions",
        DIALECT,
        operation=Operation(
            "Create a completion (legacy)",
            body=CompletionRequest,
            answer=Completion,
            event=CompletionChunk,
        ),
    ),
)
