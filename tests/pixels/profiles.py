"""Colour profiles, byte by byte, and what their colours are in sRGB by arithmetic of our own."""

import struct

Color = tuple[int, int, int]
Matrix = tuple[tuple[float, float, float], ...]

# Columns: where full red, green and blue lie in XYZ, adapted to D50.
P3_TO_XYZ: Matrix = ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407))
XYZ_TO_SRGB: Matrix = ((3.13386, -1.61687, -0.49062), (-0.97877, 1.91615, 0.03345), (0.07195, -0.22899, 1.40524))


def display_p3() -> bytes:
    tags = {
        tag: b"XYZ " + bytes(4) + fixed(*column)
        for tag, column in zip(("rXYZ", "gXYZ", "bXYZ"), columns(), strict=True)
    }
    return profile("RGB ", "XYZ ", tags | {tag: srgb_curve() for tag in ("rTRC", "gTRC", "bTRC")})


def columns() -> list[tuple[float, ...]]:
    return list(zip(*P3_TO_XYZ, strict=True))


def grey(gamma: float) -> bytes:
    return profile("GRAY", "XYZ ", {"kTRC": b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))})


def press(cyan_lab: tuple[int, int, int]) -> bytes:
    """A CMYK press whose full cyan is that Lab colour; whose other inks only darken."""
    table = bytearray()
    for corner in range(16):
        inks = [corner >> 3 & 1, corner >> 2 & 1, corner >> 1 & 1, corner & 1]
        lab = cyan_lab if inks == [1, 0, 0, 0] else (100 - 33 * sum(inks[:3]) - 100 * inks[3], 0, 0)
        table += bytes([round(max(0, lab[0]) * 2.55), lab[1] + 128, lab[2] + 128])
    straight = bytes(range(256))
    head = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut = head + straight * 4 + bytes(table) + straight * 3
    return profile("CMYK", "Lab ", {"A2B0": lut, "A2B1": lut}, kind="prtr")


def profile(space: str, connection: str, tags: dict[str, bytes], kind: str = "mntr") -> bytes:
    described = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\x00" + bytes(78)
    white = b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249)
    every = {"desc": described, "cprt": b"text" + bytes(4) + b"none\x00", "wtpt": white} | tags
    directory, body = struct.pack(">I", len(every)), b""
    start = 128 + 4 + 12 * len(every)
    for tag, content in every.items():
        directory += tag.encode() + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = start + len(body)
    header = struct.pack(
        ">I4sI4s4s4s12s4s",
        size,
        b"test",
        0x02400000,
        kind.encode(),
        space.encode(),
        connection.encode(),
        bytes(12),
        b"acsp",
    )
    header += bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\x00") + directory + body


def fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def srgb_curve() -> bytes:
    steps = [round(65535 * linear(step / 1023)) for step in range(1024)]
    return b"curv" + bytes(4) + struct.pack(f">I{len(steps)}H", len(steps), *steps)


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def encoded(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def times(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def p3_in_srgb(color: Color) -> Color:
    red, green, blue = times(XYZ_TO_SRGB, times(P3_TO_XYZ, tuple(linear(channel / 255) for channel in color)))
    return encoded(red), encoded(green), encoded(blue)


def lab_in_srgb(lab: tuple[int, int, int]) -> Color:
    middle = (lab[0] + 16) / 116
    roots = (middle + lab[1] / 500, middle, middle - lab[2] / 200)
    white = (0.9642, 1.0, 0.8249)
    xyz = tuple(
        w * (r**3 if r > 6 / 29 else 3 * (6 / 29) ** 2 * (r - 4 / 29)) for w, r in zip(white, roots, strict=True)
    )
    red, green, blue = times(XYZ_TO_SRGB, xyz)
    return encoded(red), encoded(green), encoded(blue)
