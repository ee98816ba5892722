"""The asset manager of before 4.0: files by asset, channel and locale, at addresses that outlive them."""

from proxy.demo.answers import FRAMEWORK_HEADERS, Answer, json_answer
from proxy.demo.catalogue.listing import Refused
from proxy.demo.catalogue.model import DemoCatalogue, LegacyAsset
from proxy.demo.catalogue.routes import Route
from proxy.demo.files import DemoFile

NO_LOCALE = "no-locale"


def legacy_answer(catalogue: DemoCatalogue, route: Route, url: str) -> Answer:
    """`url` is the call's own; raises Refused."""
    if not catalogue.legacy_assets:
        raise Refused(404, f'No route found for "GET {url}"')
    asset = catalogue.legacy_assets.get(route.names["owner"])
    if asset is None:
        raise Refused(404, f'Asset "{route.names["owner"]}" does not exist.')
    locale = locale_of(catalogue, asset, route.names["locale"])
    file = file_of(catalogue, asset, route.names.get("channel"), locale)
    if route.is_download:
        disposition = f'attachment; filename="{file.original_filename}"'
        stored = file.mime_type or "application/octet-stream"
        headers = {"Content-Type": stored, "Content-Disposition": disposition, **FRAMEWORK_HEADERS}
        return Answer(200, headers, file.content)
    link = {"download": {"href": f"{url}/download"}}
    return json_answer(200, {"code": file.code, "locale": locale, "scope": route.names.get("channel"), "_link": link})


def locale_of(catalogue: DemoCatalogue, asset: LegacyAsset, asked: str) -> str | None:
    locale = None if asked == NO_LOCALE else asked
    if locale is not None and locale not in catalogue.locales:
        raise Refused(404, f'Locale "{locale}" does not exist or is not activated.')
    if asset.localizable != (locale is not None):
        needed = "a locale" if asset.localizable else f'"{NO_LOCALE}"'
        raise Refused(422, f'The asset "{asset.code}" needs {needed} in its address.')
    return locale


def file_of(catalogue: DemoCatalogue, asset: LegacyAsset, channel: str | None, locale: str | None) -> DemoFile:
    if channel is None:
        file = asset.references.get(locale)
        missing = f'Reference file for the asset "{asset.code}" does not exist.'
    else:
        if channel not in catalogue.channels:
            raise Refused(404, f'Channel "{channel}" does not exist.')
        file = asset.variations.get((channel, locale))
        missing = f'Variation file for the asset "{asset.code}" and the channel "{channel}" does not exist.'
    if file is None:
        raise Refused(404, missing)
    return file
