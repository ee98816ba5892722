"""Whole plans as only the reader makes them: nothing in them that cannot change a pixel."""

from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import strategies as st

from proxy.imagekit.canonical import canonical_background, canonical_frame, canonical_position
from proxy.imagekit.pages import MAX_PAGE
from proxy.imagekit.reading import main_output
from proxy.plan.effects import (
    Arc,
    BlurredBackground,
    Border,
    Colorize,
    ColorReplace,
    DominantBackground,
    Flip,
    Gradient,
    Perspective,
    Radius,
    Shadow,
    Unsharp,
)
from proxy.plan.expressions import Expression
from proxy.plan.frame import Frame
from proxy.plan.output import Output
from proxy.plan.plan import Plan
from proxy.plan.steps import (
    Blend,
    Branch,
    CanvasLayer,
    Chain,
    Choice,
    Comparison,
    ImageLayer,
    Layer,
    Look,
    Offset,
    Position,
    Step,
    TextLayer,
)
from proxy.plan.values import Color, Focus, Length
from tests.imagekit.strategies import (
    MILLIONTH,
    colors,
    expressions,
    frames,
    millionths,
    rotations,
    words_of_output,
)

OF_PICTURE = expressions("iw", "ih", "iar", "cw", "ch", "car")
OF_IMAGE_LAYER = expressions("iw", "ch", "bw", "bar")
OF_DRAWN_LAYER = expressions("bw", "bh", "bar")
Sums = st.SearchStrategy[Expression]
PERCENT = st.integers(0, 100)
PLACES = [place for place in Focus if place is not Focus.AUTO]


@cache
def radii() -> st.SearchStrategy[Radius]:
    corner = st.integers(0, 500)
    return st.builds(Radius, st.tuples(corner, corner, corner, corner).filter(any) | st.none())


@cache
def unsharps() -> st.SearchStrategy[Unsharp]:
    wide, strong = millionths(1, 1000 * MILLIONTH), millionths(0, 1000 * MILLIONTH)
    return st.builds(Unsharp, wide, wide, strong, strong)


@cache
def gradients(sums: Sums) -> st.SearchStrategy[Gradient]:
    share = millionths(10_000, 990_000).map(lambda amount: Length(amount, relative=True))
    pixels = st.integers(2, 65535).map(lambda amount: Length(float(amount)))
    return st.builds(Gradient, st.integers(0, 359).map(float), colors(), colors(), st.none() | share | pixels | sums)


@cache
def distortions() -> st.SearchStrategy[Perspective | Arc]:
    place = st.integers(-65535, 65535)
    bent = millionths(1, 360 * MILLIONTH)
    return st.builds(Perspective, st.tuples(*[place] * 8)) | st.builds(Arc, bent | bent.map(lambda turn: -turn))


@cache
def looks(sums: Sums) -> st.SearchStrategy[Look]:
    return st.builds(
        Look,
        grayscale=st.booleans(),
        contrast=st.booleans(),
        sharpen=st.none() | st.just(0.0) | millionths(1, 100 * MILLIONTH),
        unsharp=st.none() | unsharps(),
        replace=st.none() | st.builds(ColorReplace, colors(), PERCENT, st.none() | colors()),
        colorize=st.none() | st.builds(Colorize, colors(), PERCENT),
        distort=st.none() | distortions(),
        gradient=st.none() | gradients(sums),
        shadow=st.none()
        | st.builds(Shadow, st.integers(0, 15), PERCENT, st.integers(-100, 100), st.integers(-100, 100)),
        blur=st.none() | st.integers(1, 100),
    )


@cache
def backgrounds() -> st.SearchStrategy[Any]:
    blurred = st.builds(BlurredBackground, st.none() | PERCENT, st.integers(-255, 255))
    return st.none() | colors() | blurred | st.builds(DominantBackground, st.sampled_from([1, 2, 4]))


@cache
def words(sums: Sums, depth: int) -> dict[str, st.SearchStrategy[Any]]:
    """What a step may hold beside its frame."""
    inner = st.lists(layers(depth + 1), max_size=2 if depth == 0 else 1).map(tuple)
    return {
        "trim": st.integers(1, 99),
        "look": looks(sums),
        "layers": inner if depth < 3 else st.just(()),
        "radius": radii(),
        "border": st.builds(Border, st.integers(1, 65535) | sums, colors()),
        "opacity": st.integers(0, 99),
        "rotation": rotations(),
        "flip": st.sampled_from(Flip),
        "background": backgrounds(),
    }


@cache
def steps(sums: Sums, depth: int) -> st.SearchStrategy[Step]:
    """Mostly with few words."""
    few = words(sums, depth)
    said = st.sets(st.sampled_from(sorted(few)), max_size=3 if depth == 0 else 2)
    fields = said.flatmap(lambda keys: fields_of(sums, depth, frozenset(keys)))
    return st.builds(step_of, frames(sums), fields)


