"""Raw steps -> plan: what each parameter means, and what is ignored, replaced or refused."""

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.reading import Reading, read_plan
from proxy.plan.effects import BlurredBackground, Border, DominantBackground, Flip, Radius
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Look, Step
from proxy.plan.values import Color, Focus, Length

MEANINGS = {
    "": Plan(),
    "w-300": Plan((Step(frame=Frame(Length(300))),)),
    "w-1": Plan((Step(frame=Frame(Length(1))),)),
    "w-0.4": Plan((Step(frame=Frame(Length(0.4, relative=True))),)),
    "h-300:rt-90": Plan((Step(frame=Frame(height=Length(300))), Step(rotation=90))),
    "w-3,h-4,c-force": Plan((Step(frame=Frame(Length(3), Length(4), crop=Crop.FORCE)),)),
    "w-3,h-4,cm-force": Plan((Step(frame=Frame(Length(3), Length(4), crop=Crop.FORCE)),)),
    "w-3,h-4,c-pad_resize,fo-left": Plan(
        (Step(frame=Frame(Length(3), Length(4), crop=Crop.PAD_RESIZE, focus=Focus.LEFT)),)
    ),
    "rt-N90": Plan((Step(rotation=270),)),
    "bg-red": Plan((Step(background=Color(255, 0, 0)),)),
    "rt-auto": Plan(orient=True),
    "w-5:rt-auto": Plan((Step(frame=Frame(Length(5))),), orient=True),
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
    "md-true": Plan(output=Output(keep_metadata=True)),
    "md-true,cp-false": Plan(output=Output(keep_metadata=True)),
    "md-true,cp-true": Plan(output=Output(keep_metadata=True)),
    "dn-300": Plan(output=Output(density=300)),
    "dn-idn_mul_2": Plan(output=Output(density=Expression("idn", (("mul", 2.0),)))),
    "pg-3": Plan(page=3),
    "w-iw_div_2": Plan((Step(frame=Frame(Expression("iw", (("div", 2.0),)))),)),
    "w-5,h-6,fo-auto": Plan((Step(frame=Frame(Length(5), Length(6), focus=Focus.AUTO)),)),
    "t-true": Plan((Step(trim=10),)),
    "t-35,t-false": Plan(),
    "fl-v_h": Plan((Step(flip=Flip.BOTH),)),
    "b-5_FFF000": Plan((Step(border=Border(5, Color(255, 240, 0))),)),
    "b-cw_mul_0.04_yellow": Plan((Step(border=Border(Expression("cw", (("mul", 0.04),)), Color(255, 255, 0))),)),
    "r-max": Plan((Step(radius=Radius(None)),)),
    "r-20": Plan((Step(radius=Radius((20, 20, 20, 20))),)),
    "o-40": Plan((Step(opacity=40),)),
    "o-40,o-100": Plan(),
    "bl-10,e-grayscale,e-sharpen": Plan((Step(look=Look(grayscale=True, sharpen=0.0, blur=10)),)),
    "w-3,h-4,cm-pad_resize,bg-blurred": Plan(
        (Step(frame=Frame(Length(3), Length(4), crop=Crop.PAD_RESIZE), background=BlurredBackground()),)
    ),
    "bg-red,bg-dominant": Plan((Step(background=DominantBackground()),)),
    "orig-true": Plan(original=True),
    "orig-true,w-300": Plan(original=True),
    "w-abc,n-x:orig-true": Plan(original=True),
    "orig-false,w-5": Plan((Step(frame=Frame(Length(5))),)),
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
    "bg-blurred": "",
    "w-5,h-6,cm-pad_resize,fo-auto": "w-5,h-6,cm-pad_resize",
    "w-iw_div_2,h-5,c-force,fo-left,x-5": "w-iw_div_2,h-5,c-force",
    "w-iw_div_2,dpr-2": "w-iw_div_2,dpr-2",
    "w-300,ar-iar_mul_2,dpr-2": "w-300,ar-iar_mul_2,dpr-2",
    "w-300,dpr-iw_div_500": "w-300,dpr-iw_div_500",
    "pg-2:w-5:rt-auto,pg-3": "rt-auto,pg-3:w-5",
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
    "foo-bar": "",
    "flag": "",
    "W-300": "",
    "z-2": "",
    "lx-5,w-5": "w-5",
    "l-image,i-a.png,q-50,l-end:w-5": "l-image,ie-YS5wbmc,t-10,l-end:w-5",
    "l-image,i-a.png,rt-auto,l-end": "l-image,ie-YS5wbmc,t-10,l-end",
    "l-image,i-a.png,dn-300,l-end": "l-image,ie-YS5wbmc,t-10,l-end",
    "w-3,h-4,fo-top,z-0.5": "w-3,h-4,fo-top",
    "l-image,i-a.png,z-2,l-end": "l-image,ie-YS5wbmc,t-10,l-end",
    "l-image,i-a.pdf,t-false:if-w_gt_5,pg-2,w-5,if-end,l-end": "l-image,ie-YS5wZGY,t-false:if-w_gt_5,w-5,if-end,l-end",
    "if-w_gt_5,pg-2,w-5,if-end": "if-w_gt_5,w-5,if-end",
}


