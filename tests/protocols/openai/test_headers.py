"""The headers of every success of the OpenAI API."""

from __future__ import annotations

import re

from mockserver.protocols.base import Context, header_lookup
from mockserver.protocols.openai.headers import success_headers

CONTEXT = Context(identity=b"test", now=1_767_225_600)


def test_a_success_carries_the_documented_headers() -> None:
    told = header_lookup(success_headers(CONTEXT))

    assert re.fullmatch(r"req_[0-9a-f]{32}", told["x-request-id"])
    assert told["openai-version"] == "2020-10-01"
    assert told["openai-organization"]
    assert re.fullmatch(r"proj_\w{24}", told["openai-project"])
    assert told["openai-processing-ms"].isdigit()
    for bucket in ("requests", "tokens"):
        assert int(told[f"x-ratelimit-remaining-{bucket}"]) <= int(told[f"x-ratelimit-limit-{bucket}"])
        assert re.fullmatch(r"\d+(ms|s)", told[f"x-ratelimit-reset-{bucket}"])
