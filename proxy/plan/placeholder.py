"""The placeholder of a picture: what is drawn to look at, in place of the picture itself."""

from dataclasses import replace

from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length

SIDE = 32  # of what is looked at: ThumbHash tells seven waves of it, BlurHash four
LOOK = Step(frame=Frame(Length(SIDE), Length(SIDE), crop=Crop.AT_MAX))


def placeholder_of(plan: Plan) -> Plan:
    """What is to be known of the picture that a complete plan gives. The file as it is stored is seen upright.

    Of the output only the density counts: what has no pixels of its own takes its size from it. No frames of PNG move.
    """
    output = Output(format=OutputFormat.PNG, density=plan.output.density)
    if plan.original:
        return Plan((LOOK,), output, orient=True, placeholder=True)
    return replace(plan, steps=(*plan.steps, LOOK), output=output, placeholder=True)
