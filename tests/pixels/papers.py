"""PDF files made for the tests, by hand, so that everything in them can be odd."""

import hashlib
import struct
import zlib
from io import BytesIO

from PIL import Image

from proxy.demo.documents import pdf

RED, BLUE, GREEN, WHITE = (255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 255)
# Red in the lower left quarter of a page of 200 x 100 points, nothing elsewhere.
CORNER = b"1 0 0 rg 0 0 100 50 re f"
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")  # of short passwords
HALVES = b"1 0 0 rg 0 0 100 100 re f 0 0 1 rg 100 0 100 100 re f"


def paper(*contents: bytes, boxes: bytes = b"/MediaBox [0 0 200 100]", extra: tuple[bytes, ...] = ()) -> bytes:
    """One page for each content; `boxes` is what all of them say of themselves, `extra` are further objects."""
    kids = b" ".join(b"%d 0 R" % (3 + 2 * number) for number in range(len(contents)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents))]
    for number, content in enumerate(contents):
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (boxes, 4 + 2 * number))
        objects.append(stream(content))
    return pdf([*objects, *extra])


def stream(content: bytes, head: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), head, content)


def scans(*colors: tuple[int, int, int], size: tuple[int, int] = (60, 40)) -> bytes:
    """A page for each colour, each a picture, as scanners make them."""
    first, *others = (Image.new("RGB", size, color) for color in colors)
    out = BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others, resolution=72)
    return out.getvalue()


def locked(by: bytes = b"/Filter /Standard /V 1 /R 2 /P -4") -> bytes:
    """Nobody knows the password of this one: the digests are made up."""
    secret = b"<%s>" % (b"5a" * 32)
    whole = paper(CORNER, extra=(b"<< %s /O %s /U %s >>" % (by, secret, secret),))
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 5 0 R /ID [<00> <00>]")


def restricted(content: bytes = CORNER) -> bytes:
    """Encrypted for everybody to read: only its owner's password is needed, to change it (PDF 1.4, revision 2)."""
    owner, own_id, rights = rc4(hashlib.md5(b"owner" + PADDING[:27]).digest()[:5], PADDING), bytes(16), -4
    key = hashlib.md5(PADDING + owner + struct.pack("<i", rights) + own_id).digest()[:5]
    of_page = hashlib.md5(key + struct.pack("<I", 4)[:3] + bytes(2)).digest()[:10]  # of object 4
    facts = b"<< /Filter /Standard /V 1 /R 2 /P %d /O <%b> /U <%b> >>"
    lock = facts % (rights, owner.hex().encode(), rc4(key, PADDING).hex().encode())
    trailer = b"/Root 1 0 R /Encrypt 5 0 R /ID [<%b> <%b>]" % ((own_id.hex().encode(),) * 2)
    return paper(rc4(of_page, content), extra=(lock,)).replace(b"/Root 1 0 R", trailer)


def rc4(key: bytes, plain: bytes) -> bytes:
    state, other = list(range(256)), 0
    for at in range(256):
        other = (other + state[at] + key[at % len(key)]) % 256
        state[at], state[other] = state[other], state[at]
    out, other = bytearray(), 0
    for number, byte in enumerate(plain, 1):
        at = number % 256
        other = (other + state[at]) % 256
        state[at], state[other] = state[other], state[at]
        out.append(byte ^ state[(state[at] + state[other]) % 256])
    return bytes(out)


def form(text: bytes = b"0 0 1 rg 0 0 40 20 re f") -> bytes:
    """A form whose one field shows what was filled in."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Annots [4 0 R] >>",
            b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (size) /V (9) /F 4 /Rect [20 40 60 60] /P 3 0 R"
            b" /AP << /N 5 0 R >> >>",
            stream(text, b"/Type /XObject /Subtype /Form /BBox [0 0 40 20]"),
        ]
    )


def bombs() -> bytes:
    """Two pages of few bytes: a picture of 40 000 x 40 000 pixels, and a figure of ten figures of ten figures..."""
    head = b"/Type /XObject /Subtype /Image /Width 40000 /Height 40000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    pixels = zlib.compress(bytes(40_000 * 3) * 10)
    picture = stream(pixels, head + b" /Filter /FlateDecode")
    deep = b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /XObject << /F %d 0 R >> >>"
    figures = [stream(b"/F Do " * 10, deep % number) for number in range(9, 18)]
    last = stream(b"0 0 1 rg 0 0 9 9 re f " * 10, b"/Type /XObject /Subtype /Form /BBox [0 0 200 100]")
    page = b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R /Resources << /XObject << /F %d 0 R >> >> >>"
    box = b"/MediaBox [0 0 200 100]"
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>",
            page % (box, 4, 7),
            stream(b"200 0 0 100 0 0 cm /F Do"),
            page % (box, 6, 8),
            stream(b"/F Do"),
            picture,
            *figures,
            last,
        ]
    )
