"""The protocols this server speaks. The only place that names them: adding one is one line here.

Order matters where vendors share a path: the first whose route applies answers; the last answers for paths
that nobody owns.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.protocols import anthropic, gemini, openai
from mockserver.protocols.base import Vendor

VENDORS: Sequence[Vendor] = (anthropic.VENDOR, gemini.VENDOR, openai.VENDOR)
