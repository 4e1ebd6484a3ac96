"""Dataclasses that are quick to define and to make: as those of the standard library, but nothing guards the
frozen ones at run time.

The guard has every value write its fields past it, which takes several times as long as writing them, for the
dozen values that each answer is made of; and to define it is a third of what a class costs at the start. Who
would write to a frozen value is found by whoever checks types, to whom this is the standard library's own.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, **options: Any) -> Any:
        def made(cls: type) -> type:
            # As of a frozen one: the hash is that of the fields, unless the class has one, or is compared as
            # an object.
            is_hashed = frozen and options.get("eq", True) and "__hash__" not in vars(cls)
            # Without any, the standard library draws up the signature, which nobody reads.
            cls.__doc__ = cls.__doc__ or cls.__name__
            return dataclasses.dataclass(cls, unsafe_hash=is_hashed, **options)

        return made if cls is None else made(cls)
