"""What ImageKit's language can say and this server will not do: refused with a word why, or passed over."""

from collections.abc import Mapping
from dataclasses import dataclass

from proxy.errors import InvalidTransformation
from proxy.imagekit.parameter import Verdict, unsupported
from proxy.imagekit.syntax import Param, shown

IGNORED = "ignored"
UNKNOWN = "there is no such parameter here"


@dataclass(frozen=True, slots=True)
class Absence:
    """Words of the language that have no effect here. `instead` completes the sentence "expected ..." of a 400; without
    one they are `answered` in another way.
    """

    words: tuple[str, ...]
    about: str
    verdict: Verdict
    instead: str = ""
    answered: str = IGNORED

    @property
    def answer(self) -> str:
        return "400" if self.instead else self.answered


NO_MODEL = "no transformation by an AI model, there is none here"
MODEL = unsupported("it needs an AI model, and there is none here")
VIDEO = unsupported("video is delivered as it is stored")
MODELS = {
    "e-bgremove": "removes the background",
    "e-removedotbg": "removes the background, by another company's service",
    "e-changebg": "another background, by a prompt",
    "e-edit": "changes the picture, by a prompt",
    "e-genvar": "a variation of the picture",
    "e-retouch": "retouches",
    "e-upscale": "enlarges and invents detail",
    "e-dropshadow": "a drop shadow as if there were a lamp (`e-shadow` works)",
    "bg-genfill": "padding invented to fit the picture",
}
PAID = tuple(Absence((word,), about, MODEL, NO_MODEL) for word, about in MODELS.items())
OLD_KEYS = """
oa obg ofo oh oi oiar oib oibg oic oidpr oifo oiq oit oix oixc oiy oiyc or ot otbg otc ote otf otia otp ots ott otw ow
ox oxc oy oyc
"""
OLD_OVERLAYS = Absence(
    tuple(OLD_KEYS.split()),
    "overlays before there were layers",
    Verdict("same", "ImageKit has refused them since November 2023"),
    "a layer (l-image or l-text) in place of the old overlay parameters",
)
LAYERS = Absence(
    ("l-video", "l-subtitles"),
    "layers on a video",
    VIDEO,
    "l-image or l-text; there are no other layers here",
)
REFUSED = (*PAID, OLD_OVERLAYS, LAYERS)

PASSED_OVER = (
    Absence(("so", "eo", "du"), "cuts a video", VIDEO),
    Absence(("vc", "ac"), "codecs of video and sound", VIDEO),
    Absence(("sr",), "resolutions of a stream", VIDEO),
    Absence(("lso", "leo", "ldu"), "when a layer of a video is seen", VIDEO),
    Absence(("fol", "fsh"), "outline and shadow of subtitles", VIDEO),
)
# Beside transformations: what addresses can say.
ADDRESSES = (
    Absence(("/ik-master.m3u8", "/ik-master.mpd"), "a video as a stream", VIDEO, answered="404"),
    Absence(
        ("/ik-thumbnail.jpg",),
        "a still of a video, or of a PSD or EPS file",
        unsupported("stills are drawn of PDF, of Illustrator files with a PDF inside, of pictures and animations"),
        answered="422",
    ),
    Absence(
        ("ik-sanitizeSvg",),
        "an SVG without its scripts",
        unsupported("the file is sent as it is stored, under a policy that lets no script run"),
    ),
    Absence(
        ("/https://...",),
        "a picture from any address (web proxy)",
        unsupported("only files of Akeneo and of an endpoint's own folder are served"),
        answered="404",
    ),
)


def by_word(absences: tuple[Absence, ...]) -> Mapping[str, Absence]:
    return {word: absence for absence in absences for word in absence.words}


REFUSED_BY_WORD = by_word(REFUSED)
PASSED_OVER_BY_WORD = by_word(PASSED_OVER)


def refuse_forbidden(param: Param) -> None:
    """Raises InvalidTransformation on what is known and not offered."""
    word = "bg-genfill" if param.key == "bg" and param.value.startswith("genfill") else param.key
    absence = REFUSED_BY_WORD.get(word)
    if absence is not None:
        raise InvalidTransformation(shown(param.text), absence.instead)


def why_ignored(param: Param) -> str:
    """Of a parameter that is not in the tables."""
    absence = PASSED_OVER_BY_WORD.get(param.key)
    return absence.verdict.note if absence is not None else UNKNOWN
