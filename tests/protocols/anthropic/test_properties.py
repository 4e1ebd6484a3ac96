"""Any JSON gets a well-formed answer on every route; what the SDK can build is refused for no shape."""

from __future__ import annotations

from typing import Any

import orjson
from anthropic.types import message_count_tokens_params, message_create_params
from anthropic.types.beta import message_create_params as beta_create_params
from anthropic.types.messages import batch_create_params
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from protocols.anthropic.messages_wire import CONTEXT, NEW, OLD, post
from protocols.anthropic.served import Api
from protocols.sdk_values import values

from mockserver.conversation import CONTRACT_MODES, ContractMode, Failure, Http, Request
from mockserver.protocols.anthropic.batches import create_batch
from mockserver.protocols.anthropic.contract import CountBody, MessageBody
from mockserver.protocols.anthropic.contract_answer import ErrorEnvelope
from mockserver.protocols.anthropic.read import read, read_prompt
from mockserver.protocols.anthropic.wording import wording
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate, check_shape

texts = st.text(st.characters(codec="utf-8"), max_size=8)
garbage = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
ROUTES = [
    ("POST", "/anthropic/v1/messages"),
    ("POST", "/v1/messages/count_tokens"),
    ("POST", "/v1/messages/batches"),
    ("GET", "/v1/messages/batches"),
    ("GET", "/v1/messages/batches/msgbatch_1"),
    ("DELETE", "/v1/messages/batches/msgbatch_1"),
    ("POST", "/v1/messages/batches/msgbatch_1/cancel"),
    ("GET", "/v1/messages/batches/msgbatch_1/results"),
    ("GET", "/anthropic/v1/models"),
]
bodies = garbage | st.fixed_dictionaries(
    {
        "model": st.just("m") | garbage,
        "max_tokens": st.just(9) | garbage,
        "messages": st.just([{"role": "user", "content": "Hi"}]) | garbage,
    },
    optional=dict.fromkeys(
        {*MessageBody.model_fields, "requests", "unknown"} - {"model", "max_tokens", "messages"}, garbage
    ),
)
APIS = {mode: Api(contract=mode) for mode in CONTRACT_MODES}


@given(
    route=st.sampled_from(ROUTES),
    body=bodies,
    mode=st.sampled_from(CONTRACT_MODES),
    version=st.sampled_from([NEW, OLD, "2020-01-01"]),
    query=st.dictionaries(st.sampled_from(["limit", "after_id", "before_id", "lifecycle[]"]), texts),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_gets_a_well_formed_answer(
    route: tuple[str, str], body: Any, mode: ContractMode, version: str, query: dict[str, str]
) -> None:
    headers = {"anthropic-version": version, "x-api-key": "k"}

    answer = APIS[mode].send(Http(*route, headers, query, orjson.dumps(body), key="k"))

    assert answer.status < 500
    if answer.status >= 400:
        ErrorEnvelope.model_validate_json(answer.body)
    elif answer.body:
        assert answer.body.startswith((b"{", b"event: "))


# -------------------------------------------------------------------------------- what an SDK builds

NAMES = st.text("abcXYZ019_-", min_size=1, max_size=8)
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "id": NAMES,
    "name": NAMES,
    "tool_use_id": NAMES,
    "budget_tokens": st.integers(1024, 2000),
    "max_tokens": st.integers(0, 9),
    "data": st.just("aGk="),
    "input_schema": st.just({"type": "object"}),
    # A listing of tools is as large as all others together, and is not read.
    "tool": st.just({"type": "tool_reference", "name": "f"}),
}
"""What the SDK's types say less of than the API asks for."""

HEADERS = {"user_profile_id", "workspace_id", "betas"}
_WORDING = wording({"model": "m", "messages": [], "max_tokens": 9})


def sent(body: Any) -> Any:
    """A body as it goes over the wire, without what the SDK sends as headers."""
    return {name: value for name, value in body.items() if name not in HEADERS}


def misshapen(contract: Any, body: Any) -> list[str]:
    gate = Gate("off")
    assert not isinstance(check_shape(contract, sent(body), gate, _WORDING), Failure)
    return [str(finding) for finding in gate.findings]


@given(body=values(message_create_params.MessageCreateParams, NAMED))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_message_that_the_sdk_can_build_is_refused_for_its_shape(body: Any) -> None:
    assert misshapen(MessageBody, body) == []


@given(body=values(beta_create_params.MessageCreateParams, NAMED))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_beta_message_that_the_sdk_can_build_is_refused_for_its_shape(body: Any) -> None:
    assert misshapen(MessageBody, body) == []


@given(body=values(message_count_tokens_params.MessageCountTokensParams, NAMED))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_prompt_that_the_sdk_can_build_is_refused_for_its_shape(body: Any) -> None:
    assert misshapen(CountBody, body) == []


@given(body=values(message_create_params.MessageCreateParams, NAMED))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_where_nothing_is_refused_all_that_the_sdk_can_build_is_read(body: Any) -> None:
    http = post(sent(body))
    context = Context(CONTEXT.identity, CONTEXT.now, contract="off")

    assert isinstance(read(http, context), Request)
    assert isinstance(read_prompt(http, context), Request)


PARAMS = values(batch_create_params.Request, NAMED).map(lambda request: sent(request["params"]))


@given(requests=st.lists(PARAMS, min_size=1, max_size=2))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_batch_that_the_sdk_can_build_is_created(requests: list[Any]) -> None:
    batch = [{"custom_id": str(number), "params": params} for number, params in enumerate(requests)]

    assert isinstance(create_batch(post({"requests": batch}), CONTEXT), Answer)
