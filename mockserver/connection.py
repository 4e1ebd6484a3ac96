"""How clients are pointed at the server: base URLs and environment variables."""

from __future__ import annotations

from collections.abc import Sequence

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
