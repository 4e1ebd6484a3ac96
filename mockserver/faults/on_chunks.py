"""What else chunks of Chat Completions are known for, by public reports of its many servers."""

from __future__ import annotations

from mockserver.faults.known import KnownFault


def _deviation(name: str, says: str, client: str, *threads: str, heals: bool = False) -> KnownFault:
    return KnownFault(name, says, client, threads=threads, deviates=True, heals=heals)


ON_CHUNKS = (
    _deviation(
        "finish-empty",
        "The reason to stop is an empty text until it comes.",
        "Takes an empty reason for none.",
        "ollama/ollama#4357",
        "sgl-project/sglang#3912",
        heals=True,
    ),
    _deviation(
        "call-arguments-empty",
        "A call without arguments has an empty text, not `{}`.",
        "Takes it for no arguments.",
        "openai/openai-agents-js#664",
        "open-webui/open-webui#23778",
    ),
    _deviation(
        "call-type-missing",
        "A call does not say that it is a function.",
        "Takes it for a function.",
        "vllm-project/vllm#16340",
        "vercel/ai#12770",
    ),
    _deviation(
        "tool-head-null",
        "Later pieces of a call say null for its id, type and name.",
        "Keeps what the first piece said.",
        "anomalyco/opencode#43328",
        "1CatAI/1Cat-vLLM#240",
    ),
    _deviation(
        "content-parts",
        "The content comes as a list of parts.",
        "Reads the texts in it, or reports it; does not show an empty answer.",
        "vercel/ai#13703",
        "microsoft/agent-framework#6978",
    ),
    _deviation(
        "reasoning-renamed",
        "Thinking comes as `reasoning`, not as `reasoning_content`.",
        "Reads both names.",
        "vllm-project/vllm#27755",
        heals=True,
    ),
    _deviation(
        "delta-null",
        "The delta of the last chunk is null.",
        "Takes it for an empty one.",
        "eneo-ai/eneo#126",
    ),
    _deviation(
        "camel-case",
        "Members are spelled without underscores.",
        "Reports that it finds nothing.",
    ),
)
