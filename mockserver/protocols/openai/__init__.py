"""The OpenAI API: Chat Completions, Responses, models. The family that any unknown path falls to."""

from __future__ import annotations

from mockserver.protocols.base import Route, Sdk, Vendor, always
from mockserver.protocols.openai import models, responses
from mockserver.protocols.openai.chat.dialect import DIALECT as CHAT
from mockserver.protocols.openai.errors import refuse

VENDOR = Vendor(
    name="openai",
    routes=(Route("POST", "/v1/chat/completions", CHAT), *responses.ROUTES, *models.ROUTES),
    refuse=refuse,
    owns=always,
    dialects=(CHAT, responses.DIALECT),
    sdk=Sdk("OpenAI", "/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY"),
)
