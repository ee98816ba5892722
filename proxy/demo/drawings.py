"""Pictures drawn at start: an animated GIF and WebP, a logo with soft transparency, a vector badge."""

import io
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Frame = Image.Image

OVERSIZE = 3  # drawn larger and shrunk, for smooth edges
CUP_SIDE = 240
CUP_FRAMES_MS = (60, 80, 100, 140, 100, 80, 60, 260)
MOON_SIDE = 200
MOON_FRAMES_MS = (90, 90, 90, 90, 150, 150, 90, 90, 90, 90, 150, 150)
LOGO_SIDE = 480

CREAM, COFFEE, CUP, SHADOW = "#f6ead9", "#4b2c20", "#c8553d", "#e3d0b8"


def steaming_cup() -> bytes:
    """A GIF of eight frames that do not last equally long."""
    count = len(CUP_FRAMES_MS)
    drawn = [cup(2 * pi * number / count) for number in range(count)]
    palette = drawn[0].quantize(48)
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in drawn]
    return animated(frames, "GIF", CUP_FRAMES_MS, disposal=1, optimize=False)


def cup(phase: float) -> Frame:
    picture = Image.new("RGB", (CUP_SIDE * OVERSIZE, CUP_SIDE * OVERSIZE), CREAM)
    draw = ImageDraw.Draw(picture)
    for number, left in enumerate((88, 116, 144)):
        steam(draw, left, phase + 1.3 * number)
    draw.ellipse(oversized(30, 186, 202, 220), SHADOW)
    draw.arc(oversized(150, 118, 204, 172), 265, 100, CUP, width=10 * OVERSIZE)
    draw.rounded_rectangle(oversized(88, 196, 144, 213), 5 * OVERSIZE, CUP)
    draw.pieslice(oversized(50, 30, 182, 210), 0, 180, CUP)
    draw.ellipse(oversized(50, 108, 182, 132), CUP)
    draw.ellipse(oversized(58, 111, 174, 129), COFFEE)
    return picture.resize((CUP_SIDE, CUP_SIDE), Image.Resampling.BOX)


def steam(draw: ImageDraw.ImageDraw, left: float, phase: float) -> None:
    """A wisp that sways more the higher it gets."""
    for step in range(60):
        height = step / 59
        x = left + 9 * height * sin(phase - 5 * height) + 4 * sin(phase)
        y, radius = 96 - 66 * height, 5.5 * (1 - height) + 1
        draw.ellipse(oversized(x - radius, y - radius, x + radius, y + radius), "#d9b99b")


def moon_round_planet() -> bytes:
    """An animated WebP on a transparent ground."""
    count = len(MOON_FRAMES_MS)
    frames = [moon_at(2 * pi * number / count) for number in range(count)]
    return animated(frames, "WEBP", MOON_FRAMES_MS, quality=80, method=0)


def moon_at(phase: float) -> Frame:
    """The orbit is seen from a little above: the moon passes behind the planet and before it."""
    picture = Image.new("RGBA", (MOON_SIDE, MOON_SIDE))
    x, y = MOON_SIDE / 2 + 76 * cos(phase), MOON_SIDE / 2 + 22 * sin(phase)
    balls = [
        (ball(88, "#8fd3f4", "#123a72"), MOON_SIDE / 2, MOON_SIDE / 2),
        (ball(round(26 + 6 * sin(phase)), "#ffffff", "#6d6a75"), x, y),
    ]
    for drawn, right, down in balls if sin(phase) >= 0 else reversed(balls):
        picture.alpha_composite(drawn, (round(right - drawn.width / 2), round(down - drawn.height / 2)))
    return picture


def ball(side: int, light: str, dark: str) -> Frame:
    """A ball lit from the front, on a transparent ground."""
    shade = Image.radial_gradient("L").crop((56, 56, 256, 256)).resize((side, side))
    drawn = Image.composite(Image.new("RGB", shade.size, dark), Image.new("RGB", shade.size, light), shade)
    drawn.putalpha(disc(side))
    return drawn


def soft_logo() -> bytes:
    """A PNG whose alpha runs through every value: three discs that fade out and shine through one another."""
    logo = Image.new("RGBA", (LOGO_SIDE, LOGO_SIDE))
    for number, colour in enumerate(("#00b4d8", "#ef476f", "#ffd166")):
        angle = 2 * pi * number / 3 - pi / 2
        centre = (LOGO_SIDE / 2 + 72 * cos(angle), LOGO_SIDE / 2 + 14 + 72 * sin(angle))
        logo.alpha_composite(fading_disc(centre, 126, colour))
    ring = Image.new("RGBA", logo.size, "#073b4c")
    ring.putalpha(ring_mask(LOGO_SIDE, 226, 14))
    logo.alpha_composite(ring)
    return written(logo, "PNG")


def fading_disc(centre: tuple[float, float], radius: int, colour: str) -> Frame:
    side = 2 * radius
    fade = Image.linear_gradient("L").rotate(180).resize((side, side)).point([40 + v * 5 // 6 for v in range(256)])
    alpha = Image.new("L", (LOGO_SIDE, LOGO_SIDE))
    place = (round(centre[0] - radius), round(centre[1] - radius))
    alpha.paste(ImageChops.multiply(fade, disc(side)), place)
    layer = Image.new("RGBA", alpha.size, colour)
    layer.putalpha(alpha)
    return layer


def ring_mask(side: int, radius: int, width: int) -> Frame:
    ring = Image.new("L", (side * 2, side * 2))
    edges = ((side - 2 * radius, side - 2 * radius), (side + 2 * radius, side + 2 * radius))
    ImageDraw.Draw(ring).ellipse(edges, outline=255, width=2 * width)
    return ring.resize((side, side), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.4))


def disc(side: int) -> Frame:
    mask = Image.new("L", (side * OVERSIZE, side * OVERSIZE))
    ImageDraw.Draw(mask).ellipse((0, 0, side * OVERSIZE - 1, side * OVERSIZE - 1), 255)
    return mask.resize((side, side), Image.Resampling.BOX)


def vector_badge() -> bytes:
    """An SVG that has a viewBox and neither width nor height."""
    return b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 158 33">
  <defs>
    <linearGradient id="dusk" x1="0" y1="0" x2="1" y2="0">
      <stop offset="0" stop-color="#3a0ca3"/><stop offset=".55" stop-color="#f72585"/>
      <stop offset="1" stop-color="#ffb703"/>
    </linearGradient>
  </defs>
  <rect width="158" height="33" rx="16.5" fill="url(#dusk)"/>
  <circle cx="134" cy="16.5" r="8" fill="#fff" opacity=".92"/>
  <path d="M14 25 28 9l7 8 5-5 14 13z" fill="#fff" opacity=".92"/>
  <path d="M60 20q6-10 12 0t12 0 12 0 12 0 12 0" fill="none" stroke="#fff" stroke-width="2.4"
    stroke-linecap="round" opacity=".92"/>
</svg>
"""


def oversized(*numbers: float) -> tuple[int, ...]:
    return tuple(round(number * OVERSIZE) for number in numbers)


def animated(frames: list[Frame], kind: str, durations_ms: tuple[int, ...], **options: object) -> bytes:
    first, *others = frames
    return written(first, kind, save_all=True, append_images=others, duration=list(durations_ms), loop=0, **options)


def written(picture: Frame, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
