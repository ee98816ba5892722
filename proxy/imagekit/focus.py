"""Which part of a picture counts. Words that need a model to find their object fall back to the centre."""

from proxy.imagekit.values import Fallback, one_of
from proxy.plan.values import Focus

# The 80 classes of COCO, as ImageKit spells them.
OBJECTS = """
person bicycle car motorcycle airplane bus train truck boat trafficLight fireHydrant stopSign parkingMeter bench
bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis
snowboard sportsBall kite baseballBat baseballGlove skateboard surfboard tennisRacket bottle wineGlass cup fork
knife spoon bowl banana apple sandwich orange broccoli carrot hotDog pizza donut cake chair couch pottedPlant bed
diningTable toilet tv laptop mouse remote keyboard cellPhone microwave oven toaster sink refrigerator book clock
vase scissors teddyBear hairDrier toothbrush
"""

# `custom` is an area stored in ImageKit's own library, which Akeneo does not have.
FOUND_BY_OTHERS = {word: Fallback(Focus.CENTER) for word in ("custom", "auto", "face", *OBJECTS.split())}

focus = one_of({**{str(place): place for place in Focus}, **FOUND_BY_OTHERS})
