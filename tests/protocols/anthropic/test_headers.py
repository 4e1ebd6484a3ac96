"""The headers of a success."""

from __future__ import annotations

import re

import pytest
from protocols.anthropic.messages_wire import CONTEXT

from mockserver.protocols.anthropic.headers import success_headers
from mockserver.protocols.base import Context

HEADERS = dict(success_headers(CONTEXT))


@pytest.mark.parametrize("limit", ["requests", "tokens", "input-tokens", "output-tokens"])
def test_every_limit_has_its_three_headers(limit: str) -> None:
    most, left, reset = (
        HEADERS[f"anthropic-ratelimit-{limit}-{name}"] for name in ("limit", "remaining", "reset")
    )

    assert 0 < int(left) <= int(most)
    assert reset == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("limit", ["tokens", "input-tokens", "output-tokens"])
def test_remaining_tokens_are_rounded_to_thousands(limit: str) -> None:
    assert int(HEADERS[f"anthropic-ratelimit-{limit}-remaining"]) % 1000 == 0


def test_the_token_limit_is_the_sum_of_input_and_output() -> None:
    both = sum(int(HEADERS[f"anthropic-ratelimit-{name}-tokens-limit"]) for name in ("input", "output"))

    assert int(HEADERS["anthropic-ratelimit-tokens-limit"]) == both


def test_the_request_id_is_of_its_kind_and_of_this_request() -> None:
    other = dict(success_headers(Context(b"other")))["request-id"]

    assert re.fullmatch(r"req_01[1-9A-HJ-NP-Za-km-z]{22}", HEADERS["request-id"])
    assert other != HEADERS["request-id"]


def test_the_account_is_named() -> None:
    assert re.fullmatch(r"[0-9a-f-]{36}", HEADERS["anthropic-organization-id"])
    assert HEADERS["anthropic-workspace-id"].startswith("wrkspc_01")


def test_the_limits_of_other_vendors_are_not_sent() -> None:
    assert not any(name.startswith("x-ratelimit") for name in HEADERS)
