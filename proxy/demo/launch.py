"""The demo as `media-proxy demo` uses it: the pretend Akeneo in a process of its own, and URLs worth a click."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim

LOGO = f"{sample('logo').family}/{sample('logo').code}".replace("/", "@@")
COFFEE = "2YLZh9mI2Kkg5ZKW5ZWhINen16TXlA"  # the word in Arabic, Chinese and Hebrew, in base64

# The file's name in the catalogue, its transformation, what to see. A leading "?" is the query form, an end behind a
# slash comes behind the code.
SHOWN = [
    ("coffee", "", "a cup of espresso, in the format that the browser likes best"),
    ("coffee", "w-300", "300 pixels wide"),
    ("coffee", "w-300,h-200", "cropped to 300x200"),
    ("coffee", "w-200,h-400,fo-left", "cropped to 200x400, the left side kept"),
    ("coffee", "?tr=w-300,h-200", "the same as a query"),
    ("chelsea", "w-400,h-400,c-at_max", "the whole cat within 400x400, never enlarged"),
    ("chelsea", "w-400,h-400,cm-pad_resize,bg-F3D9B1", "the whole cat on a 400x400 canvas of sand"),
    ("chelsea", "w-200,dpr-2", "200 pixels wide for a screen of double density: 400"),
    ("chelsea", "w-300,rt-90", "turned by a quarter"),
    ("chelsea", "w-300,rt-N15,bg-FFFFFF", "turned by 15 degrees against the clock, on white"),
    ("chelsea", "cm-extract,w-200,h-150,x-100,y-60", "a window of 200x150 cut out at 100, 60"),
    ("chelsea", "w-300,h-300:rt-180", "two steps in a chain: cropped, then turned upside down"),
    ("hubble_deep_field", "w-600,f-webp", "an asset: the Hubble deep field as WebP"),
    ("hubble_deep_field", "w-600,f-avif", "the same as AVIF"),
    ("hubble_deep_field", "w-600,q-20", "the same at quality 20"),
    ("hubble_deep_field", "orig-true", "the file as it is stored, byte for byte"),
    (
        "coffee",
        "w-600,h-300:l-text,i-Espresso,ff-Lobster,fs-70,co-FFFFFF,lfo-bottom_left,pa-15,l-end",
        "its name on it",
    ),
    ("coffee", f"w-600,h-300:l-text,ie-{COFFEE},fs-50,co-FFFFFF,l-end", "in Arabic, Chinese and Hebrew"),
    ("chelsea", f"w-400,l-image,i-{LOGO},w-90,lx-N10,ly-N10,l-end", "a logo in the corner"),
    ("astronaut", "w-300,h-300,fo-auto,r-max,f-png", "cut where most is to see, and round"),
    ("chelsea", "if-ar_gt_1,w-400,if-else,h-400,if-end:e-grayscale,e-contrast", "wide ones by width, and in grey"),
    ("rocket", "ar-16-9,w-480,f-png", "a launch at 16:9, as PNG"),
    ("rocket for print", "w-400", "the launch from a CMYK JPEG, in the right colours"),
    ("tasse à café", "w-300", "a telephone's picture: stored on its side, shown upright"),
    ("astronaut", "w-200,h-200,fo-top", "a reference entity's image: an astronaut, 200x200"),
    ("logo", "w-240", "a logo with soft transparency"),
    ("logo", "w-240,f-jpg,bg-FFFFFF", "the logo as JPEG on white"),
    ("steaming cup", "w-120", "an animated GIF, smaller and still steaming"),
    ("orbit", "w-100", "an animated WebP on a transparent ground"),
    ("badge", "", "an SVG, untouched"),
    ("badge", "w-632,f-png", "the SVG as PNG, 632 pixels wide"),
    ("data sheet", "", "a PDF passes through as it is"),
    ("data sheet", "w-300/ik-thumbnail.jpg", "its first page as a picture"),
    ("care", "", "a text document passes through, too"),
    ("chime", "", "and a sound"),
    ("coffee", "?ik-attachment=true", "the espresso as a download"),
]

# Addresses of the demo's catalogue: an entry, its transformation, what to see.
ADDRESSES = [
    ("products/cup-red-small/picture", "w-300", "a product's picture, whichever file that is today; here its model's"),
    (
        "products/cup/red%20tall/banner?locale=fr_FR",
        "w-300",
        "one for a locale, of a product whose identifier has a slash",
    ),
    ("products/poster/packshots[1]", "w-300", "the second asset of a collection"),
    ("assets/packshots/rocket", "w-300", "an asset's main media"),
    ("reference-entities/brands/acme/image", "w-200,h-200", "a record's picture"),
]


def demo_urls(base_url: str) -> list[tuple[str, str]]:
    """Whole URLs of the proxy at `base_url`, each with what it shows."""
    base = base_url.rstrip("/")
    files = [(demo_url(base, name, transformation), shows) for name, transformation, shows in SHOWN]
    return files + [(f"{base}/tr:{transformation}/{path}", shows) for path, transformation, shows in ADDRESSES]


def demo_url(base_url: str, name: str, transformation: str) -> str:
    file = sample(name)
    path = f"{file.family}/{file.code}"
    if not transformation:
        return f"{base_url}/{path}"
    if transformation.startswith("?"):
        return f"{base_url}/{path}{transformation}"
    steps, slash, end = transformation.partition("/")
    return f"{base_url}/tr:{steps}/{path}{slash}{end}"


def connection(pim: DemoPim) -> dict[str, str]:
    """The settings with which the proxy talks to this PIM, as environment variables."""
    return {
        "MEDIA_PROXY_AKENEO__URL": pim.url,
        "MEDIA_PROXY_AKENEO__CLIENT_ID": pim.credentials.client_id,
        "MEDIA_PROXY_AKENEO__SECRET": pim.credentials.secret,
        "MEDIA_PROXY_AKENEO__USERNAME": pim.credentials.username,
        "MEDIA_PROXY_AKENEO__PASSWORD": pim.credentials.password,
    }


@contextmanager
def pim_process(port: int = 0) -> Iterator[dict[str, str]]:
    """The pretend Akeneo as a child process, inside the block; yields its `connection`."""
    command = [sys.executable, "-m", "proxy.demo", "--port", str(port)]
    # The child reads its standard input to the end, so it cannot outlive us, however we die.
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603
        assert child.stdin is not None
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(f"the pretend Akeneo did not start on port {port}")
        try:
            yield json.loads(line)["environment"]
        finally:
            child.stdin.close()
