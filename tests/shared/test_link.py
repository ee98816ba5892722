"""One question to Redis."""

import asyncio
import gc
from typing import Any

import pytest

from proxy.cache.shared.link import within


async def test_what_comes_of_a_question_that_was_given_up_is_no_fault_in_the_log() -> None:
    """A client may turn its being cancelled into an error of its own."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def ask() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError("Connection refused") from None

    with pytest.raises(TimeoutError):
        await within(0.01, ask())

    gc.collect()
    assert told == []
