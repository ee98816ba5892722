"""Looking through a plan: which other pictures it needs, and whether it decides anything late."""

from collections.abc import Iterator

from proxy.plan.plan import Plan
from proxy.plan.steps import Chain, Choice, ImageLayer, Layer, Step, TextLayer


def layer_sources(plan: Plan) -> tuple[str, ...]:
    """Paths of the pictures that lie on the picture, each once, in the order of writing."""
    return tuple(dict.fromkeys(sources_of(plan.steps)))


def has_choice(plan: Plan) -> bool:
    """Whether what is delivered depends on the picture: then nothing about it is certain before."""
    return any(isinstance(link, Choice) for link in plan.steps)


def sources_of(links: Chain) -> Iterator[str]:
    for link in links:
        if isinstance(link, Step):
            yield from sources_on(link.layers)
        else:
            yield from sources_of(link.then.links)
            yield from sources_of(link.otherwise.links)


def sources_on(layers: tuple[Layer, ...]) -> Iterator[str]:
    for layer in layers:
        if isinstance(layer, ImageLayer):
            yield layer.source
        if isinstance(layer, TextLayer):
            yield from sources_on(layer.layers)
        else:
            yield from sources_of(layer.links)
