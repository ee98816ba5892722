"""JSON from elsewhere, read with one kind of error."""

import json
from typing import Any


def parsed(text: str | bytes) -> Any:
    """Raises ValueError, for what is nested too deep to be read as well: that is a RecursionError of the reader's."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
