"""Files that are no pictures, small and real: a PDF that opens, a text document, a sound."""

import io
import wave
from array import array
from math import exp, pi, sin
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SAMPLES_PER_SECOND = 16_000
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

PAGE = b"""0.98 0.95 0.90 rg 0 0 420 595 re f
0.30 0.17 0.13 rg 0 515 420 80 re f
1 1 1 rg BT /F1 30 Tf 40 543 Td (Espresso) Tj ET
0.30 0.17 0.13 rg
BT /F2 13 Tf 40 470 Td 24 TL (Data sheet of the demo catalogue) Tj T* (Cup: 70 ml, stoneware) Tj T*
(Pressure: 9 bar, 25 seconds) Tj T* (This file passes through the proxy byte for byte.) Tj ET
0.78 0.33 0.24 rg 40 370 240 10 re f 0.89 0.82 0.72 rg 280 370 100 10 re f
"""


def data_sheet() -> bytes:
    """A PDF of one page (A5), written by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(PAGE), PAGE),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return pdf(objects)


def pdf(objects: list[bytes]) -> bytes:
    """The frame around the objects: a table at the end tells at which byte each begins."""
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def care_instructions() -> bytes:
    """A DOCX with the three parts that a word processor needs."""
    text = "Rinse the cup warm before use. It does not mind the dishwasher."
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
        "</w:body></w:document>",
    }
    return zipped({name: f'<?xml version="1.0" encoding="UTF-8"?>\n{part}' for name, part in parts.items()})


def zipped(parts: dict[str, str]) -> bytes:
    """`ZipInfo` by itself carries a fixed date, so the bytes are the same on every day."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return out.getvalue()


def chime() -> bytes:
    """A WAV of one second: two tones that fade away."""
    seconds = [number / SAMPLES_PER_SECOND for number in range(SAMPLES_PER_SECOND)]
    tones = (sin(2 * pi * 880 * t) + 0.6 * sin(2 * pi * 1320 * t) for t in seconds)
    samples = array("h", (round(18_000 * tone * exp(-5 * t)) for tone, t in zip(tones, seconds, strict=True)))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(samples.itemsize)
        sound.setframerate(SAMPLES_PER_SECOND)
        sound.writeframes(samples.tobytes())
    return out.getvalue()
