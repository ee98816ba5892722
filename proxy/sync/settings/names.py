"""The names of all settings, as a file would have them."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from proxy.slices import Slice


def names_of(kind: type[Slice], before: str = "") -> list[str]:
    """Sorted, such as `bynder.credentials.*.host`; what an operator chooses is a `*`."""
    names = []
    for name, field in kind.model_fields.items():
        inner, star = slice_in(field.annotation)
        place = f"{before}{name}"
        names += names_of(inner, f"{place}{star}.") if inner else [place]
    return sorted(names)


def slice_in(annotation: Any) -> tuple[type[Slice] | None, str]:
    """The part that a field holds, and `.*` where it holds several by name."""
    if isinstance(annotation, type) and issubclass(annotation, Slice):
        return annotation, ""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is dict:
        return slice_in(arguments[1])[0], ".*"
    if origin in (Union, UnionType, Annotated):
        return next((found for argument in arguments if (found := slice_in(argument))[0]), (None, ""))
    return None, ""
