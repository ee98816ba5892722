"""Files that were made to do harm: drawings and documents, and files that are two things at once."""

import base64
import io
import zipfile

from proxy.demo.documents import data_sheet, pdf
from tests.hostile_files import DRAWN, EITHER, REFUSED, Hostile, png, saved
from tests.pixels.papers import paper, stream

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
XHTML = "http://www.w3.org/1999/xhtml"
RECT = '<rect width="40" height="40" fill="#00f"/>'
PAGE = "/ik-thumbnail.jpg"


def svg(content: str, before: str = "", head: str = 'viewBox="0 0 40 40"') -> bytes:
    return f"{before}<svg {SPACES} {head}>{content}</svg>".encode()


def coded(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def levels(first: str, one: str, count: int) -> str:
    """`first` is level 0; `one` names its own number as N and the one below it as M."""
    return first + "".join(one.replace("N", str(number)).replace("M", str(number - 1)) for number in range(1, count))


def nested(depth: int) -> bytes:
    inner = svg(RECT)
    for _ in range(depth):
        inner = svg(f'<image width="40" height="40" href="{coded(inner, "image/svg+xml")}"/>')
    return inner


VERTICES = "M0 0" + "".join(f"L{n % 40} {n % 37}" for n in range(60_000))
MARKS = f'<marker id="m" markerWidth="40" markerHeight="40">{RECT * 500}</marker>'
NOISE = "<feTurbulence baseFrequency='.1' numOctaves='99999'/>"
MASKS = "<mask id='mN'><rect width='40' height='40' fill='#fff' mask='url(#mM)'/><use href='#mM'/></mask>"
PATTERNS = "<pattern id='pN' width='1' height='1' patternUnits='userSpaceOnUse'>" + (
    "<rect width='40' height='40' fill='url(#pM)'/></pattern>"
)
FIRST_PATTERN = (
    "<pattern id='p0' width='.01' height='.01' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern>"
)
ENTITIES = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
RASTER = "w-60,f-png"


def drawings() -> list[Hostile]:
    uses = levels("<g id='u0'>" + RECT + "</g>", "<g id='uN'>" + "<use href='#uM'/>" * 10 + "</g>", 9)
    made = {
        "uses that multiply": (svg(uses), REFUSED),
        "uses in a circle": (svg("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>" + RECT), EITHER),
        "uses itself": (svg("<g id='a'>" + RECT + "<use href='#a'/></g>"), EITHER),
        "entities that multiply": (svg("<text>&e9;</text>", f"<!DOCTYPE svg [<!ENTITY e0 'lol'>{ENTITIES}]>"), REFUSED),
        "entity of itself": (svg("<text>&a;</text>", "<!DOCTYPE svg [<!ENTITY a '&a;'>]>"), REFUSED),
        "groups in groups": (svg("<g>" * 50_000 + "</g>" * 50_000), REFUSED),
        "masks in masks": (svg(levels("<mask id='m0'>" + RECT + "</mask>", MASKS, 40) + RECT), EITHER),
        "patterns in patterns": (
            svg(levels(FIRST_PATTERN, PATTERNS, 12) + "<rect width='40' height='40' fill='url(#p11)'/>"),
            EITHER,
        ),
        "marks at every corner": (svg(MARKS + f'<path d="{VERTICES}" marker-mid="url(#m)"/>'), EITHER),
        "marks by a style": (svg(f'<style>path {{ marker: url(#m) }}</style>{MARKS}<path d="{VERTICES}"/>'), EITHER),
        "noise without end": (
            svg(f"<filter id='f'>{NOISE * 200}</filter><rect width='40' height='40' filter='url(#f)'/>"),
            EITHER,
        ),
        "a vast sheet": (svg(RECT, head='width="1e9" height="1e9"'), EITHER),
        "pictures in pictures": (nested(8), EITHER),
        "a bomb inside": (
            svg(f'<image width="40" height="40" href="{coded(png(60_000, 60_000), "image/png")}"/>'),
            EITHER,
        ),
        "a script": (svg(f"<script>while (true) alert(1)</script><g onload='alert(2)'>{RECT}</g>"), DRAWN),
        "a page inside": (
            svg(f"<foreignObject width='9'><html xmlns='{XHTML}'><script>1</script></html></foreignObject>{RECT}"),
            DRAWN,
        ),
        "a million letters": (svg("<text>" + "cup " * 250_000 + "</text>"), EITHER),
        "a path of millions": (
            svg(f'<path d="M0 0{"l1 1-1-1" * 400_000}" stroke="#000" stroke-dasharray="0.0001"/>'),
            EITHER,
        ),
    }
    return [Hostile(f"{name}.svg", content, answers, RASTER) for name, (content, answers) in made.items()]


def calling(address: str) -> list[Hostile]:
    """Files that would call `address` if whoever reads them let them."""
    inner = svg(f'<image width="9" height="9" href="{address}/b.png"/>')
    filters = f'<filter id="f"><feImage href="{address}/f.png"/></filter>'
    made = {
        "image": svg(f'<image width="40" height="40" href="{address}/a.png"/>{RECT}'),
        "old image": svg(f'<image width="40" height="40" xlink:href="{address}/a.png"/>{RECT}'),
        "use": svg(f'<use href="{address}/a.svg#a"/>{RECT}'),
        "style": svg(f"<style>@import url({address}/a.css); rect {{ fill: url({address}/a.svg#a) }}</style>{RECT}"),
        "sheet": svg(RECT, f'<?xml-stylesheet href="{address}/a.css"?>'),
        "font": svg(
            f'<style>@font-face {{ font-family: a; src: url({address}/a.ttf) }}</style><text font-family="a">a</text>'
        ),
        "filter": svg(f'{filters}<rect width="40" height="40" filter="url(#f)"/>'),
        "script": svg(f'<script href="{address}/a.js"/>{RECT}'),
        "entity": svg("&a;", f'<!DOCTYPE svg [<!ENTITY a SYSTEM "{address}/a.xml">]>'),
        "doctype": svg(RECT, f'<!DOCTYPE svg SYSTEM "{address}/a.dtd">'),
        "parameter": svg(RECT, f'<!DOCTYPE svg [<!ENTITY % a SYSTEM "{address}/a.dtd">%a;]>'),
        "inside": svg(f'<image width="40" height="40" href="{coded(inner, "image/svg+xml")}"/>'),
    }
    documents = {"opening": opening(address), "script": scripted(address), "stream": elsewhere(address)}
    return [
        *(Hostile(f"{name} calls.svg", content, EITHER, RASTER) for name, content in made.items()),
        *(Hostile(f"{name} calls.pdf", content, EITHER, "w-60", PAGE) for name, content in documents.items()),
    ]


def opening(address: str) -> bytes:
    """A link that is to be followed as soon as the document is opened."""
    action = b"/OpenAction << /S /URI /URI (%s) >>" % address.encode()
    return data_sheet().replace(b"/Type /Catalog", b"/Type /Catalog " + action)


def scripted(address: str) -> bytes:
    action = b"/OpenAction << /S /JavaScript /JS (app.launchURL('%s'); while (true) 1;) >>" % address.encode()
    return data_sheet().replace(b"/Type /Catalog", b"/Type /Catalog " + action)


def elsewhere(address: str) -> bytes:
    """What stands on the page is said to be in a file elsewhere."""
    where = b"/F << /FS /URL /F (%s/a) >>" % address.encode()
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
            stream(b"", where),
        ]
    )


