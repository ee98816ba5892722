"""All that an audit has found, in a table that goes with the connection: there may be as much of it as there are files,
so that nothing here holds more than one at a time.
"""

import json
from collections.abc import Iterator
from dataclasses import astuple

from proxy.commands.catalogue.findings import Finding, Found, Wanted, found_in
from proxy.commands.catalogue.state import DONE, NOWHERE, Place, State

ORDER = list(Finding)
TABLE = """
DROP TABLE IF EXISTS temp.found;
CREATE TEMP TABLE found (finding INTEGER, path TEXT, place TEXT, why TEXT, alike TEXT);
"""
# The digest is what duplicates have in common; an empty file is nobody's copy.
DUPLICATES = """
INSERT INTO found SELECT ?, path, '', 'one of ' || many || ' with the same bytes', digest FROM (
    SELECT path, digest, count(*) OVER (PARTITION BY digest) AS many FROM (
        SELECT path, json_extract(facts, '$.digest') AS digest FROM files
        WHERE job = ? AND state = ? AND json_extract(facts, '$.size') > 0
        AND path IN (SELECT path FROM places WHERE job = ?)))
WHERE many > 1
"""
LISTED = "SELECT path, place, why, alike FROM found WHERE finding = ? ORDER BY alike, path, place LIMIT ?"
ALL = -1


class Findings:
    """In the order of `Finding`; duplicates one beside the other. They are judged once, and read as often as wanted."""

    def __init__(self, state: State, wanted: Wanted) -> None:
        self.state = state
        self.base = state.base
        self.base.executescript(TABLE)
        with self.base:
            self.base.executemany("INSERT INTO found VALUES (?, ?, ?, ?, '')", map(row_of, found_in(state, wanted)))
            values = (ORDER.index(Finding.DUPLICATE), state.job, DONE, state.job)
            self.base.execute(DUPLICATES, values)
        counts = dict(self.base.execute("SELECT finding, count(*) FROM found GROUP BY finding"))
        self.counts = {str(finding): counts.get(number, 0) for number, finding in enumerate(ORDER)}

    def __bool__(self) -> bool:
        return any(self.counts.values())

    def __iter__(self) -> Iterator[Found]:
        for finding in Finding:
            yield from self.of(finding)

    def of(self, finding: Finding, most: int = ALL) -> Iterator[Found]:
        for path, place, why, alike in self.base.execute(LISTED, (ORDER.index(finding), most)):
            places = (Place(path, *json.loads(place)),) if path == NOWHERE else tuple(self.state.places(path))
            yield Found(finding, path, why, places, self.state.facts_of(path), alike)


def row_of(found: Found) -> tuple[int, str, str, str]:
    """An entry without a file is known by its place; what else there is to tell of a file, the state has."""
    place = json.dumps(astuple(found.places[0])[1:]) if found.path == NOWHERE else ""
    return ORDER.index(found.finding), found.path, place, found.why
