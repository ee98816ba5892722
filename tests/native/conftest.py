import shutil
from pathlib import Path

import pytest

from hatch_build import compile_library
from proxy.native.library import COMPILED


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as processors other than x86-64 have it: it undoes filters, and does not scale."""
    if not shutil.which("cc"):
        pytest.skip("there is no C compiler")
    path = tmp_path_factory.mktemp("plain") / "native.so"
    compile_library(path, "-DPLAIN")
    return path


@pytest.fixture(scope="session")
def compiled() -> Path:
    if not COMPILED.exists():
        pytest.skip("proxy/native is not compiled")
    return COMPILED
