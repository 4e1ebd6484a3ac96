"""The Anthropic API: Messages, message batches, token counting, models."""

from __future__ import annotations

from mockserver.protocols.anthropic.errors import refuse
from mockserver.protocols.anthropic.routes import BASE_PATH, MESSAGES, ROUTES, owns
from mockserver.protocols.base import Description, Sdk, Vendor

__all__ = ["MESSAGES", "VENDOR"]


def describe() -> Description:
    from mockserver.protocols.anthropic.operations import DESCRIPTION

    return DESCRIPTION


VENDOR = Vendor(
    name="anthropic",
    routes=ROUTES,
    refuse=refuse,
    owns=owns,
    dialects=(MESSAGES,),
    sdk=Sdk("Anthropic", BASE_PATH, "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", ("ANTHROPIC_AUTH_TOKEN",)),
    describe=describe,
)
