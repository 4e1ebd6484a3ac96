"""The `anthropic-version` and `anthropic-beta` headers of a request.

Mirrors "Versions" and "Beta headers" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mockserver.conversation import Failure, Finding, Http
from mockserver.protocols.gate import Gate

NEWEST = "2026-10-21"
KNOWN = frozenset({NEWEST, "2023-06-01", "2023-01-01"})

_HEADER = "anthropic-version"

BETAS_OF_MEMBERS: Mapping[str, frozenset[str]] = {
    "mcp_servers": frozenset({"mcp-client-2025-04-04", "mcp-client-2025-11-20", "mcp-client-2026-09-15"}),
    "context_management": frozenset({"context-management-2025-06-27", "compact-2026-01-12"}),
    "compaction": frozenset({"compact-2026-09-04"}),
    "fallbacks": frozenset({"server-side-fallback-2026-06-01", "server-side-fallback-2026-07-01"}),
    "fallback_credit_token": frozenset({"fallback-credit-2026-06-01", "fallback-credit-2026-07-01"}),
    "billing_policy": frozenset({"user-profiles-billing-2026-10-01"}),
    "output_format": frozenset({"structured-outputs-2025-11-13"}),
    "thread": frozenset({"message-threads-2026-08-12"}),
}
"""Members of a body that only a beta has -> the betas that have it."""

BETAS = frozenset(
    {
        *(beta for betas in BETAS_OF_MEMBERS.values() for beta in betas),
        "admin-user-sign-out-2026-10-08",
        "advanced-tool-use-2025-11-20",
        "advisor-tool-2026-03-01",
        "agent-memory-2026-07-22",
        "analytics-usage-cost-2026-08-24",
        "cache-diagnosis-2026-04-07",
        "ce-claude-code-managed-settings-2026-10-06",
        "ce-plugins-2026-09-01",
        "ce-user-management-2026-07-13",
        "claude-code-20250219",
        "code-execution-2025-05-22",
        "code-execution-2025-08-25",
        "computer-use-2024-10-22",
        "computer-use-2025-01-24",
        "computer-use-2025-11-24",
        "context-1m-2025-08-07",
        "dev-full-thinking-2025-05-14",
        "dreaming-2026-04-21",
        "effort-2025-11-24",
        "efs-2026-10-01",
        "experimental-claude-tag-2026-10-21",
        "extended-cache-ttl-2025-04-11",
        "fast-mode-2026-02-01",
        "files-api-2025-04-14",
        "fine-grained-tool-streaming-2025-05-14",
        "google-managed-data-controls-2026-09-01",
        "inline-tools-2026-09-15",
        "interleaved-thinking-2025-05-14",
        "managed-agents-2026-04-01",
        "max-tokens-3-5-sonnet-2024-07-15",
        "mcp-tunnels-2026-06-22",
        "message-batches-2024-09-24",
        "mid-conversation-output-config-2026-07-01",
        "mid-conversation-system-clear-at-2026-08-21",
        "mid-conversation-tool-changes-2026-07-01",
        "model-context-window-exceeded-2025-08-26",
        "oauth-2025-04-20",
        "output-128k-2025-02-19",
        "output-300k-2026-03-24",
        "pdfs-2024-09-25",
        "prompt-caching-2024-07-31",
        "search-results-2025-06-09",
        "skills-2025-10-02",
        "spend-limit-reads-2026-09-26",
        "task-budgets-2026-03-13",
        "telemetry-destinations-2026-08-11",
        "thinking-binding-controls-2026-08-01",
        "thinking-display-updates-2026-08-18",
        "thinking-token-count-2026-05-13",
        "token-counting-2024-11-01",
        "token-efficient-tools-2025-02-19",
        "tools-2024-04-04",
        "tools-2024-05-16",
        "user-profiles-2026-03-24",
        "user-profiles-2026-08-18",
        "user-profiles-2026-09-04",
        "web-fetch-2025-09-10",
        "webhooks-2026-10-07",
    }
)
"""The betas that the documentation and the official SDKs have ever named."""


def version_of(http: Http) -> str | Failure:
    """The version the client speaks; a failure if there is none, or none such."""
    version = http.headers.get(_HEADER, "")
    if not version:
        return _failure("header is required")
    if version not in KNOWN:
        return _failure(f'"{version}" is not a valid version')
    return version


def spoken_version(http: Http, gate: Gate) -> str | Failure:
    """The version the client speaks; the newest where it tells none that is and nothing is refused."""
    version = version_of(http)
    return (gate.refuse(version) or NEWEST) if isinstance(version, Failure) else version


def _failure(sentence: str) -> Failure:
    return Failure("invalid_request", message=f"{_HEADER}: {sentence}", param=_HEADER)


def betas_of(http: Http) -> tuple[str, ...]:
    """The betas the client asks for, in alphabetical order."""
    header = http.headers.get("anthropic-beta")
    return _listed(header) if header else ()


@lru_cache(maxsize=256)
def _listed(header: str) -> tuple[str, ...]:
    listed = (beta.strip() for beta in header.split(","))
    return tuple(sorted({beta for beta in listed if beta}))


def unknown_betas(betas: tuple[str, ...], gate: Gate) -> Failure | None:
    """Note the betas that nobody has named; the failure where that ends the request."""
    if BETAS.issuperset(betas):
        return None
    unknown = ", ".join(f"`{beta}`" for beta in betas if beta not in BETAS)
    sentence = (
        f"Unexpected value(s) {unknown} for the `anthropic-beta` header. Please consult our documentation at "
        "platform.claude.com/docs or try again without the header."
    )
    return gate.note(Finding("unknown", "unknown_beta", "", sentence))
