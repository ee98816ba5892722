"""The width ladder: few sizes for everybody, every size for who signs or names."""

from bisect import bisect_left
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import SignatureRefused
from proxy.imagekit.endpoints import read
from proxy.imagekit.hints import Hints
from proxy.imagekit.ladder import pixel_sides, snapped
from proxy.imagekit.reading import read_plan
from proxy.imagekit.signature import signed
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.settings import Endpoint, Settings
from proxy.slices import AbuseSettings, AkeneoSettings, SigningSettings
from tests.imagekit.plans import plans

LADDER = (160, 320, 480, 640, 1280)
PATH = "media-files/1/2/a/b/12ab_mug.jpg"
AKENEO = AkeneoSettings.model_validate({"url": "https://pim.example.com", "access_token": "t"})

SNAPPED = [
    ("w-300", "w-320", "300->320"),
    ("w-320", "w-320", ""),
    ("w-1", "w-160", "1->160"),
    ("w-5000", "w-1280", "5000->1280"),
    ("h-200", "h-320", "200->320"),
    ("w-300,h-200", "w-320,h-213", "300->320"),
    ("w-320,h-200", "w-320,h-200", ""),
    ("w-2560,h-100", "w-1280,h-50", "2560->1280"),
    ("w-2,h-400", "w-6,h-1280", "2->6"),
    ("w-320,h-2560", "w-160,h-1280", "320->160"),
    ("w-150,dpr-2", "w-320", "300->320"),
    ("w-333,dpr-1.5", "w-640", "499.5->640"),
    ("w-4000,dpr-2", "w-1280", "4000->1280"),
    ("w-300,ar-3-1", "w-320,h-107", "300->320"),
    ("h-200,ar-3-2", "w-320,h-213", "300->320"),
    ("w-300,h-200,c-at_max", "w-320,h-213,c-at_max", "300->320"),
    ("w-300:rt-90:w-100", "w-320:rt-90:w-160", "300->320, 100->160"),
    ("w-0.301", "w-0.31", "0.301->0.31"),
    ("w-0.999,h-200", "w-0.99,h-320", "0.999->0.99, 200->320"),
    ("w-0.5,dpr-1.234", "w-0.5,dpr-1.3", "1.234->1.3"),
    ("w-iw_div_3", "w-iw_div_3", ""),
    ("w-300,h-200,x-7,y-7,cm-extract", "w-300,h-200,x-7,y-7,cm-extract", ""),
    ("w-320,l-image,i-media-files@@a.png,w-77,l-end", "w-320,l-image,i-media-files@@a.png,w-77,l-end", ""),
    ("if-ar_gt_1,w-300,if-else,h-300,if-end", "if-ar_gt_1,w-320,if-else,h-320,if-end", "300->320, 300->320"),
    ("bl-5", "bl-5", ""),
    ("orig-true", "orig-true", ""),
]


@pytest.mark.parametrize(("asked", "given", "told"), SNAPPED, ids=[row[0] for row in SNAPPED])
def test_sizes_become_those_of_the_ladder(asked: str, given: str, told: str) -> None:
    plan, changes = snapped(read_plan(asked).plan, LADDER)

    assert (str(plan), ", ".join(changes)) == (str(read_plan(given).plan), told)


ladders = st.sets(st.integers(1, 8192), min_size=1, max_size=12).map(lambda steps: tuple(sorted(steps)))


@given(plans(), ladders)
def test_a_second_climb_changes_nothing(plan: Plan, ladder: tuple[int, ...]) -> None:
    once, _ = snapped(plan, ladder)

    assert snapped(once, ladder) == (once, ())


@given(plans(), ladders)
def test_what_is_snapped_is_still_the_plan_of_its_own_text(plan: Plan, ladder: tuple[int, ...]) -> None:
    once, _ = snapped(plan, ladder)

    assert read_plan(str(once)).plan == once


@given(st.integers(1, 6000), st.integers(1, 6000), ladders)
def test_a_frame_keeps_its_shape_and_is_never_smaller_but_above_the_top(
    width: int, height: int, ladder: tuple[int, ...]
) -> None:
    new_width, new_height = sides_of(snapped(read_plan(f"w-{width},h-{height}").plan, ladder)[0])

    across, down = new_width - new_height * Fraction(width, height), new_height - new_width * Fraction(height, width)
    assert min(abs(across), abs(down)) <= 1
    assert max(new_width, new_height) <= ladder[-1]
    if max(width, height) <= ladder[-1]:
        assert new_width >= width
        assert new_height >= height


@given(st.sampled_from("wh"), st.integers(1, 65535), ladders)
def test_a_side_alone_becomes_the_next_step(key: str, side: int, ladder: tuple[int, ...]) -> None:
    plan, _ = snapped(read_plan(f"{key}-{side}").plan, ladder)

    assert plan == read_plan(f"{key}-{ladder[min(bisect_left(ladder, side), len(ladder) - 1)]}").plan


def test_random_sizes_are_few_pictures() -> None:
    widths = {str(snapped(read_plan(f"w-{width}").plan, LADDER)[0]) for width in range(1, 5000)}

    assert len(widths) == len(LADDER)


def sides_of(plan: Plan) -> tuple[Fraction, Fraction]:
    [step] = plan.steps
    assert isinstance(step, Step)
    sides = pixel_sides(step.frame)
    assert sides is not None
    assert sides[0] is not None
    assert sides[1] is not None
    return sides[0], sides[1]


# -- who has to climb --


def endpoint(**more: object) -> Endpoint:
    abuse = AbuseSettings.model_validate({"width_ladder": LADDER})
    (made,) = Settings.model_validate({"akeneo": AKENEO, "abuse": abuse, **more}).all_endpoints
    return made


SIGNING = SigningSettings.model_validate({"private_key": "key"})
NAMES = {"thumb": "w-100", "dense": "w-100,dpr-auto"}


def plan_of(remainder: str, hints: Hints | None = None) -> str:
    url = read(endpoint(signing=SIGNING, named_transformations=NAMES), remainder, "", hints or Hints())
    return str(url.request.plan)


def test_who_signs_gets_every_size() -> None:
    assert "w-300" in plan_of(signed(f"tr:w-300/{PATH}", "key"))
    assert "w-320" in plan_of(f"tr:w-300/{PATH}")


def test_who_names_gets_every_size_that_the_viewer_has_no_part_in() -> None:
    assert "w-100" in plan_of(f"tr:n-thumb/{PATH}")
    assert "w-160" in plan_of(f"tr:n-thumb,h-50/{PATH}")
    assert "w-160" in plan_of(f"tr:n-dense/{PATH}", Hints(dpr=1.234))


def test_a_forged_signature_opens_nothing_even_to_who_is_trusted() -> None:
    forged = f"tr:w-300/{PATH}?ik-s=0"

    with pytest.raises(SignatureRefused):
        plan_of(forged)
    trusted = read(endpoint(signing=SIGNING), forged, "", trusted=True)
    assert "w-320" in str(trusted.request.plan)


def test_the_operator_sees_what_viewers_get() -> None:
    required = SigningSettings.model_validate({"private_key": "key", "required": True})

    url = read(endpoint(), f"tr:w-300/{PATH}", "", trusted=True)
    good = read(endpoint(signing=required), signed(f"tr:w-300/{PATH}", "key"), "", trusted=True)

    assert url.snapped == ("300->320",)
    assert good.snapped == ()
