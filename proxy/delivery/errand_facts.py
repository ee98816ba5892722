"""What the facts about work behind the viewers say, for the server and for the command that asked. Loads nothing."""

from typing import Any

OURS = 500  # from here on it is the server or Akeneo that failed, not the file


def has_failed(facts: dict[str, Any]) -> bool:
    """For an audit a broken picture is a finding: that it could be looked at is enough. That no worker could look at it
    this time is none.
    """
    if "digest" in facts:
        return "error" in facts and facts["error"]["status"] >= OURS
    return "error" in facts or any("error" in one for one in facts.get("renditions", ()))
