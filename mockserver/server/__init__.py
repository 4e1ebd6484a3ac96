"""The edge: the only code that knows aiohttp, sockets and the clock."""
