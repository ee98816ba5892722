"""A pretend Akeneo, and what `check` says of it."""

from tests.shared.conftest import redis
from tests.web.conftest import pim, processes

__all__ = ["pim", "processes", "redis"]
