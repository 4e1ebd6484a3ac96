"""A quick start, for a process that serves and does nothing else. Nothing here is for a process of somebody's
tests, which may need what is left out.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"
_CERTIFICATES = "SSL_CERT_FILE"


@contextmanager
def quick_start() -> Iterator[None]:
    """While what serves is imported. All of it stays, so it is left out of garbage collection, now and later.
    aiohttp makes the TLS context of a client, which nobody uses here: it gets no certificates to read.
    Pydantic, from now on, does not look through all that is installed for plugins.
    """
    os.environ.setdefault(_PLUGINS, "__all__")
    certificates = os.environ.get(_CERTIFICATES)
    os.environ[_CERTIFICATES] = os.devnull
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        del os.environ[_CERTIFICATES]
        if certificates is not None:
            os.environ[_CERTIFICATES] = certificates
