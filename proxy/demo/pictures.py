"""The demo's catalogue: five photographs, what is made from them, and what is drawn, over the three families."""

from functools import cache

from proxy.demo.documents import care_instructions, chime, data_sheet
from proxy.demo.drawings import moon_round_planet, soft_logo, steaming_cup, vector_badge
from proxy.demo.files import DemoFile, Family
from proxy.demo.photographs import for_print, from_telephone, photograph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@cache
def catalogue() -> dict[str, DemoFile]:
    """By the name before the dot. The types are as a PIM guesses them, so the WebP has none."""
    files = [*products(), *assets(), *reference_entities()]
    return {file.original_filename.rpartition(".")[0]: file for file in files}


def sample_files() -> list[DemoFile]:
    return list(catalogue().values())


def sample(name: str) -> DemoFile:
    """One file of the catalogue: `sample("coffee")`."""
    return catalogue()[name]


def products() -> list[DemoFile]:
    def product(name: str, mime_type: str, content: bytes, caption: str) -> DemoFile:
        return DemoFile.named(Family.PRODUCT, name, mime_type, content, caption)

    return [
        product("coffee.png", "image/png", photograph("coffee.png"), "a cup of espresso"),
        product("chelsea.png", "image/png", photograph("chelsea.png"), "Chelsea the cat"),
        product("tasse à café.jpg", "image/jpeg", from_telephone("coffee.png"), "espresso, taken on its side"),
        product("steaming cup.gif", "image/gif", steaming_cup(), "a steaming cup, animated GIF"),
        product("care.docx", DOCX, care_instructions(), "a text document"),
    ]


def assets() -> list[DemoFile]:
    def asset(name: str, mime_type: str | None, content: bytes, caption: str) -> DemoFile:
        return DemoFile.named(Family.ASSET, name, mime_type, content, caption)

    return [
        asset("hubble_deep_field.jpg", "image/jpeg", photograph("hubble_deep_field.jpg"), "the Hubble deep field"),
        asset("rocket.jpg", "image/jpeg", photograph("rocket.jpg"), "a rocket launch"),
        asset("rocket for print.jpg", "image/jpeg", for_print("rocket.jpg"), "a rocket launch, CMYK JPEG"),
        asset("badge.svg", "image/svg+xml", vector_badge(), "a badge, SVG"),
        asset("orbit.webp", None, moon_round_planet(), "a moon in orbit, animated WebP"),
        asset("data sheet.pdf", "application/pdf", data_sheet(), "a data sheet, PDF"),
        asset("chime.wav", "audio/x-wav", chime(), "a chime, WAV"),
    ]


def reference_entities() -> list[DemoFile]:
    def record_image(name: str, content: bytes, caption: str) -> DemoFile:
        return DemoFile.named(Family.REFERENCE_ENTITY, name, "image/png", content, caption)

    return [
        record_image("astronaut.png", photograph("astronaut.png"), "an astronaut"),
        record_image("logo.png", soft_logo(), "a logo, PNG with soft transparency"),
    ]
