"""A pretend Bynder on a port of its own, its files on another, and a person who edits."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from aiohttp import web

from proxy.demo.answers import Answer, json_answer
from proxy.demo.bynder.api import BynderApi
from proxy.demo.bynder.changes import Changes, Values
from proxy.demo.bynder.files import DemoFiles
from proxy.demo.bynder.listing import Refused
from proxy.demo.bynder.model import FIRST_DAY, Media, Metaproperty, Spelling, Version, link_metaproperties, new_id
from proxy.demo.bynder.routes import BynderTarget, Kind, find_target
from proxy.demo.bynder.usage import Usage
from proxy.demo.calls import Call
from proxy.demo.server import DemoServer

Property = str | Iterable[str] | None


def error(status: int, message: str, **more: object) -> Answer:
    return json_answer(status, {"message": message, "statuscode": status, **more})


class DemoBynder(DemoServer):
    """Start it, call `url`, read `calls` and `files.calls`; media and metaproperties may be changed at any time.

    `applies_after` reads is a POST applied; `requests_allowed` until `lift_limit`; `now` gives `dateModified`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = "a-permanent-token",  # noqa: S107
        applies_after: int = 0,
        requests_allowed: int | None = None,
        cursors: bool = False,
        spelling: Spelling = "int",
        metaproperties: Iterable[Metaproperty] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(port, words=error)
        self.token = token
        self.requests_allowed = requests_allowed
        self.now = now
        self.files = DemoFiles()
        self.changes = Changes(self._apply, applies_after)
        self._api = BynderApi(self.files, self.changes, spelling)
        self._api.has_cursors = cursors
        self._requests = 0
        chosen = link_metaproperties().values() if metaproperties is None else metaproperties
        self.metaproperties.update({one.name: one for one in chosen})

    async def start(self) -> None:
        await self.files.start()
        self._api.write.files = self.files.url
        await super().start()

    async def close(self) -> None:
        await super().close()
        await self.files.close()

    # -- what it holds --

    @property
    def media(self) -> dict[str, Media]:
        """By id."""
        return self._api.media

    @property
    def metaproperties(self) -> dict[str, Metaproperty]:
        """By name."""
        return self._api.metaproperties

    @property
    def rights(self) -> set[str]:
        """Of the token's user: MEDIAEDIT, MEDIAHIGHRES, ARCHIVEDOWNLOAD."""
        return self._api.rights

    @property
    def usage(self) -> list[Usage]:
        return self._api.usage.entries

    def between_pages(self, hook: Callable[[int], object] | None) -> None:
        """Called after each list answer with its number, counted from 1: to change media while a client pages."""
        self._api.between_pages = hook

    def use_cursors(self, use: bool = True) -> None:
        """From now on lists have the header X-Bynder-NextCursor."""
        self._api.has_cursors = use

    def add_media(
        self,
        name: str,
        content: bytes = b"",
        *,
        id: str | None = None,
        type: str = "image",
        extension: str = "jpg",
        version: int = 1,
        derivatives: Mapping[str, bytes] | None = None,
        thumbnails: Mapping[str, bytes] | None = None,
        archive: bool = False,
        created: datetime = FIRST_DAY,
        modified: datetime | None = None,
        **properties: Property,
    ) -> Media:
        """`properties` by metaproperty name: `product_identifier="RUN-01"`; `modified` is now unless given."""
        media = Media(id or new_id(f"media {len(self.media)} {name}"), name, type, extension)
        media.versions = [Version(version, content)]
        media.derivatives, media.thumbnails = dict(derivatives or {}), dict(thumbnails or {})
        media.archive, media.date_created = archive, created
        media.properties = values_of(properties)
        media.date_modified = modified or self.now()
        self.media[media.id] = media
        shown = {f"/thumbnails/{media.id}/{name}": content for name, content in media.thumbnails.items()}
        self.files.thumbnails.update(shown)
        return media

    def settle(self) -> None:
        """Every accepted POST is applied now."""
        self.changes.settle()

    # -- what people do --

    def user_sets(self, media: Media, **properties: Property) -> None:
        """A person edits metaproperties: `user_sets(shoe, asset_type=["packshot"])`; None empties one."""
        self._apply(media, values_of(properties))

    def archives(self, media: Media, archive: bool = True) -> None:
        media.archive = archive
        self.touch(media)

    def uploads(self, media: Media, content: bytes) -> None:
        """A new version of the file."""
        media.versions.append(Version(media.version + 1, content))
        self.touch(media)

    def remove(self, media: Media) -> None:
        del self.media[media.id]

    def touch(self, media: Media, at: datetime | None = None) -> None:
        """As any change does: `dateModified` moves."""
        media.date_modified = at or self.now()

    def lift_limit(self) -> None:
        """Five minutes without requests have passed."""
        self._requests = 0

    def _apply(self, media: Media, values: Values) -> None:
        media.properties.update(values)
        self.touch(media)

    # -- answering --

    def _target(self, request: web.BaseRequest) -> BynderTarget:
        return find_target(request.method, request.path)

    def _answer(self, request: web.BaseRequest, call: Call) -> Answer:
        self._requests += 1
        if self.requests_allowed is not None and self._requests > self.requests_allowed:
            return error(429, "Too many requests")
        return super()._answer(request, call)

    def _honest_answer(self, request: web.BaseRequest, call: Call) -> Answer:
        target = call.target
        assert isinstance(target, BynderTarget)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return error(401, "Unauthorized")
        if target.kind is Kind.NO_SLASH:
            query = f"?{request.query_string}" if request.query_string else ""
            return error(301, "Moved").with_headers({"Location": f"{request.path}/{query}"})
        try:
            return self._api.answer(request.method, target, request.query, call.body)
        except Refused as refused:
            return error(refused.status, refused.message, **refused.more)


def values_of(properties: Mapping[str, Property]) -> Values:
    def several(value: Property) -> list[str]:
        return [] if value is None else [value] if isinstance(value, str) else list(value)

    return {name: several(value) for name, value in properties.items()}
