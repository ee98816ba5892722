"""Reading alone: any text is a plan or a polite refusal, and a plan's own text gives the same plan again."""

import traceback

from benchmarks.storm.server import CONFIG
from benchmarks.storm.shots import Gun
from proxy.errors import LimitExceeded, ProxyError
from proxy.imagekit.hints import Hints
from proxy.imagekit.reading import read_plan

PATHS = ["media-files/1/2/a/b/12ab_mug.jpg", "logo.png", "fonts/house.woff2"]
NAMES = {name: text.strip('"') for name, _, text in (line.partition(" = ") for line in CONFIG.splitlines()) if text}
HINTS = Hints(320, 2.0, save_data=True)


def gun(seed: int) -> Gun:
    return Gun(seed, PATHS, PATHS[2:])


def complaint(text: str) -> str | None:
    """What is wrong with the way this text is read; None: nothing."""
    for path, query in ((text, ""), ("", text)):
        try:
            plan = read_plan(path, query, NAMES, hints=HINTS).plan
        except ProxyError:
            continue
        except Exception:
            return traceback.format_exc()
        try:
            again = read_plan(str(plan)).plan
        except LimitExceeded:
            continue  # written out in full, it may be longer than what a viewer may say
        except Exception:
            return f"{plan}\n{traceback.format_exc()}"
        if again != plan or str(again) != str(plan):
            return f"{plan}\nbecomes\n{again}"
    return None
