"""An if-block taken apart: its condition and its two branches."""

from proxy.errors import InvalidTransformation
from proxy.imagekit.expressions import condition
from proxy.imagekit.syntax import Block, Item, Param, RawStep, shown
from proxy.imagekit.values import Unwelcome
from proxy.plan.steps import Comparison

CONDITION = "comparisons such as w_gt_300 or ar_lte_4-3, joined by _and_ and _or_"


def condition_of(block: Block) -> tuple[tuple[Comparison, ...], ...]:
    try:
        return condition(block.head.value)
    except Unwelcome:
        raise InvalidTransformation(shown(block.head.text), CONDITION) from None


def branches(block: Block) -> tuple[tuple[RawStep, ...], tuple[RawStep, ...]]:
    """What stands before `if-else`, and what behind; it may part a step in two."""
    then: list[RawStep] = []
    otherwise: list[RawStep] = []
    branch = then
    for step in block.steps:
        items: list[Item] = []
        for item in step:
            if not is_else(item):
                items.append(item)
                continue
            if branch is otherwise:
                raise InvalidTransformation(shown(block.text), "one if-else in an if-block")
            then.append(tuple(items))
            branch, items = otherwise, []
        branch.append(tuple(items))
    return tuple(filter(None, then)), tuple(filter(None, otherwise))


def is_else(item: Item) -> bool:
    return isinstance(item, Param) and (item.key, item.value) == ("if", "else")
