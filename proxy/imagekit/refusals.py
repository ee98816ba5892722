"""What ImageKit's language can say and this server will not do: 400, with a word why."""

from proxy.errors import InvalidTransformation
from proxy.imagekit.syntax import Param, shown

PAID_EFFECTS = {
    "e-bgremove",
    "e-changebg",
    "e-dropshadow",
    "e-edit",
    "e-genvar",
    "e-removedotbg",
    "e-retouch",
    "e-upscale",
}
# Layers took their place; ImageKit itself has refused them since November 2023.
OLD_OVERLAYS = """
oa obg ofo oh oi oiar oib oibg oic oidpr oifo oiq oit oix oixc oiy oiyc or ot otbg otc ote otf otia otp ots ott
otw ow ox oxc oy oyc
"""


def refuse_forbidden(param: Param) -> None:
    """Raises InvalidTransformation on what is known and not offered."""
    expected = welcome_instead(param)
    if expected:
        raise InvalidTransformation(shown(param.text), expected)


def welcome_instead(param: Param) -> str | None:
    if param.key in PAID_EFFECTS or (param.key == "bg" and param.value.startswith("genfill")):
        return "no transformation by an AI model, there is none here"
    if param.key in OLD_OVERLAYS.split():
        return "a layer (l-image or l-text) in place of the old overlay parameters"
    return None
