"""The pictures that were asked for last, for who looks for one to try things with."""

from collections import OrderedDict

from proxy.media import MediaPath

MOST = 24


class Recent:
    """Of one endpoint, the latest first. A hit that is answered without reading its URL is not noted."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.noted: OrderedDict[MediaPath, None] = OrderedDict()

    def note(self, path: MediaPath) -> None:
        self.noted[path] = None
        self.noted.move_to_end(path)
        if len(self.noted) > self.most:
            self.noted.popitem(last=False)

    @property
    def paths(self) -> list[str]:
        return [str(path) for path in reversed(self.noted)]
