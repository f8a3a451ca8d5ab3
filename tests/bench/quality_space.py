"""A search space as every tool can be told of it, and random points of it."""
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Param:
    name: str
    kind: str                # float, int or choice
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple = ()
    when: tuple = ()         # (the parent's name, the values that activate this one)


def real(name, low, high, log=False, when=()):
    return Param(name, "float", low, high, log, when=when)


def whole(name, low, high, log=False, when=()):
    return Param(name, "int", low, high, log, when=when)


def choice(name, *choices, when=()):
    return Param(name, "choice", choices=choices, when=when)


def is_active(param, point):
    """Whether `point`, which holds the active parameters before this one, has it."""
    return not param.when or point.get(param.when[0]) in param.when[1]


def active_part(space, flat):
    """A point of a flat space, without its inactive parameters. Parents come first."""
    point = {}
    for param in space:
        if is_active(param, point):
            point[param.name] = flat[param.name]
    return point


def is_mixed(space):
    return any(param.kind != "float" for param in space)


def from_unit(param, unit):
    """The value at a place in [0, 1), whole numbers and choices by equal shares."""
    if param.kind == "choice":
        return param.choices[min(int(unit * len(param.choices)), len(param.choices) - 1)]
    low, high = param.low, param.high
    if param.kind == "int":
        low, high = low - 0.5, high + 0.5
    if param.log:
        value = math.exp(math.log(low) + unit * (math.log(high) - math.log(low)))
    else:
        value = low + unit * (high - low)
    if param.kind == "int":
        return int(min(max(round(value), param.low), param.high))
    return min(max(value, param.low), param.high)


def random_point(space, rng):
    units = rng.random(len(space))
    flat = {param.name: from_unit(param, unit) for param, unit in zip(space, units)}
    return active_part(space, flat)
