"""Raw steps -> plan: what each parameter means, and what is ignored, replaced or refused."""

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.reading import Reading, read_plan
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Color, Focus, Length

MEANINGS = {
    "": Plan(),
    "w-300": Plan((Step(Frame(Length(300))),)),
    "w-1": Plan((Step(Frame(Length(1))),)),
    "w-0.4": Plan((Step(Frame(Length(0.4, relative=True))),)),
    "h-300:rt-90": Plan((Step(Frame(height=Length(300))), Step(rotation=90))),
    "w-3,h-4,c-force": Plan((Step(Frame(Length(3), Length(4), crop=Crop.FORCE)),)),
    "w-3,h-4,cm-force": Plan((Step(Frame(Length(3), Length(4), crop=Crop.FORCE)),)),
    "w-3,h-4,c-pad_resize,fo-left": Plan((Step(Frame(Length(3), Length(4), crop=Crop.PAD_RESIZE, focus=Focus.LEFT)),)),
    "rt-N90": Plan((Step(rotation=270),)),
    "bg-red": Plan((Step(background=Color(255, 0, 0)),)),
    "rt-auto": Plan(orient=True),
    "w-5:rt-auto": Plan((Step(Frame(Length(5))),), orient=True),
    "f-jpeg": Plan(output=Output(OutputFormat.JPEG)),
    "f-orig": Plan(output=Output(OutputFormat.SAME)),
    "f-svg": Plan(output=Output(OutputFormat.SVG)),
    "f-auto": Plan(output=Output(OutputFormat.AUTO)),
    "q-70": Plan(output=Output(quality=70)),
    "q-auto": Plan(),
    "q-70:q-auto": Plan(),
    "pr-true,lo-true": Plan(output=Output(progressive=True, lossless=True)),
    "pr-false,lo-false,cp-false,md-false": Plan(),
    "cp-true": Plan(output=Output(keep_profile=True)),
    "md-true": Plan(output=Output(keep_profile=True, keep_metadata=True)),
    "md-true,cp-false": Plan(output=Output(keep_profile=True, keep_metadata=True)),
    "orig-true": Plan(original=True),
    "orig-true,w-300": Plan(original=True),
    "w-abc,n-x:orig-true": Plan(original=True),
    "orig-false,w-5": Plan((Step(Frame(Length(5))),)),
}


@pytest.mark.parametrize("text", MEANINGS)
def test_a_transformation_means_a_plan(text: str) -> None:
    assert read_plan(text) == Reading(MEANINGS[text])


EQUALS = {
    "w-3,w-5": "w-5",
    "rt-auto,rt-90": "rt-90",
    "rt-90,rt-auto": "rt-auto",
    "cm-pad_resize,c-force,w-3,h-4": "w-3,h-4,cm-pad_resize",
    "c-force,c-at_max,w-3,h-4": "w-3,h-4,c-at_max",
    "f-png,w-5:h-5": "w-5:h-5,f-png",
    "f-png:f-webp:w-3": "w-3,f-webp",
    "q-50:w-5:q-60,cp-true": "w-5,q-60,cp-true",
    "rt-360": "",
    "bg-white": "bg-FFFFFF",
    "w-300,h-200,rt-N0": "w-300,h-200",
    ":w-5::": "w-5",
}


@pytest.mark.parametrize("text", EQUALS)
def test_two_ways_of_saying_it_are_one_plan(text: str) -> None:
    assert read_plan(text) == read_plan(EQUALS[text])
    assert str(read_plan(text).plan) == EQUALS[text]


IGNORED = {
    "w-70000": "",
    "w-5,w-70000": "w-5",
    "w-auto": "",
    "w-100,dpr-auto": "w-100",
    "w-100,dpr-9": "w-100",
    "w-iw_div_2": "",
    "ar-iar_div_2,w-5": "w-5",
    "w-5,h-6,cm-extract,x-iw_mul_0.2": "w-5,h-6,cm-extract",
    "foo-bar": "",
    "flag": "",
    "W-300": "",
    "fl-h": "",
    "r-max": "",
    "bl-5": "",
    "t-true": "",
    "e-grayscale": "",
    "e-sharpen-900": "",
    "dn-300": "",
    "di-media-files@@a.png": "",
    "z-2": "",
    "l-text,i-hello,fs-40,l-end:w-250": "w-250",
    "w-300,l-image,i-logo.png,w-100,l-end": "w-300",
    "l-image,i-a.png,e-upscale,l-end,w-5": "w-5",
    "if-ar_gt_1,w-200,if-else,w-300,if-end:rt-90": "rt-90",
}


@pytest.mark.parametrize("text", IGNORED)
def test_what_has_no_effect_is_ignored_and_noted(text: str) -> None:
    reading = read_plan(text)

    assert str(reading.plan) == IGNORED[text]
    assert len(reading.ignored) == 1
    assert reading.ignored[0] in text
    assert reading.fallbacks == ()


FALLBACKS = {
    "fo-auto,w-3,h-4": "w-3,h-4",
    "w-3,h-4,fo-left,fo-cellPhone": "w-3,h-4",
    "bg-blurred,w-3,h-4,cm-pad_resize": "w-3,h-4,cm-pad_resize",
    "bg-red,bg-dominant": "",
}


@pytest.mark.parametrize("text", FALLBACKS)
def test_what_needs_more_than_we_have_gets_a_stand_in_and_is_noted(text: str) -> None:
    reading = read_plan(text)

    assert str(reading.plan) == FALLBACKS[text]
    assert len(reading.fallbacks) == 1
    assert reading.ignored == ()


REFUSED = {
    "n-unknown": "name",
    "w-5,n-": "name",
    "e-upscale": "AI model",
    "e-bgremove": "AI model",
    "e-dropshadow-az-10_el-5": "AI model",
    "e-changebg-prompt-snow": "AI model",
    "e-edit-prompt-snow": "AI model",
    "bg-genfill": "AI model",
    "bg-genfill-prompt-sky": "AI model",
    "oi-logo.png": "layer",
    "ot-hello,otc-red": "layer",
    "obg-FF0000": "layer",
    "h-100,if-w_gt_5,w-50,if-end": "alone",
    "if-w_gt_5,w-50,if-end,bl-10": "alone",
    "if-w_gt_5,w-50,if-end,if-w_gt_5,w-50,if-end": "alone",
    "w-bw_div_2": "pixels",
    "fo-dragon": "center",
    "c-squeeze": "maintain_ratio",
    "f-tiff": "webp",
    "bg-FFF": "RRGGBB",
    "rt--90": "N90",
    "x--5": "whole number",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_or_not_offered_is_refused_with_a_word_why(text: str) -> None:
    with pytest.raises(InvalidTransformation) as caught:
        read_plan(text)

    assert caught.value.part in text
    assert REFUSED[text] in caught.value.expected


def test_the_path_comes_before_the_query() -> None:
    assert str(read_plan("w-300", "rt-90").plan) == "w-300:rt-90"
