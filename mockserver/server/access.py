"""Who may ask the server's own pages, but for those that tell everybody the same.

With a token, who sends it. Without one, who is on this machine or in a private network, as other containers
are, and only under a name that no stranger can point here: a web page of elsewhere could otherwise have a
developer's own browser ask (DNS rebinding). Values only.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from mockserver.conversation import Http
from mockserver.values import dataclass

TOKEN_HEADER = "x-mock-token"  # noqa: S105 - a header's name

_NEAR = tuple(
    map(
        ip_network,
        (
            *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
            *("::1/128", "fc00::/7", "fe80::/10"),
        ),
    )
)
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".test", ".lan", ".home.arpa", ".svc")
"""What no registry sells: names of machines, containers and services behind a private resolver."""

_HOST = re.compile(r"(?:\[([^\]]*)\]|([^:\[\]]*))(?::[0-9]*)?")
_NAME = re.compile(r"[a-z0-9_-]+")

_HINT = "Set --control-token, and send it as the header `X-Mock-Token`."
NO_TOKEN = "This page needs the control token, as `X-Mock-Token` or as the bearer token."  # noqa: S105 - a sentence
FAR = f"This page answers this machine and private networks only. {_HINT}"
STRANGE_HOST = (
    f"This page does not answer under that name: it answers to addresses, to `localhost`, to names without a "
    f"dot, and to those that end in {', '.join(_LOCAL_SUFFIXES)}. {_HINT}"
)
STRANGE_ORIGIN = f"This page does not answer web pages from elsewhere. {_HINT}"


@dataclass(frozen=True, slots=True)
class Access:
    """`token` is what has to be sent; "" where it is enough to be near."""

    token: str = ""

    def refuses(self, http: Http, peer: str | None) -> str:
        """Why the page is not answered; "" if it is. `peer` is the address of the client, None for one
        without an address, which is on this machine.
        """
        if self.token:
            return "" if self.is_sent(http) else NO_TOKEN
        if peer is not None and not _is_near(peer):
            return FAR
        host = http.headers.get("host", "")
        if host and not _is_local_name(_without_port(host)):
            return STRANGE_HOST
        origin = http.headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host.lower():
            return STRANGE_ORIGIN
        return ""

    def is_sent(self, http: Http) -> bool:
        """Whether the request has the token."""
        sent = (http.headers.get(TOKEN_HEADER, ""), _bearer(http.headers))
        return any(map(self._is_token, sent))

    def is_key(self, http: Http) -> bool:
        """Whether the key of the request is in truth the token."""
        return bool(self.token) and self._is_token(http.key)

    def _is_token(self, sent: str) -> bool:
        as_bytes = (text.encode(errors="surrogateescape") for text in (sent, self.token))
        return hmac.compare_digest(*as_bytes)


NEAR = Access()
"""Who is near may ask, and nobody else."""


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _is_near(peer: str) -> bool:
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return _is_near(str(address.ipv4_mapped))
    return any(address in network for network in _NEAR)


def _without_port(host: str) -> str:
    """The name or the address of a `Host` header, in lower case."""
    found = _HOST.fullmatch(host.strip().lower())
    return (found[1] or found[2]).removesuffix(".") if found else ""


def _is_local_name(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return bool(_NAME.fullmatch(name)) or name.endswith(_LOCAL_SUFFIXES)
    return True
