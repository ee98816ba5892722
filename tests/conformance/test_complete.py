"""Nothing that the SDKs can write is left out: their own tables and types are compared with the cases."""

import importlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from imagekitio.lib.helper import SUPPORTED_TRANSFORMS
from imagekitio.types import shared_params
from typing_extensions import get_type_hints

from tests.conformance.sdks import Node, snaked
from tests.conformance.test_transformations import CASES

TYPES = [
    "base_overlay.BaseOverlay",
    "image_overlay.ImageOverlay",
    "overlay_position.OverlayPosition",
    "overlay_timing.OverlayTiming",
    "solid_color_overlay.SolidColorOverlay",
    "solid_color_overlay_transformation.SolidColorOverlayTransformation",
    "subtitle_overlay.SubtitleOverlay",
    "subtitle_overlay_transformation.SubtitleOverlayTransformation",
    "text_overlay.TextOverlay",
    "text_overlay_transformation.TextOverlayTransformation",
    "transformation.Transformation",
    "video_overlay.VideoOverlay",
]
RENAMED = {  # by the older generation
    "rotate": "rotation",
    "effect_sharpen": "sharpen",
    "effect_usm": "unsharp_mask",
    "effect_contrast": "contrast_stretch",
    "effect_gray": "grayscale",
    "effect_shadow": "shadow",
    "effect_gradient": "gradient",
}


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Every name and what stands behind it, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from pairs(item)
    elif isinstance(value, dict):
        for name, content in value.items():
            for one in content if isinstance(content, list) else [content]:
                yield name, one if isinstance(one, str | bool) else None
            yield from pairs(content)


def words_of(kind: Any) -> set[Any]:
    """What a type names literally."""
    if get_origin(kind) is Literal:
        return set(get_args(kind))
    return {word for part in get_args(kind) for word in words_of(part)}


@pytest.fixture(scope="module")
def written() -> dict[str, set[Any]]:
    """By the names of Python, what the cases put behind them."""
    found: dict[str, set[Any]] = defaultdict(set)
    for case in CASES:
        for name, value in pairs(snaked(case.steps)):
            found[name].add(value)
    return found


@pytest.mark.parametrize("name", SUPPORTED_TRANSFORMS)
def test_every_transformation_of_the_python_sdk_is_in_a_case(written: dict[str, set[Any]], name: str) -> None:
    assert written[name]


def test_every_transformation_of_the_javascript_sdks_is_in_a_case(node: Node, written: dict[str, set[Any]]) -> None:
    names = set(snaked(dict.fromkeys(node.ask("names"))))

    assert len(names) > 60
    assert {name for name in names if not written[RENAMED.get(name, name)]} == set()


@pytest.mark.parametrize("name", TYPES)
def test_every_option_and_word_of_its_types_is_in_a_case(written: dict[str, set[Any]], name: str) -> None:
    module, _, kind = name.partition(".")
    declared = getattr(importlib.import_module(f"{shared_params.__name__}.{module}"), kind)

    hints = get_type_hints(declared, localns=vars(shared_params))

    assert {option for option in hints if not written[option]} == set()
    assert {f"{option} {word}" for option in hints for word in words_of(hints[option]) - written[option]} == set()
