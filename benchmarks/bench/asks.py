"""What is asked of every peer: a rendition of an original; and whether the answer is right."""

import io
from dataclasses import dataclass, replace

from PIL import Image

from benchmarks.bench.pictures import TYPES, Original, PictureSet
from benchmarks.bench.ssim import fitted_size, reference, ssim

QUALITY = 80  # of every peer, on its own scale
CODEC_NAMES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
SLACK_PIXELS = 1  # peers round a fitted side in their own ways


@dataclass(frozen=True, slots=True)
class Ask:
    """Covering the frame and cropped from the centre, or fitted inside it."""

    original: Original
    width: int
    height: int
    format: str  # a key of TYPES
    fit: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Of the right answer."""
        frame = (self.width, self.height)
        return fitted_size(self.original.pixels, frame) if self.fit else frame

    def of(self, original: Original) -> "Ask":
        return replace(self, original=original)


class WrongAnswerError(Exception):
    """Told in words for the report."""


def judged(body: bytes, content_type: str, ask: Ask, right: Image.Image) -> float:
    """The SSIM of an answer; raises WrongAnswerError if it is of another type or size, or cannot be read."""
    if content_type.partition(";")[0].strip() != TYPES[ask.format]:
        raise WrongAnswerError(f"{content_type} instead of {TYPES[ask.format]}")
    try:
        answer = Image.open(io.BytesIO(body))
        answer.load()
    except (OSError, SyntaxError) as error:
        raise WrongAnswerError("the answer cannot be decoded") from error
    if answer.format != CODEC_NAMES[ask.format]:
        raise WrongAnswerError(f"the bytes are {answer.format}")
    if any(abs(one - other) > SLACK_PIXELS * ask.fit for one, other in zip(answer.size, right.size, strict=True)):
        raise WrongAnswerError(f"{answer.size[0]}x{answer.size[1]} instead of {right.size[0]}x{right.size[1]}")
    return ssim(answer if answer.size == right.size else answer.resize(right.size), right)


class References:
    """The right answers, kept beside the pictures."""

    def __init__(self, pictures: PictureSet) -> None:
        self.pictures = pictures
        self.kept = pictures.made.parent / "references"
        self.kept.mkdir(exist_ok=True)

    def of(self, ask: Ask) -> Image.Image:
        source = self.pictures.source(ask.original)
        path = self.kept / f"{source.stem}-of-{source.suffix[1:]}-{ask.width}x{ask.height}{'-fit' * ask.fit}.png"
        if not path.exists():
            with Image.open(source) as whole:
                reference(whole, (ask.width, ask.height), ask.fit).save(path)
        with Image.open(path) as right:
            return right.copy()
