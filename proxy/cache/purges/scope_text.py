"""What a purge takes, as JSON can carry it: for notes on a disk, and for other replicas."""

import re
from collections.abc import Mapping
from typing import Any

from proxy.cache.purges.scope import PLACE_LENGTH, Below, Files, Scope

BEGINNING = re.compile(rf"[0-9a-f]{{{PLACE_LENGTH},128}}")


def facts_of(scope: Scope) -> dict[str, Any]:
    if isinstance(scope, Files):
        return {"renditions": list(scope.renditions), "originals": list(scope.originals)}
    return {"prefix": scope.prefix, "groups": sorted(scope.groups), "origins": sorted(scope.origins)}


def scope_of(facts: Mapping[str, Any]) -> Scope:
    """Raises ValueError, KeyError, TypeError for anything else than the facts of a scope."""
    if "prefix" in facts:
        return Below(str(facts["prefix"]), frozenset(map(str, facts["groups"])), frozenset(map(str, facts["origins"])))
    renditions, originals = (tuple(map(str, facts[kind])) for kind in ("renditions", "originals"))
    for beginning in (*renditions, *originals):
        if not BEGINNING.fullmatch(beginning):  # an empty one would be everything
            raise ValueError("that is no beginning of a key")
    return Files(renditions, originals)
