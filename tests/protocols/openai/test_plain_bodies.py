"""What a body is told to be plainly is what its contract says of it: right bodies, and bodies gone wrong."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.sdk_values import values
from pydantic import BaseModel, ValidationError

from mockserver.conversation import Json
from mockserver.protocols.openai.chat.contract import ChatRequest
from mockserver.protocols.openai.chat.contract_messages import AssistantMessage
from mockserver.protocols.openai.completions.contract import CompletionRequest
from mockserver.protocols.openai.conversations.contract import CreateItems
from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest
from mockserver.protocols.openai.moderations.contract import ModerationRequest
from mockserver.protocols.openai.responses.contract import CompactResponse, CountInputTokens, CreateResponse
from mockserver.protocols.plain_shape import is_plain

CONTRACTS: tuple[type[BaseModel], ...] = (
    ChatRequest,
    AssistantMessage,
    CompletionRequest,
    CreateResponse,
    CountInputTokens,
    CompactResponse,
    CreateItems,
    EmbeddingsRequest,
    ModerationRequest,
)
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["f", "a-b_1", "not a name"]),
    "n": st.integers(0, 2),
    "temperature": st.none() | st.floats(0, 2),
    "top_p": st.none() | st.integers(0, 1),
    "dimensions": st.integers(0, 9),
    "metadata": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
}
JUNK: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | st.floats(-1, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
WORDS = st.sampled_from(["type", "role", "content", "text", "name", "id", "schema_", "async_", "stranger"])
BODIES = {contract: values(contract, NAMED) for contract in CONTRACTS}


def places(value: Json) -> Iterator[tuple[Json, Any]]:
    """Each container in a JSON value with each of its keys or indexes."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def spoilt(draw: st.DrawFn, body: Json) -> Json:
    """A copy of the body in which one place holds something else, or nothing, or is one more."""
    copy = deepcopy(body)
    found = list(places(copy))
    if not found:
        return {draw(WORDS): draw(JUNK)}
    holder, key = draw(st.sampled_from(found))
    match draw(st.sampled_from(["other", "none", "more"])):
        case "other":
            holder[key] = draw(JUNK)
        case "none":
            del holder[key]
        case _ if isinstance(holder, dict):
            holder[draw(WORDS)] = draw(JUNK)
        case _:
            holder.append(draw(JUNK))
    return copy


def is_right(contract: type[BaseModel], body: Json) -> bool:
    try:
        contract.model_validate(body)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("contract", CONTRACTS)
@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_a_body_is_plain_if_it_is_right_and_not_if_it_is_wrong(
    contract: type[BaseModel], data: st.DataObject
) -> None:
    body = data.draw(BODIES[contract])
    for told in (body, data.draw(spoilt(body))):
        assert is_plain(contract, told) == is_right(contract, told)
