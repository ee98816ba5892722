"""What a URL means with these settings and this cache directory, without asking Akeneo or a running server."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from proxy.commands.terminal import DONE, FAILED, print_json
from proxy.configuration import names_akeneo, read_settings, read_without_akeneo
from proxy.deadline import Deadline
from proxy.errors import NoSuchPath, SettingsError
from proxy.explain.explanation import Explainer
from proxy.explain.measure import Measure
from proxy.explain.report import report
from proxy.imagekit.hints import read_hints
from proxy.metrics import Metrics
from proxy.pixels.geometry import Size
from proxy.pixels.pool import Renderers
from proxy.settings import Settings
from proxy.web.house import House

SECONDS = 30.0


def explained(options: argparse.Namespace) -> int:
    settings, akeneo_is_known = settings_of(options.config)
    facts = asyncio.run(explain(settings, options))
    if not akeneo_is_known:
        facts["cache"] = None  # its keys begin with the address of the Akeneo
    if options.json:
        print_json(facts)
    else:
        sys.stdout.write(report(facts))
    return FAILED if "error" in facts else DONE


def settings_of(config: Path | None) -> tuple[Settings, bool]:
    """On a machine that knows no Akeneo, the language can be explained all the same. Raises SettingsError."""
    if names_akeneo(config):
        return read_settings(config), True
    return read_without_akeneo(config), False


async def explain(settings: Settings, options: argparse.Namespace) -> dict[str, Any]:
    metrics = Metrics()
    renderers = Renderers(settings.render.model_copy(update={"workers": 1}), metrics)
    house = House(settings, metrics, renderers)
    try:
        gate, remainder = house.endpoints.find(options.url, {})
        await renderers.start()
        measure = Measure(gate.delivery, Deadline.after(SECONDS))
        explainer = Explainer(gate.endpoint, gate.delivery, measure, house.addresses)
        hints = read_hints(dict(options.header))
        return await explainer.explain(remainder, options.accept, hints, options.size and Size(*options.size))
    except NoSuchPath:
        raise SettingsError("expected a URL that one of the endpoints answers") from None
    finally:
        await house.close()
        await renderers.close()
        await house.disconnect()
