import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from PIL import Image

from proxy.metrics import Metrics
from tests.golden_images import check

# A busy machine is no failure; and `make fuzz` tries far more.
settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")

# Tests start the server as a process of its own by the dozen: without bytecode at hand each compiles all of it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Nor does pydantic look for plug-ins among all the packages that are here for the tests alone.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--draw-golden", action="store_true", help="write the golden images instead of comparing with them"
    )


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stay to the end: no collection of garbage need look through them."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Image.Image], None]:
    """Hold a picture to the golden image that has the test's name."""
    name = request.node.name.removeprefix("test_").replace("_", "-").replace("[", "-").rstrip("]")
    return lambda drawn: check(drawn, name, request.config.getoption("--draw-golden"), tmp_path)