@cache
def fields_of(sums: Sums, depth: int, keys: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    few = words(sums, depth)
    return st.fixed_dictionaries({key: few[key] for key in sorted(keys)})


def step_of(frame: Frame, fields: dict[str, Any]) -> Step:
    frame = canonical_frame(frame)
    if "background" in fields:
        fields = fields | {"background": canonical_background(fields["background"], frame)}
    return Step(frame=frame, **fields)


@cache
def chains(sums: Sums = OF_PICTURE, depth: int = 0) -> st.SearchStrategy[Chain]:
    some = st.lists(steps(sums, depth).filter(lambda step: step != Step()), max_size=3 if depth == 0 else 1)
    return some.map(tuple)


@cache
def comparisons() -> st.SearchStrategy[Comparison]:
    relations = st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"])
    number = st.integers(0, 10**9).map(Fraction) | st.builds(Fraction, st.integers(0, 10**9), st.just(8))
    ratio = st.builds(Fraction, st.integers(0, 9999), st.integers(1, 9999))
    of_sides = st.builds(Comparison, st.sampled_from(["w", "h", "iw", "ih"]), relations, number)
    return of_sides | st.builds(Comparison, st.sampled_from(["ar", "iar"]), relations, ratio)


@cache
def choices(sums: Sums = OF_PICTURE, depth: int = 0) -> st.SearchStrategy[Choice]:
    group = st.lists(comparisons(), min_size=1, max_size=3).map(tuple)
    branch = st.builds(Branch, chains(sums, max(depth, 1)), words_of_output() if depth == 0 else st.just(Output()))
    whole = st.builds(Choice, st.lists(group, min_size=1, max_size=3).map(tuple), branch, branch | st.just(Branch()))
    return whole.filter(lambda choice: choice.then != Branch() or choice.otherwise != Branch())


@cache
def positions() -> st.SearchStrategy[Position]:
    offset = st.none() | st.builds(Offset, st.integers(0, 65535) | OF_DRAWN_LAYER, st.booleans())
    place = st.sampled_from(PLACES)
    blend = st.none() | st.sampled_from(Blend)
    drawn = st.builds(Position, offset, offset, offset, offset, place, place, blend)
    return (drawn | st.just(Position())).map(canonical_position)


@cache
def sources() -> st.SearchStrategy[str]:
    letters = st.text("abz09_./-é ü,:%+", min_size=1, max_size=20).map(lambda text: text.lstrip("/"))
    return letters.filter(lambda text: bool(text) and text != "ik_canvas")


@cache
def texts() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), min_size=1, max_size=50)


@cache
def text_layers(depth: int) -> st.SearchStrategy[TextLayer]:
    length = st.none() | st.integers(1, 16383) | OF_DRAWN_LAYER
    gaps = st.tuples(*[st.integers(0, 99)] * 4).filter(any) | OF_DRAWN_LAYER.map(lambda gap: (gap,) * 4)
    return st.builds(
        TextLayer,
        texts(),
        positions(),
        font=st.none() | st.sampled_from(["Open Sans", "Lobster", "PT_Serif", "media-files/1/a.ttf", "Übung"]),
        size=length,
        color=colors(),
        width=length,
        align=st.sampled_from(["center", "left", "right"]),
        padding=st.just(()) | gaps,
        bold=st.booleans(),
        italic=st.booleans(),
        strikethrough=st.booleans(),
        line_height=length,
        background=st.none() | colors(),
        radius=st.none() | radii(),
        rotation=rotations(),
        flip=st.none() | st.sampled_from(Flip),
        opacity=st.none() | st.integers(1, 9),
        layers=st.lists(layers(depth + 1), max_size=1).map(tuple) if depth < 3 else st.just(()),
    )


@cache
def canvas_layers(depth: int) -> st.SearchStrategy[CanvasLayer]:
    opacity = st.none() | st.integers(1, 9)
    return st.builds(canvas_layer, colors(), opacity, positions(), chains(OF_DRAWN_LAYER, depth))


def canvas_layer(color: Color, opacity: int | None, position: Position, links: Chain) -> CanvasLayer:
    return CanvasLayer(color, opacity if color.opacity == 100 else None, position, links)


@cache
def image_layers(depth: int) -> st.SearchStrategy[ImageLayer]:
    chosen = st.tuples(choices(OF_IMAGE_LAYER, depth))
    links = chains(OF_IMAGE_LAYER, depth) | (chosen if depth == 1 else st.just(()))
    return st.builds(ImageLayer, sources(), positions(), links, st.none() | st.integers(2, MAX_PAGE))


@cache
def layers(depth: int) -> st.SearchStrategy[Layer]:
    return st.deferred(lambda: st.one_of(text_layers(depth), canvas_layers(depth), image_layers(depth)))


PAGES = st.none() | st.integers(1, MAX_PAGE)
ORIENTS = st.sampled_from([None, True])
BOOLEANS = st.booleans()


@st.composite
def drawn_plans(draw: st.DrawFn) -> Plan:
    links = list(draw(chains()))
    if draw(BOOLEANS) and not any(step.layers for step in links if isinstance(step, Step)):
        links.insert(draw(st.integers(0, len(links))), draw(choices()))
    chain = tuple(links)
    page = draw(PAGES)
    return Plan(chain, main_output(draw(words_of_output()), chain), draw(ORIENTS), page=page)


@cache
def plans() -> st.SearchStrategy[Plan]:
    return drawn_plans() | st.just(Plan(original=True))
