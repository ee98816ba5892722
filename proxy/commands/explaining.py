"""What a URL means with these settings and this cache directory, without asking Akeneo or a running server."""

import argparse
import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from proxy.configuration import read_settings, read_without_akeneo
from proxy.errors import NoSuchPath, SettingsError
from proxy.explain.explanation import Explainer
from proxy.explain.report import report
from proxy.media import MediaRequest, Original
from proxy.metrics import Metrics
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits
from proxy.pixels.pool import Renderers
from proxy.settings import Settings
from proxy.web.house import House

REFUSED = 1  # exit status: the URL would be answered with an error


def explained(options: argparse.Namespace) -> int:
    settings, akeneo_is_known = settings_of(options.config)
    facts = asyncio.run(explain(settings, options))
    if not akeneo_is_known:
        facts["cache"] = None  # its keys begin with the address of the Akeneo
    sys.stdout.write(json.dumps(facts, indent=2) + "\n" if options.json else report(facts))
    return REFUSED if "error" in facts else 0


def settings_of(config: Path | None) -> tuple[Settings, bool]:
    """On a machine that knows no Akeneo, the language can be explained all the same. Raises SettingsError."""
    try:
        return read_settings(config), True
    except SettingsError:
        return read_without_akeneo(config), False


async def explain(settings: Settings, options: argparse.Namespace) -> dict[str, Any]:
    metrics = Metrics()
    house = House(settings, metrics, Renderers(settings.render, metrics))
    try:
        gate, remainder = house.endpoints.find(options.url, {})
        limits = gate.delivery.drawing.limits
        explainer = Explainer(gate.endpoint, gate.delivery, partial(measure, limits))
        return await explainer.explain(remainder, options.accept, options.size and Size(*options.size))
    except NoSuchPath:
        raise SettingsError("expected a URL that one of the endpoints answers") from None
    finally:
        await house.close()
        await house.disconnect()


async def measure(limits: Limits, original: Original, request: MediaRequest) -> Size | None:
    """Of the header alone."""
    from proxy.pixels.sources import View, opened  # noqa: PLC0415 (Pillow)

    if original.content.picture is None and request.plan.page is None:
        return None
    view = View(request.plan.orient is True, request.plan.page, request.plan.output.density)
    with opened(original.file, original.content, limits, view) as source:
        return source.size
