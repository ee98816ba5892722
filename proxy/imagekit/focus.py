"""Which part of a picture counts. Words that need a model to find their object get a stand-in."""

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

# `custom` is an area stored in ImageKit's own library, which Akeneo does not have. Faces and objects need a model;
# where a picture has most to show is the nearest that we can tell.
NO_AREA = "Akeneo stores no area with a picture; the centre is taken"
NO_MODEL = "faces and objects are not looked for; fo-auto is taken"
FOUND_BY_OTHERS = {"custom": Fallback(Focus.CENTER, NO_AREA)}
FOUND_BY_OTHERS |= {word: Fallback(Focus.AUTO, NO_MODEL) for word in ("face", *OBJECTS.split())}
PLACES = {str(place): place for place in Focus if place is not Focus.AUTO}

focus = one_of({**PLACES, "auto": Focus.AUTO, **FOUND_BY_OTHERS})
position = one_of(PLACES)
