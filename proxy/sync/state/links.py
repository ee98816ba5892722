"""Links: which asset is in which slot of which product; and the statuses that we wrote ourselves."""

import sqlite3
from collections.abc import Callable
from dataclasses import astuple, fields, replace

from proxy.sync.state.database import Database
from proxy.sync.state.rows import Kind, Link, LinkState, Tombstone, Written

KEY = ("system", "asset", "product", "slot", "kind")
COLUMNS = tuple(field.name for field in fields(Link))
KEPT = (*KEY, "created_at")
SAVE = (
    f"INSERT INTO links ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "  # noqa: S608 - names of ours
    f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEPT)
)
UNBURY = "DELETE FROM tombstones WHERE system = ? AND asset = ?"
DELETE = f"DELETE FROM links WHERE {' AND '.join(f'{name} = ?' for name in KEY)}"  # noqa: S608


class Links:
    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self.clock = clock

    async def link_of(self, system: str, asset: str, product: str, slot: str, kind: Kind = Kind.PRODUCT) -> Link | None:
        found = await self.links_where(system=system, asset=asset, product=product, slot=slot, kind=kind)
        return found[0] if found else None

    async def links_of_asset(self, system: str, asset: str) -> list[Link]:
        """The oldest first, as everywhere here."""
        return await self.links_where(system=system, asset=asset)

    async def links_of_slot(self, system: str, product: str, slot: str, kind: Kind = Kind.PRODUCT) -> list[Link]:
        """Of whatever assets: who claims it already."""
        return await self.links_where(system=system, product=product, slot=slot, kind=kind)

    async def links_of_product(self, system: str, product: str, kind: Kind = Kind.PRODUCT) -> list[Link]:
        return await self.links_where(system=system, product=product, kind=kind)

    async def links_of_code(self, system: str, code: str) -> list[Link]:
        """Two that differ in asset or product would be a collision of codes."""
        return await self.links_where(system=system, code=code)

    async def links(self, system: str) -> list[Link]:
        """All of them, for a run over everything."""
        return await self.links_where(system=system)

    async def links_in(self, system: str, *states: LinkState) -> list[Link]:
        """All that are in one of these states."""
        return [link for state in states for link in await self.links_where(system=system, state=state)]

    async def links_where(self, **wanted: str) -> list[Link]:
        conditions = " AND ".join(f"{name} = ?" for name in wanted)
        sql = f"SELECT * FROM links WHERE {conditions} ORDER BY created_at, rowid"  # noqa: S608 - names of ours
        values = tuple(wanted.values())
        return await self.database.read(lambda connection: [link(row) for row in connection.execute(sql, values)])

    async def save_link(self, link: Link, *, instead_of: Link | None = None) -> None:
        """Insert it or change what is known of it; `instead_of` is deleted in the same transaction, and so
        is a tombstone of this asset.
        """
        now = self.clock()
        row = astuple(replace(link, created_at=now, updated_at=now))

        def save(connection: sqlite3.Connection) -> None:
            if instead_of is not None:
                connection.execute(DELETE, key(instead_of))
            connection.execute(SAVE, row)
            connection.execute(UNBURY, (link.system, link.asset))

        await self.database.run(save)

    async def delete_link(self, link: Link) -> None:
        """Nothing happens where it is not there."""
        await self.database.run(lambda connection: connection.execute(DELETE, key(link)))

    async def bury_link(self, link: Link) -> None:
        """Delete it and leave a tombstone, both or neither: its asset in the PIM is gone, the DAM does not know yet."""
        row = (link.system, link.asset, link.slot, link.code)

        def bury(connection: sqlite3.Connection) -> None:
            connection.execute(DELETE, key(link))
            connection.execute("INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?, ?)", row)

        await self.database.run(bury)

    async def tombstone(self, system: str, asset: str) -> Tombstone | None:
        sql, values = "SELECT * FROM tombstones WHERE system = ? AND asset = ?", (system, asset)
        row = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return Tombstone(*row) if row else None

    async def forget_tombstone(self, system: str, asset: str) -> None:
        """Nothing happens where there is none."""
        await self.database.run(lambda connection: connection.execute(UNBURY, (system, asset)))

    async def count_links(self, system: str) -> int:
        """Of what is known to be in the PIM."""
        sql, values = "SELECT count(*) FROM links WHERE system = ? AND state != ?", (system, LinkState.PENDING)
        found: tuple[int] = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return found[0]

    async def note_written(self, system: str, asset: str, value: str, read_at: float) -> None:
        """To be called before the write itself: whoever is cut between the two is not deceived, since the note counts
        only where the DAM has that value.
        """
        row = (system, asset, value, read_at)
        sql = "INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?)"
        await self.database.run(lambda connection: connection.execute(sql, row))

    async def written(self, system: str, asset: str) -> Written | None:
        """The last status that came from us."""
        sql, values = "SELECT * FROM written WHERE system = ? AND asset = ?", (system, asset)
        row = await self.database.read(lambda connection: connection.execute(sql, values).fetchone())
        return Written(*row) if row else None


def key(link: Link) -> tuple[str, ...]:
    return (link.system, link.asset, link.product, link.slot, link.kind)


def link(row: sqlite3.Row) -> Link:
    found = dict(row)
    return Link(**found | {"kind": Kind(found["kind"]), "state": LinkState(found["state"])})
