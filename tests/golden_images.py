"""Drawings that somebody has looked at: kept as PNG beside the tests, compared before any lossy encoder."""

from pathlib import Path

from PIL import Image, ImageChops, ImageStat

FOLDER = Path(__file__).parent / "golden"
TOLERANCE = 0.01  # as a share of the full range; bicubic instead of Lanczos is 0.005, a shift by one pixel 0.13


def difference(drawn: Image.Image, golden: Image.Image) -> float:
    """The root of the mean squared error of the worst channel, 0 to 1; the colour of clear pixels does not count."""
    assert drawn.size == golden.size
    both = [image.convert("RGBA").convert("RGBa") for image in (drawn, golden)]
    return max(ImageStat.Stat(ImageChops.difference(*both)).rms) / 255


def check(drawn: Image.Image, name: str, draw: bool, failures: Path) -> None:
    """Compare with `golden/{name}.png`; with `draw` it is written instead. A failure leaves the three pictures."""
    path = FOLDER / f"{name}.png"
    if draw:
        drawn.save(path, optimize=True)
        return
    assert path.is_file(), f"{path.name} is missing: run with --draw-golden, look at it, commit it"
    with Image.open(path) as golden:
        found = difference(drawn, golden)
        if found > TOLERANCE:
            drawn.save(failures / "drawn.png")
            golden.save(failures / "expected.png")
            ImageChops.difference(drawn.convert("RGB"), golden.convert("RGB")).save(failures / "difference.png")
    assert found <= TOLERANCE, f"{name} differs by {found:.4f}; drawn, expected and difference are in {failures}"
