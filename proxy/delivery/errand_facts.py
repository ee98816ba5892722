"""What the facts about work behind the viewers say, for the server and for the command that asked. Loads nothing."""

from typing import Any


def has_failed(facts: dict[str, Any]) -> bool:
    """For an audit a broken picture is a finding: that it could be looked at is enough."""
    if "digest" in facts:
        return False
    return "error" in facts or any("error" in one for one in facts.get("renditions", ()))
