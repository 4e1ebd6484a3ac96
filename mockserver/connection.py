"""How clients are pointed at the server: base URLs and environment variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.protocols.base import Vendor


def base_urls(vendors: Sequence[Vendor], origin: str) -> dict[str, str]:
    """The base URL to give to each vendor's SDK, by the vendor's name."""
    return {vendor.name: origin + vendor.sdk.base_path for vendor in vendors if vendor.sdk}


def environment(vendors: Sequence[Vendor], origin: str, key: str = "mock-key") -> dict[str, str]:
    """The variables that point the official SDKs here."""
    variables: dict[str, str] = {}
    for vendor in vendors:
        if vendor.sdk:
            variables[vendor.sdk.url_variable] = origin + vendor.sdk.base_path
            variables[vendor.sdk.key_variable] = key
    return variables


def environment_changes(
    vendors: Sequence[Vendor], origin: str, key: str, environ: Mapping[str, str]
) -> dict[str, str | None]:
    """What to change in an environment so that the official SDKs come here whatever else it says; None is to
    be taken out.
    """
    misleading = (name for vendor in vendors if vendor.sdk for name in vendor.sdk.misleading)
    changes: dict[str, str | None] = dict.fromkeys(name for name in misleading if name in environ)
    if any(name.lower() in _PROXIES for name in environ):
        for name in ("no_proxy", "NO_PROXY"):
            changes[name] = ",".join(filter(None, (environ.get(name), _LOCAL)))
    return changes | environment(vendors, origin, key)


_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})
_LOCAL = "127.0.0.1,localhost"
