"""Looking through a chain: which other files it needs, and what its branches say."""

from collections.abc import Iterator

from proxy.plan.output import Output
from proxy.plan.steps import Chain, ImageLayer, Layer, Step, TextLayer


def layer_sources(links: Chain) -> tuple[str, ...]:
    """Paths of the pictures that lie on the picture, each once, in the order of writing."""
    layers = layers_of(links)
    return tuple(dict.fromkeys(layer.source for layer in layers if isinstance(layer, ImageLayer)))


def font_sources(links: Chain) -> tuple[str, ...]:
    """Paths of the fonts of its texts that are no family, each once, in the order of writing."""
    fonts = (layer.font_source for layer in layers_of(links) if isinstance(layer, TextLayer))
    return tuple(dict.fromkeys(font for font in fonts if font is not None))


def font_families(links: Chain) -> tuple[str, ...]:
    """Names of the families of its texts, each once, in the order of writing."""
    texts = (layer for layer in layers_of(links) if isinstance(layer, TextLayer) and layer.font_source is None)
    return tuple(dict.fromkeys(layer.font for layer in texts if layer.font))


def branch_outputs(links: Chain) -> Iterator[Output]:
    """What the branches say of the output, taken or not; those of layers have no say."""
    for link in links:
        if not isinstance(link, Step):
            for branch in (link.then, link.otherwise):
                yield branch.output
                yield from branch_outputs(branch.links)


def layers_of(links: Chain) -> Iterator[Layer]:
    """All layers, those on layers too."""
    for link in links:
        if isinstance(link, Step):
            yield from with_inner(link.layers)
        else:
            yield from layers_of(link.then.links)
            yield from layers_of(link.otherwise.links)


def with_inner(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        if isinstance(layer, TextLayer):
            yield from with_inner(layer.layers)
        else:
            yield from layers_of(layer.links)
