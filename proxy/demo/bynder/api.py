"""What Bynder answers, once it is clear who asks and that there is room for the call."""

import json
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from proxy.demo.answers import Answer, json_answer
from proxy.demo.bynder.changes import Changes, read_changes
from proxy.demo.bynder.documents import Writer
from proxy.demo.bynder.files import DemoFiles
from proxy.demo.bynder.listing import Page, Refused, cut, page_of
from proxy.demo.bynder.model import Media, Metaproperty, Spelling, by_name
from proxy.demo.bynder.routes import BynderTarget, Kind
from proxy.demo.bynder.usage import UsageApi

ALL_RIGHTS = ("MEDIAEDIT", "MEDIAHIGHRES", "ARCHIVEDOWNLOAD")
YES = ("1", "true")
Query = Mapping[str, str]


class BynderApi:
    """`rights` are those of the token's user; `between_pages` is called with the number of each list answered."""

    def __init__(self, files: DemoFiles, changes: Changes, spelling: Spelling) -> None:
        self.files = files
        self.changes = changes
        self.media: dict[str, Media] = {}
        self.metaproperties: dict[str, Metaproperty] = {}
        self.write = Writer(self.metaproperties, spelling)
        self.usage = UsageApi()
        self.rights = set(ALL_RIGHTS)
        self.has_cursors = False
        self.between_pages: Callable[[int], object] | None = None
        self._lists = 0
        self._cursors: dict[str, list[Media]] = {}

    def answer(self, method: str, target: BynderTarget, query: Query, body: bytes) -> Answer:
        match target.kind:
            case Kind.LIST:
                return self.listing(query)
            case Kind.MEDIA:
                return self.single(target, query)
            case Kind.UPDATE:
                return self.update(target, body)
            case Kind.DOWNLOAD:
                return self.download(target)
            case Kind.METAPROPERTIES:
                options = query.get("options", "1") in YES
                shown = {
                    name: self.write.metaproperty(one, options=options) for name, one in self.metaproperties.items()
                }
                return json_answer(200, shown)
            case Kind.NEW_OPTION:
                return self.new_option(target.code or "", form_of(body))
            case Kind.DERIVATIVES:
                return json_answer(200, self.derivatives())
            case Kind.USAGE:
                return self.usage.answer(method, form_of(body) if method == "POST" else query)
        raise Refused(404, "Not found")

    def known(self, target: BynderTarget) -> Media:
        if target.code not in self.media:
            raise Refused(404, "Media not found")
        return self.media[target.code]

    def may(self, right: str) -> None:
        if right not in self.rights:
            raise Refused(403, f"The user lacks the right {right}")

    def listing(self, query: Query) -> Answer:
        page = self.page(query)
        flags = {"items": query.get("includeMediaItems") in YES, "version": query.get("includeVersionNumber") in YES}
        shown: object = [self.write.media(one, **flags) for one in page.media]
        if query.get("total") in YES:
            shown = {"total": {"count": page.count}, "media": shown}
        headers = {}
        if self.has_cursors and page.rest:
            headers["X-Bynder-NextCursor"] = cursor = secrets.token_hex(8)
            self._cursors[cursor] = page.rest
        self.changes.count_read()
        self._lists += 1
        if self.between_pages is not None:
            self.between_pages(self._lists)
        return json_answer(200, shown, headers)

    def page(self, query: Query) -> Page:
        """A cursor goes through what there was at its first page; whatever was removed since is left out."""
        if not query.get("cursor"):
            return page_of(self.media.values(), query)
        if query["cursor"] not in self._cursors:
            raise Refused(400, "Invalid cursor")
        rest = [one for one in self._cursors[query["cursor"]] if one.id in self.media]
        return cut(rest, len(self.media), query)

    def single(self, target: BynderTarget, query: Query) -> Answer:
        media = self.known(target)
        items = query.get("versions") in YES or query.get("includeMediaItems") in YES
        shown = self.write.media(media, items=items, version=query.get("includeVersionNumber") in YES)
        self.changes.count_read(media.id)
        return json_answer(200, shown)

    def update(self, target: BynderTarget, body: bytes) -> Answer:
        media = self.known(target)
        self.may("MEDIAEDIT")
        self.changes.accept(media, read_changes(body, self.metaproperties))
        return json_answer(202, {"message": "Accepted", "statuscode": 202})

    def download(self, target: BynderTarget) -> Answer:
        media = self.known(target)
        self.may("ARCHIVEDOWNLOAD" if media.archive else "MEDIAHIGHRES")
        item = target.names.get("item")
        contents = {media.item_id("original", one.number): one.content for one in media.versions}
        contents |= {media.item_id(name): content for name, content in media.derivatives.items()}
        content = media.content if item is None else contents.get(item)
        if content is None:
            raise Refused(404, "Media item not found")
        return json_answer(200, {"s3_file": self.files.sign(f"{media.name}.{media.extension}", content)})

    def derivatives(self) -> object:
        names = {name for one in self.media.values() for name in (*one.thumbnails, *one.derivatives)}
        return [{"prefix": name} for name in sorted(names | {"mini", "thul", "webimage"})]

    def new_option(self, id: str, form: Query) -> Answer:
        metaproperty = by_name(self.metaproperties, id)
        if metaproperty is None or not metaproperty.is_select:
            raise Refused(404, "Metaproperty not found")
        try:
            name = str(json.loads(form.get("data", ""))["name"])
        except (ValueError, KeyError, TypeError):
            raise Refused(400, "data must be JSON with a name") from None
        if name in metaproperty.options:
            raise Refused(400, f"Option {name} already exists", existingUUID=metaproperty.options[name])
        return json_answer(201, {"id": metaproperty.add_option(name)})


def form_of(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
