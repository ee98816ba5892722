"""What the commands take in common."""

import argparse


def utf8(text: str) -> str:
    """A URL or a path; bytes that are no text come as lone surrogates, which nothing behind here can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("expected text in UTF-8") from None
    return text
