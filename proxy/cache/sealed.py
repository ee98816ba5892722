"""Bytes on their way to a tier that others can write to: with their length and digest, and nothing is unpickled."""

import struct

from proxy.media import SEAL_BYTES, seal, unseal

LENGTH = struct.Struct(">I")
BEFORE = SEAL_BYTES + LENGTH.size  # what stands before the bytes themselves


def pack(value: bytes) -> bytes:
    return LENGTH.pack(len(value)) + seal(value)


def unpack(packed: bytes) -> bytes:
    """Raises ValueError if these are not the bytes that were packed."""
    value = unseal(packed[LENGTH.size :])
    if packed[: LENGTH.size] != LENGTH.pack(len(value)):
        raise ValueError("the length is another")
    return value
