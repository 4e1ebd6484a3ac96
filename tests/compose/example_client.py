"""Says hello over every protocol of a mockserver, as JSON and as a stream, and prints the answers.

`docker compose up` runs it beside the server. Elsewhere: `MOCKSERVER_URL=http://127.0.0.1:8000 python
example_client.py`. It wants nothing but the standard library; real clients take the vendors' SDKs.
"""

import json
import os
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any
from urllib.request import Request, urlopen

URL = os.environ.get("MOCKSERVER_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("MOCKSERVER_EXAMPLE_KEY", "any-key-will-do")
QUESTION = "Hello!"


def main() -> None:
    for ask in (openai_chat, openai_responses, anthropic_messages, gemini_generate):
        for stream in (False, True):
            print(f"{ask.__name__:<20} {'stream' if stream else 'json':<8} {ask(stream=stream)}", flush=True)


def openai_chat(*, stream: bool) -> str:
    body = {"model": "gpt-5.5", "messages": [{"role": "user", "content": QUESTION}], "stream": stream}
    answer = post("/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body)
    if stream:
        return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in events(answer))
    return str(json.load(answer)["choices"][0]["message"]["content"])


def openai_responses(*, stream: bool) -> str:
    body = {"model": "gpt-5.5", "input": QUESTION, "stream": stream}
    answer = post("/v1/responses", {"Authorization": f"Bearer {KEY}"}, body)
    if stream:
        deltas = (event for event in events(answer) if event["type"] == "response.output_text.delta")
        return "".join(event["delta"] for event in deltas)
    return str(json.load(answer)["output"][0]["content"][0]["text"])


def anthropic_messages(*, stream: bool) -> str:
    body = {
        "model": "claude-sonnet-4-6",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": QUESTION}],
        "stream": stream,
    }
    answer = post("/anthropic/v1/messages", {"x-api-key": KEY, "anthropic-version": "2023-06-01"}, body)
    if stream:
        deltas = (event for event in events(answer) if event["type"] == "content_block_delta")
        return "".join(event["delta"]["text"] for event in deltas)
    return str(json.load(answer)["content"][0]["text"])


def gemini_generate(*, stream: bool) -> str:
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    body = {"contents": [{"role": "user", "parts": [{"text": QUESTION}]}]}
    answer = post(f"/v1beta/models/gemini-3.1-pro-preview:{method}", {"x-goog-api-key": KEY}, body)
    chunks = events(answer) if stream else [json.load(answer)]
    return "".join(
        part["text"]
        for chunk in chunks
        for part in chunk["candidates"][0].get("content", {}).get("parts", [])
    )


def post(path: str, headers: dict[str, str], body: dict[str, Any]) -> HTTPResponse:
    request = Request(URL + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    answer: HTTPResponse = urlopen(request, timeout=30)
    return answer


def events(answer: HTTPResponse) -> Iterator[dict[str, Any]]:
    """The JSON of the server-sent events of an answer."""
    for line in answer:
        if line.startswith(b"data:") and line.strip() != b"data: [DONE]":
            yield json.loads(line.removeprefix(b"data:"))


if __name__ == "__main__":
    main()