@pytest.mark.parametrize("text", IGNORED)
def test_what_has_no_effect_is_ignored_and_noted(text: str) -> None:
    reading = read_plan(text)

    assert str(reading.plan) == IGNORED[text]
    assert len(reading.ignored) == 1
    assert reading.ignored[0].text in text
    assert reading.fallbacks == ()


FALLBACKS = {
    "fo-face,w-3,h-4": "w-3,h-4,fo-auto",
    "w-3,h-4,fo-left,fo-cellPhone": "w-3,h-4,fo-auto",
    "w-3,h-4,fo-left,fo-custom": "w-3,h-4",
    "pg-2-4": "pg-2",
    "pg-3-": "pg-3",
    "pg-4_1_2": "pg-4",
    'pg-name-"a"_"b"': "pg-1",
    "l-image,i-a.psd,pg-2-4,l-end": "l-image,ie-YS5wc2Q,pg-2,t-10,l-end",
    "l-image,i-a.psd,pg-name-x,l-end": "l-image,ie-YS5wc2Q,t-10,l-end",
}


@pytest.mark.parametrize("text", FALLBACKS)
def test_what_needs_more_than_we_have_gets_a_stand_in_and_is_noted(text: str) -> None:
    reading = read_plan(text)

    assert str(reading.plan) == FALLBACKS[text]
    assert [note.text in text and note.why != "" for note in reading.fallbacks] == [True]
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
    "if-w_gt_5,if-h_gt_5,w-5,if-end,if-end": "another",
    "if-w_gt_5,w-50,if-end,if-w_gt_5,w-50,if-end": "alone",
    "w-bw_div_2": "ch, cw, iar, ih, iw",
    "w-idn": "ch, cw, iar, ih, iw",
    "l-image,i-a.png,w-idn,l-end": "variables",
    "dn-iw": "variables that mean something here: idn",
    "dn-0": "1 to 1200",
    "dn-1201": "1 to 1200",
    "z-0": "above 0",
    "fo-face,z-N2": "above 0",
    "b-bw_red": "variables",
    "e-gradient-sp-bh_div_2": "variables",
    "w-5,l-image,i-a.png,e-upscale,l-end": "AI model",
    "di-": "path",
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


@pytest.mark.parametrize("text", ["di-media-files@@1@@a.png", "di-@@media-files@@1@@a.png"])
def test_a_default_image_is_a_path_beside_the_plan(text: str) -> None:
    assert read_plan(f"w-5,{text}") == Reading(read_plan("w-5").plan, default_image="media-files/1/a.png")
