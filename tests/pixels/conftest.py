from pathlib import Path

import pytest

from tests.pixels.pictures import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)
