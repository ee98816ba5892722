"""Plots as SVG: a bar for each peer, and a whisker from the first quartile to the third. Pure."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from benchmarks.bench.ratios import Spread, figure

ROW, LEFT, WIDTH, RIGHT = 26, 170, 420, 70  # pixels
OURS, OTHERS, WHISKER, INK = "#1565c0", "#9eb3c2", "#37474f", "#222"


def plot(title: str, unit: str, bars: Mapping[str, Spread]) -> str:
    """Raises ValueError without bars."""
    longest = max(spread.high for spread in bars.values())
    height = ROW * (len(bars) + 1) + 10
    rows = [row(number, name, spread, WIDTH / longest) for number, (name, spread) in enumerate(bars.items(), start=1)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{height}"'
            ' font-family="sans-serif" font-size="12">',
            '<rect width="100%" height="100%" fill="#fff"/>',
            f'<text x="8" y="18" font-weight="bold" fill="{INK}">{escape(title)} ({escape(unit)})</text>',
            *rows,
            "</svg>\n",
        ]
    )


def row(number: int, name: str, spread: Spread, scale: float) -> str:
    top, middle = number * ROW + 4, number * ROW + 4 + (ROW - 8) / 2
    low, long, high = (LEFT + value * scale for value in (spread.low, spread.middle, spread.high))
    fill = OURS if name.startswith("ours") else OTHERS
    return (
        f'<text x="{LEFT - 8}" y="{middle + 4:.1f}" text-anchor="end" fill="{INK}">{escape(name)}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{long - LEFT:.1f}" height="{ROW - 8}" fill="{fill}"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}" stroke="{WHISKER}"/>'
        f'<text x="{max(long, high) + 6:.1f}" y="{middle + 4:.1f}" fill="{INK}">{figure(spread.middle)}</text>'
    )
