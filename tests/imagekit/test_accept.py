"""The `Accept` header."""

import pytest

from proxy.formats import Format
from proxy.imagekit.accept import enabled, read_accept
from proxy.plan.output import Output
from proxy.slices import OutputSettings

AVIF, WEBP = Format.AVIF, Format.WEBP

HEADERS = {
    "": set(),
    "*/*": set(),
    "image/*,*/*;q=0.8": set(),
    "image/png,image/jpeg": set(),
    "image/webp,*/*": {WEBP},
    "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8": {AVIF, WEBP},
    " Image/WebP ; Q=0.5 ": {WEBP},
    "image/webp;q=0": set(),
    "image/webp;q=0.000,image/avif;q=0.001": {AVIF},
    "image/webp;q=": set(),
    "image/webp;q=much": set(),
    "image/webp;q=nan": set(),
    "image/webp;v=b3;q=0.9": {WEBP},
    "image/webpx, ximage/webp, image/webp/avif": set(),
    ";;;,,=,;q=1,image/webp": {WEBP},
    "*/*," * 2000 + "image/webp": set(),
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_names_formats_or_none(header: str) -> None:
    assert read_accept(header) == HEADERS[header]


def test_avif_is_off_until_it_is_enabled() -> None:
    both = frozenset({AVIF, WEBP})

    assert enabled(both, Output(), OutputSettings()) == {WEBP}
    assert enabled(both, Output(), OutputSettings(auto_avif=True)) == both


@pytest.mark.parametrize("output", [Output(keep_profile=True), Output(keep_metadata=True), Output(lossless=True)])
def test_avif_is_no_choice_where_profile_metadata_or_everything_is_kept(output: Output) -> None:
    assert enabled(frozenset({AVIF, WEBP}), output, OutputSettings(auto_avif=True)) == {WEBP}
