"""How answers of Messages are known to depart from the documentation.

What the catalogue of faults names for this wire alone, as pure edits of frames and bodies; what is sent when
nothing goes wrong stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.protocols.base import Deviation

DEVIATIONS: Mapping[str, Deviation] = {}
