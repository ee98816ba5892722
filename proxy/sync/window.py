"""How far back a run looks for changes."""

OVERLAP_SECONDS = 120.0
LONGEST_SECONDS = 7 * 86400.0


def window_start(now: float, window_seconds: float, last_successful_start: float | None) -> float:
    """The earlier of the asked window and the last successful start with an overlap, seven days back at most. A start
    that is still to come tells of a wrong clock, and not when it was.
    """
    since = now - window_seconds
    if last_successful_start is not None and last_successful_start > now + OVERLAP_SECONDS:
        return now - LONGEST_SECONDS
    if last_successful_start is not None:
        since = min(since, last_successful_start - OVERLAP_SECONDS)
    return max(since, now - LONGEST_SECONDS)
