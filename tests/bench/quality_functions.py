"""The usual test functions of 2 to 20 real parameters, each with its known minimum.

Where the minimum is at the centre, which many tools try first, the function is
moved by a different random step for each seed, up to 0.3 of the range a dimension.
"""
import math

import numpy as np

from quality_space import real


def branin(x):
    a, b = x
    return ((b - 5.1 / (4 * math.pi ** 2) * a * a + 5 / math.pi * a - 6) ** 2
            + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


HARTMANN_A = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
                       [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
HARTMANN_P = 1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886],
                              [2329, 4135, 8307, 3736, 1004, 9991],
                              [2348, 1451, 3522, 2883, 3047, 6650],
                              [4047, 8828, 8732, 5743, 1091, 381]])
HARTMANN_WEIGHT = np.array([1.0, 1.2, 3.0, 3.2])


def hartmann(x):
    return -float(HARTMANN_WEIGHT @ np.exp(-(HARTMANN_A * (x - HARTMANN_P) ** 2).sum(axis=1)))


def ackley(x):
    return float(-20 * np.exp(-0.2 * np.sqrt(np.mean(x * x)))
                 - np.exp(np.mean(np.cos(2 * math.pi * x))) + 20 + math.e)


def rosenbrock(x):
    return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


def levy(x):
    w = 1 + (x - 1) / 4
    return float(math.sin(math.pi * w[0]) ** 2
                 + np.sum((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(math.pi * w[:-1] + 1) ** 2))
                 + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2))


def styblinski(x):
    return float(np.sum(x ** 4 - 16 * x * x + 5 * x) / 2)


def goldstein(x):
    a, b = x
    return ((1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b))
            * (30 + (2 * a - 3 * b) ** 2
               * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b)))


def michalewicz(x):
    return -float(np.sum(np.sin(x)
                         * np.sin(np.arange(1, len(x) + 1) * x * x / math.pi) ** 20))


def griewank(x):
    return float(np.sum(x * x) / 4000
                 - np.prod(np.cos(x / np.sqrt(np.arange(1, len(x) + 1)))) + 1)


# name: (function, ranges, minimum, whether it is moved)
FUNCTIONS = {
    "branin": (branin, [(-5, 10), (0, 15)], 0.39788735772973816, False),
    "goldstein": (goldstein, [(-2, 2)] * 2, 3.0, False),
    "michalewicz4": (michalewicz, [(0, math.pi)] * 4, -3.698857098466, False),
    "rosenbrock4": (rosenbrock, [(-5, 10)] * 4, 0.0, False),
    "ackley5": (ackley, [(-32.768, 32.768)] * 5, 0.0, True),
    "styblinski5": (styblinski, [(-5, 5)] * 5, -195.83082851885773, False),
    "hartmann6": (hartmann, [(0, 1)] * 6, -3.322368011415515, False),
    "griewank6": (griewank, [(-600, 600)] * 6, 0.0, True),
    "levy8": (levy, [(-10, 10)] * 8, 0.0, True),
    "levy20": (levy, [(-10, 10)] * 20, 0.0, True),
}


def make(name, rng):
    """The space, the function of a point, and its minimum."""
    function, ranges, minimum, moved = FUNCTIONS[name]
    space = [real(f"x{i}", low, high) for i, (low, high) in enumerate(ranges)]
    width = np.array([high - low for low, high in ranges])
    step = rng.uniform(-0.3, 0.3, len(ranges)) * width if moved else 0 * width

    def value(point):
        return function(np.array([point[param.name] for param in space]) - step)

    return space, value, minimum
