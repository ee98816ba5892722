"""A name server of the tests' own, which knows one name and tells the address that it has now."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

HEADER_BYTES = 12
ANSWER = 0x8180  # a response without errors, recursion included
ADDRESS = struct.pack(">HHHLH", 0xC00C, 1, 1, 1, 4)  # of the name in the question: type A, for a second, four bytes


class Names(asyncio.DatagramProtocol):
    """`address` may be changed at any moment."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = data[HEADER_BYTES : data.index(b"\0", HEADER_BYTES) + 5]
        header = data[:2] + struct.pack(">HHHHH", ANSWER, 1, 1, 0, 0)
        self.transport.sendto(header + question + ADDRESS + socket.inet_aton(self.address), addr)


@asynccontextmanager
async def names(address: str) -> AsyncIterator[tuple[Names, str]]:
    """The server, and its own address."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: Names(address), local_addr=("127.0.0.1", 0))
    try:
        yield server, f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()
