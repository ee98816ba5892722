"""Uploads: a file is stored under a new code each time; a product's file is linked to it in the same call."""

import json
import mimetypes
from collections.abc import Callable
from typing import Any

from proxy.demo.answers import Answer
from proxy.demo.catalogue.listing import Refused
from proxy.demo.catalogue.model import Attribute, Model, Product, Value
from proxy.demo.catalogue.writing import CatalogueWrites
from proxy.demo.files import DemoFile, Family, media_code
from proxy.demo.forms import Part, read_form
from proxy.demo.routes import API_ROOT

CODE_HEADERS = {
    Family.ASSET: "Asset-media-file-code",
    Family.REFERENCE_ENTITY: "Reference-entities-media-file-code",
}
FILE_TYPES = ("pim_catalog_image", "pim_catalog_file")


class Uploads:
    """`store` keeps a file; `writes` knows the products and the rules of their values."""

    def __init__(
        self, writes: CatalogueWrites, store: Callable[[DemoFile], object], link_base: Callable[[], str]
    ) -> None:
        self.writes = writes
        self.store = store
        self.link_base = link_base
        self._count = 0

    def answer(self, family: Family, content_type: str, body: bytes) -> Answer:
        """Raises Refused; then nothing is stored."""
        form = read_form(content_type, body) if content_type.startswith("multipart/form-data") else None
        if form is None:
            raise Refused(
                415, f'"{content_type}" in "Content-Type" header is not valid. Only "multipart/form-data" is allowed.'
            )
        parts = {part.name: part for part in form}
        upload = parts.get("file")
        if upload is None or upload.filename is None:
            raise Refused(422, 'Property "file" is required.')
        owner = self.owner(parts, upload) if family is Family.PRODUCT else None
        file = self.stored(family, upload)
        if owner is not None:
            self.link(file, *owner)
        headers = {"Location": f"{self.link_base()}{API_ROOT}/{family}/{file.code}"}
        if family in CODE_HEADERS:
            headers[CODE_HEADERS[family]] = file.code
        return Answer(201, headers, sized=True)

    def stored(self, family: Family, upload: Part) -> DemoFile:
        self._count += 1
        name = upload.filename or ""
        code = media_code(name, f" upload {self._count}")
        file = DemoFile(family, code, name, mimetypes.guess_type(name)[0], upload.content)
        self.store(file)
        return file

    def link(self, file: DemoFile, entry: Product | Model, attribute: str, place: Value) -> None:
        name = entry.identifier if isinstance(entry, Product) else entry.code
        if not self.writes.catalogue.makes_draft(name):
            entry.set(attribute, file, place.locale, place.scope, self.writes.catalogue.now())

    def owner(self, parts: dict[str, Part], upload: Part) -> tuple[Product | Model, str, Value]:
        """Whose file it is to be, in which attribute, locale and scope."""
        if ("product" in parts) == ("product_model" in parts):
            raise Refused(422, 'You should give either a "product" or a "product_model" key.')
        if "product" in parts:
            said = document_of(parts["product"], "identifier")
            entry: Product | Model | None = self.writes.catalogue.products.get(said["identifier"])
            name = f'Product "{said["identifier"]}"'
        else:
            said = document_of(parts["product_model"], "code")
            entry = self.writes.catalogue.models.get(said["code"])
            name = f'Product model "{said["code"]}"'
        if entry is None:
            raise Refused(422, f"{name} does not exist.")
        attribute = self.attribute(str(said["attribute"]), upload)
        place = Value(None, said["locale"], said["scope"])
        if message := self.writes.product_rules().complaint(attribute, place):
            raise failed(attribute, message)
        return entry, attribute.code, place

    def attribute(self, code: str, upload: Part) -> Attribute:
        attribute = self.writes.catalogue.attributes.get(code)
        if attribute is None:
            raise Refused(422, f'Attribute "{code}" does not exist.')
        if attribute.type not in FILE_TYPES:
            raise failed(attribute, f'Attribute "{code}" takes no file.')
        extension = (upload.filename or "").rpartition(".")[2].lower()
        if attribute.extensions and extension not in attribute.extensions:
            allowed = ", ".join(sorted(attribute.extensions))
            raise failed(
                attribute, f'The {extension} file extension is not allowed for the "{code}" attribute: {allowed}.'
            )
        if attribute.max_bytes is not None and len(upload.content) > attribute.max_bytes:
            raise failed(attribute, f"The file is too large ({len(upload.content)} bytes).")
        return attribute


def document_of(part: Part, name: str) -> dict[str, Any]:
    try:
        said = json.loads(part.text)
    except ValueError:
        raise Refused(400, "Invalid json message received") from None
    wanted = [name, "attribute", "locale", "scope"]
    if not isinstance(said, dict) or not said.keys() >= set(wanted):
        properties = ", ".join(f'"{one}"' for one in wanted)
        raise Refused(422, f'Property "{part.name}" must contain {properties}.')
    return said


def failed(attribute: Attribute, message: str) -> Refused:
    error = {"property": "values", "message": message, "attribute": attribute.code}
    return Refused(422, "Validation failed.", [error])
