"""A bare aiohttp application, which everything is compared with: `python bare.py PORT ANSWERS.json`.

It answers each path with what the file says, encoded before: in one piece, or in chunks, one write each, with
`gap` seconds between two of them. Chunks after the first are never sent where it `holds`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import uvloop
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Constant:
    """What a path is answered with. One of `body` and `chunks` is empty."""

    path: str
    content_type: str
    body: str = ""
    chunks: tuple[str, ...] = ()
    gap: float = 0
    holds: bool = False


def whole(constant: Constant) -> Handler:
    body = constant.body.encode()

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response(body=body, content_type=constant.content_type)

    return answer


def stream(constant: Constant) -> Handler:
    chunks = [chunk.encode() for chunk in constant.chunks]
    headers = {"content-type": constant.content_type}
    gap, holds = constant.gap, constant.holds

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        due = asyncio.get_running_loop().time()
        for chunk in chunks:
            await response.write(chunk)
            if holds:
                await asyncio.sleep(3600)
            if gap:  # until a deadline, since waits of a gap each would add up to more
                due += gap
                await asyncio.sleep(due - asyncio.get_running_loop().time())
        await response.write_eof()
        return response

    return answer


def application(constants: list[Constant]) -> web.Application:
    app = web.Application(client_max_size=32 * 1024**2)
    for constant in constants:
        handler = stream(constant) if constant.chunks else whole(constant)
        app.router.add_post(constant.path, handler)
    return app


def main(port: str, answers: str) -> None:
    constants = [Constant(**each) for each in orjson.loads(Path(answers).read_bytes())]
    web.run_app(
        application(constants),
        host="127.0.0.1",
        port=int(port),
        access_log=None,
        print=None,
        backlog=4096,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
