"""Reasons as a person who keeps the catalogue reads them: what is wrong, and what to do."""

from proxy.sync.outcomes import Reason, Result

WORDS: dict[Reason, str] = {
    Reason.ADDRESS_NOT_ALLOWED: "The file lies on a host that nothing is fetched from.",
    Reason.ASSET_GONE: "The DAM does not have this asset any more.",
    Reason.CODE_COLLISION: "Two SKUs of this asset give the same asset code: rename one, or let a SKU be rejected.",
    Reason.CODE_TOO_LONG: "The asset code would be too long: shorten the SKU.",
    Reason.CONFIGURATION: "A setting, a right or a field is wrong: an operator has to act.",
    Reason.DRAFT: "Akeneo took it as a proposal: somebody has to approve it there.",
    Reason.FOREIGN_FILE: "Somebody put another file there, which is not to be replaced.",
    Reason.INCOMPLETE_FILE: "The file did not come whole.",
    Reason.MISSING_ATTRIBUTE: "The attribute for the URL is missing: fill the field in the DAM.",
    Reason.MISSING_DERIVATIVE: "The asset does not have the derivative that the settings ask for.",
    Reason.MISSING_FAMILY: "The asset family is missing: fill the field in the DAM.",
    Reason.MISSING_SKU: "The SKU is missing: fill the field in the DAM.",
    Reason.MISSING_SORT_ORDER: "The order is missing or is no whole number from 1 on.",
    Reason.NEEDS_CHANNEL: "The attribute differs by channel: name one in the settings.",
    Reason.NEEDS_LOCALE: "The attribute differs by locale: name one in the settings.",
    Reason.NEEDS_SCOPE: "The attribute differs by channel: name one in the settings.",
    Reason.NO_BYNDER_ASSET: "No asset of Bynder is known for this picture.",
    Reason.NO_LINK_KNOWN: "It is not known what this asset is linked to.",
    Reason.NOT_A_MEDIA_LINK: "The attribute takes no URL: it has to be a media link.",
    Reason.NOT_A_PICTURE: "The file is no picture.",
    Reason.NOT_MAPPED: "The asset names no product or no asset type.",
    Reason.PREFIX_MISMATCH: "The URL does not begin or end as the attribute in Akeneo demands.",
    Reason.REFUSED: "The other side refused it.",
    Reason.REMOVED_IN_PIM: "Somebody removed it in Akeneo: it stays away until the asset changes.",
    Reason.SKU_CHARACTERS: "The SKU has a character that an asset code cannot have.",
    Reason.SLOT_CONFLICT: "Another asset has this place of the product.",
    Reason.SOURCE_GONE: "The asset was deleted in the DAM; Akeneo keeps its file.",
    Reason.TOO_LARGE: "The file is too large.",
    Reason.TRANSIENT: "A passing fault: it is tried again.",
    Reason.UNKNOWN_ASSET: "Akeneo does not have this asset.",
    Reason.UNKNOWN_ATTRIBUTE: "Akeneo does not have this attribute.",
    Reason.UNKNOWN_FAMILY: "Akeneo does not have this asset family.",
    Reason.UNKNOWN_OPTION: "The DAM does not have this option.",
    Reason.UNKNOWN_PRODUCT: "Akeneo does not have this product.",
    Reason.WRONG_VALUE: "A value has the wrong form.",
}
CUT = "It was cut off, and is taken up by the next run."


def in_words(result: Result | None) -> str:
    """What is wrong; the code of the reason, the part and what was expected stand beside it."""
    if result is None:
        return CUT
    return WORDS[result.reason] if result.reason is not None else str(result.outcome)
