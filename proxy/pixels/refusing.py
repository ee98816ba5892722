"""What is refused of strangers' files: more pixels than are allowed, and whatever a decoder stumbles over."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from proxy.errors import ProxyError, SourceTooLarge, Undecodable
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits


def check_pixels(size: Size, limits: Limits) -> None:
    if size.pixels > limits.max_source_pixels:
        raise SourceTooLarge(f"the picture has {size} pixels, more than {limits.max_source_pixels}")


@contextmanager
def at_most(pixels: int) -> Iterator[None]:
    """Some decoders reserve memory for the whole picture when they open it; Pillow refuses at twice its limit."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max(1, pixels // 2)
    try:
        yield
    except Image.DecompressionBombError:
        raise SourceTooLarge(f"the picture has more than {pixels} pixels") from None
    finally:
        Image.MAX_IMAGE_PIXELS = before


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever a decoder raises about a file is the file's fault; its warnings are of no use to anybody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except ProxyError:
            raise
        except (MemoryError, Image.DecompressionBombError):
            raise SourceTooLarge("the picture takes too much memory") from None
        except Exception as error:
            raise Undecodable(f"the file cannot be decoded: {type(error).__name__}") from error
