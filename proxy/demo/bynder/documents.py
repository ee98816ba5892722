"""Media and metaproperties as the API writes them."""

from collections.abc import Mapping
from hashlib import md5
from typing import Any

from proxy.demo.bynder.model import Media, Metaproperty, Spelling, moment, spelled

Document = dict[str, Any]


class Writer:
    """`files` is the base of thumbnail addresses; `spelling` that of booleans."""

    def __init__(self, metaproperties: Mapping[str, Metaproperty], spelling: Spelling) -> None:
        self.metaproperties = metaproperties
        self.spelling = spelling
        self.files = ""

    def media(self, media: Media, *, items: bool = False, version: bool = False) -> Document:
        document: Document = {
            "id": media.id,
            "name": media.name,
            "type": media.type,
            "extension": [media.extension],
            "fileSize": len(media.content),
            "idHash": md5(media.id.encode(), usedforsecurity=False).hexdigest()[:16],
            "archive": spelled(media.archive, self.spelling),
            "isPublic": spelled(False, self.spelling),
            "limited": spelled(False, self.spelling),
            "dateCreated": moment(media.date_created),
            "dateModified": moment(media.date_modified),
            **self.properties(media),
            "thumbnails": {name: self.thumbnail(media, name) for name in media.thumbnails},
        }
        if version:
            document["activeVersion"] = media.version
        if items:
            document["mediaItems"] = self.items(media)
        return document

    def properties(self, media: Media) -> Document:
        shown = {
            f"property_{name}": one.shown(media.properties.get(name, [])) for name, one in self.metaproperties.items()
        }
        return {name: value for name, value in shown.items() if value is not None}

    def thumbnail(self, media: Media, name: str) -> str:
        return f"{self.files}/thumbnails/{media.id}/{name}"

    def items(self, media: Media) -> list[Document]:
        """Older versions are there too, though no longer active; derivatives are of the newest."""
        originals = [(one.number, "original", one.content) for one in media.versions]
        others = [(media.version, name, content) for name, content in media.derivatives.items()]
        return [
            {
                "id": media.item_id(name, number),
                "type": name,
                "version": number,
                "active": spelled(number == media.version, self.spelling),
                "fileName": f"{media.name}.{media.extension}",
                "size": len(content),
                "dateCreated": moment(media.date_created),
            }
            for number, name, content in [*originals, *others]
        ]

    def metaproperty(self, one: Metaproperty, *, options: bool) -> Document:
        document: Document = {
            "id": one.id,
            "name": one.name,
            "label": one.name.replace("_", " ").capitalize(),
            "type": one.type,
            "isMultiselect": spelled(one.multi, self.spelling),
            "isApiField": spelled(one.api_field, self.spelling),
        }
        if options:
            yes = spelled(True, self.spelling)
            document["options"] = [
                {"id": one_id, "name": name, "label": name.replace("_", " "), "active": yes}
                for name, one_id in one.options.items()
            ]
        return document
