"""What else chunks of Chat Completions are known for, by public reports of its many servers."""

from __future__ import annotations

from mockserver.faults.known import KnownFault


def _deviation(name: str, says: str, client: str, *, heals: bool = False) -> KnownFault:
    return KnownFault(name, says, client, deviates=True, heals=heals)


ON_CHUNKS = (
    _deviation(  # ollama/ollama#4357, sgl-project/sglang#3912
        "finish-empty",
        "The reason to stop is an empty text until it comes.",
        "Takes an empty reason for none.",
        heals=True,
    ),
    _deviation(  # openai/openai-agents-js#664, open-webui/open-webui#23778
        "call-arguments-empty",
        "A call without arguments has an empty text, not `{}`.",
        "Takes it for no arguments.",
    ),
    _deviation(  # vllm-project/vllm#16340, vercel/ai#12770
        "call-type-missing",
        "A call does not say that it is a function.",
        "Takes it for a function.",
    ),
    _deviation(  # anomalyco/opencode#43328, 1CatAI/1Cat-vLLM#240
        "tool-head-null",
        "Later pieces of a call say null for its id, type and name.",
        "Keeps what the first piece said.",
    ),
    _deviation(  # vercel/ai#13703, microsoft/agent-framework#6978
        "content-parts",
        "The content comes as a list of parts.",
        "Reads the texts in it, or reports it; does not show an empty answer.",
    ),
    _deviation(  # vllm-project/vllm#27755
        "reasoning-renamed",
        "Thinking comes as `reasoning`, not as `reasoning_content`.",
        "Reads both names.",
        heals=True,
    ),
    _deviation(  # eneo-ai/eneo#126
        "delta-null",
        "The delta of the last chunk is null.",
        "Takes it for an empty one.",
    ),
    _deviation(
        "camel-case",
        "Members are spelled without underscores.",
        "Reports that it finds nothing.",
    ),
)
