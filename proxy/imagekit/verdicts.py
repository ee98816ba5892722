"""How single parameters compare with ImageKit's, in words for the compatibility page.

Where a table of parameters names none of these, nothing is to be said: it is the same.
"""

from proxy.imagekit.parameter import differs, documented, unsupported

SIDE = differs(
    "a side above `MEDIA_PROXY_RENDER__MAX_OUTPUT_SIDE` (8192; the original's own side is always allowed) is a 400, "
    "where ImageKit draws up to 65535; a share is one of what comes into the step, before it is trimmed"
)
RATIO = documented("without `w` and `h` it is ignored")
CROP = documented("every mode is taken under `c` and `cm`; the `_no_enlarge` and `_no_shrink` modes do what they say")
CROP_MODE = documented(
    "with both `c` and `cm` in a step, `cm` wins; `fo` says where padding leaves the picture, in every mode that pads"
)
FOCUS = differs(
    "`auto` measures edges, colours and skin tones and is no model; `face` and names of objects are taken for `auto`; "
    "`custom` is the centre, since Akeneo stores no area with a picture"
)
CORNER = documented("of `x` and `y`, the one that is missing is 0; a window that leaves the picture is a 400")
CENTER = documented("of `xc` and `yc`, the one that is missing follows `fo`; a window that leaves the picture is a 400")
ZOOM = unsupported("nobody looks for faces and objects here; it is accepted and has no effect")
PIXEL_RATIO = documented(
    "a number outside of 0.1 to 5 is ignored; the limit of 5000 pixels is one of the sides that `w`, `h` and `ar` "
    "give, not of one that follows from the picture"
)
TRIM = documented(
    "the threshold is how far, in percent, a colour may be from the top left pixel's; without a number it is 10; of an "
    "animation what any frame shows stays"
)
TURN = documented(
    "the corners of odd angles are `bg`, which, if opaque, fills what else is clear as well; else transparent, else "
    "(in a JPEG) black"
)
BACKGROUND = differs(
    "how much `blurred` blurs and which colours are dominant is our own measure, so tones differ a little; `blurred` "
    "does nothing but in `pad_resize`; `dominant` is a colour like any other, the gradients are padding alone; "
    "`transparent` is a colour, too; `genfill` is refused"
)
BORDER = documented("around rounded corners it is round")
RADIUS = documented("the corners are transparent; in a JPEG they are `bg`, else black")
BLUR = documented("the number is the standard deviation of the Gauss curve in pixels")
OPACITY = documented("a GIF knows no half: there it is not seen, unless it is 0")
CONTRAST = documented(
    "all channels are stretched alike, by the brightness of what is seen; the darkest and brightest 0.5 % do not count"
)
SHARPEN = documented("the scale is our own: alone it is `e-sharpen-10`, and nothing is added beyond 100")
UNSHARP = differs(
    "the radius does nothing, the sigma alone says how far it reaches; a sigma counts up to 100, an amount up to 10; "
    "without numbers it is `2-2-0.8-0.024`"
)
SHADOW = documented("it is black, `st` is its opacity, and it ends at the edges of the picture")
GRADIENT = documented("slanted, it begins and ends in the corners, as in CSS; it covers what is clear, too")
REPLACE = documented(
    "the tolerance is 35 without a number, counts the channel that is furthest off, and fades out in its last quarter; "
    "what is dominant is our own measure"
)
COLORIZE = documented("dark parts stay dark and light ones light, the colour is in the middle")
DISTORT = documented(
    "the canvas keeps its size: what bends is fitted in, what is slanted beyond the edges is cut; what it leaves is "
    "transparent, in a JPEG `bg`, else black"
)
FORMAT = differs(
    "`auto` takes AVIF before WebP, of those that the viewer names and the settings allow, where ImageKit takes the "
    "smallest; `gif` and `svg` of an original in another format are taken for `auto`"
)
QUALITY = documented(
    "`auto` is the default; the scale is that of JPEG, and AVIF gets the number that looks alike (62 for 80)"
)
LOSSLESS = documented(
    "PNG is lossless anyway, but for originals with a palette, which keep one without `lo-true`; AVIF is not "
    "chosen by itself"
)
PROFILE = documented("without it colours are converted to sRGB before the profile is dropped")
METADATA = differs("EXIF and XMP are kept (each up to 65 kB, told to be upright), and the profile; IPTC is not")
DOTS = differs("JPEG and PNG tell it; WebP and AVIF only in the EXIF that `md-true` keeps")
PAGE = differs("pages of PDF and of Illustrator files with a PDF inside, and frames; of a range or a name the first")
DEFAULT_IMAGE = differs("the path of a file of this endpoint, no whole URL; kept for a minute by caches")

LAYER_CORNER = documented("of `lx` and `ly`, the one that is missing is 0; the layer is kept inside its base")
LAYER_CENTER = documented("the layer may stick out of its base, and is cut there")
LAYER_ANCHOR = documented(
    "the layer's top left corner, or its centre, lies so far from it; N counts from the far edge even so"
)
BLEND = documented(
    "`multiply` only where the layer is; `displace` moves by red across, by green down, at most 5 % of the longer side"
)
LAYER_FILE = documented("a missing file is a 404; at most 16 different pictures in one URL")
CANVAS = documented("black without it, and clear where `e-gradient` paints it")
CANVAS_TENTHS = documented(
    "taken as opacity: `al-9` is nearly opaque; not counted where `bg` has an opacity or is a name"
)
FONT = documented(
    "ImageKit's families are bundled, an unknown one is Open Sans; letters that a family lacks come from other fonts"
)
INK = documented("black without it")
MARKS = documented("where a family has no bold or italic letters, they are thickened and slanted")
TEXT_WIDTH = documented("the box is as wide, whatever its lines need; the padding is part of it")
LINE_HEIGHT = documented("without it 1.25 of the size")
TEXT_TENTHS = documented("taken as the opacity of letters and box together: `al-9` is nearly opaque")
