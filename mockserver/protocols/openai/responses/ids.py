"""The ids of responses and of the items in them.

The items of a response share the first 16 hex digits with it, as on the live API. Here the rest of a
response's id follows from those digits, so that the id of an item tells which response it belongs to.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from mockserver.conversation import ToolCall
from mockserver.protocols.base import Context
from mockserver.protocols.drawing import HEX
from mockserver.protocols.openai.responses.latest import latest

_SEED = "response", 16, HEX
_ITEM_ID = re.compile(r"[a-z]+_([0-9a-f]{16})[0-9a-f]{34}")


@latest
def response_id(context: Context) -> str:
    return context.derived(_response_id, *_SEED)


def item_id(prefix: str, label: str, context: Context) -> str:
    """The id of one item: `label` tells it from the others of its response."""
    return f"{prefix}_{_seed(context)}{context.token(label, 34, HEX)}"


def input_id(prefix: str, at: int, response: str) -> str:
    """The id of an input item that came without one, by its place in the input of a response."""
    _, _, digits = response.partition("_")
    return f"{prefix}_{digits[:16]}{blake2b(f'{response}:{at}'.encode(), digest_size=17).hexdigest()}"


def response_of(item: str) -> str | None:
    """The id of the response that gave an item this id; None where no response here can have given it."""
    found = _ITEM_ID.fullmatch(item)
    return _response_id(found[1]) if found else None


def call_id(call: ToolCall, index: int, context: Context) -> str:
    """The id that ties a tool call, part `index` of its reply, to its output."""
    return call.id or "call_" + context.token(f"call:{index}", 24)


@latest
def _seed(context: Context) -> str:
    return context.token(*_SEED)


def _response_id(seed: str) -> str:
    return f"resp_{seed}{blake2b(seed.encode(), digest_size=17).hexdigest()}"
