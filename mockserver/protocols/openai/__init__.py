"""The OpenAI API: Chat Completions, Responses, models. The family that any unknown path falls to."""

from __future__ import annotations

from mockserver.protocols.base import Route, Vendor, always
from mockserver.protocols.openai import models
from mockserver.protocols.openai.chat.dialect import DIALECT as CHAT
from mockserver.protocols.openai.errors import refuse

VENDOR = Vendor(
    name="openai",
    routes=(Route("POST", "/v1/chat/completions", CHAT), *models.ROUTES),
    refuse=refuse,
    owns=always,
    dialects=(CHAT,),
)