def documents() -> list[Hostile]:
    many = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>"
    itself = paper(b"/F Do").replace(b"/Contents", b"/Resources << /XObject << /F 5 0 R >> >> /Contents")
    form = stream(b"/F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>")
    made = {
        "billions of pages": (pdf([*many, page]), EITHER, ""),
        "pages in a circle": (pdf([many[0], b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"]), REFUSED, ""),
        "a page far behind": (data_sheet(), frozenset({400}), "pg-2000000000,"),
        "a form in itself": (itself.replace(b"xref", b"5 0 obj\n" + form + b"\nendobj\nxref"), EITHER, ""),
        "arrays in arrays": (
            data_sheet().replace(b"/Type /Catalog", b"/Type /Catalog /A " + b"[" * 90_000),
            EITHER,
            "",
        ),
        "a page of no size": (paper(b"", boxes=b"/MediaBox [0 0 0 0]"), EITHER, ""),
        "brackets without end": (paper(b"q " * 900_000 + b"0 0 9 9 re f"), EITHER, ""),
    }
    return [
        Hostile(f"{name}.pdf", content, answers, f"{tr}w-60", PAGE) for name, (content, answers, tr) in made.items()
    ]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.html", "<script>1</script>")
    return out.getvalue()


SCRIPT = b"<html><script>alert(1)</script></html>"


def two_things_at_once() -> list[Hostile]:
    """What is seen as a picture is drawn anew, without what else was in it."""
    gif = bytearray(saved("GIF"))
    return [
        Hostile("gif and script.gif", bytes(gif[:-1]) + b";=1;alert(1)//", DRAWN),
        Hostile("jpeg and archive.jpg", saved("JPEG") + zipped(), DRAWN),
        Hostile("jpeg and page.html", saved("JPEG", comment=SCRIPT), DRAWN),
        Hostile("png and page.html", saved("PNG") + SCRIPT, DRAWN),
        Hostile("document and page.html", data_sheet() + SCRIPT, DRAWN, behind=PAGE),
        Hostile("picture by another name.pdf", saved("PNG"), DRAWN),
        Hostile("picture by another name.svg", saved("WEBP"), DRAWN),
        Hostile("drawing by another name.jpg", svg(RECT), DRAWN, RASTER),
    ]


def all_documents() -> list[Hostile]:
    return [*drawings(), *documents(), *two_things_at_once()]
