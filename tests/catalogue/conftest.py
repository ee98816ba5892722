from collections.abc import AsyncIterator

import pytest

from tests.catalogue.shop import Shop, shop_with


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with shop_with() as shop:
        yield shop
