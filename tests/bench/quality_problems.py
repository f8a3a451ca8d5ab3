"""A problem: a space, its true values, the noise of what is observed, the scale of its regret."""
import zlib
from functools import lru_cache

import numpy as np

import quality_functions
import quality_surfaces
from quality_space import random_point

TRIALS = 60
AT = (30, 60)  # trials after which it is asked what a tool recommends
NAMES = [*quality_functions.FUNCTIONS, *quality_surfaces.SURFACES]


def generator(*words):
    return np.random.default_rng([zlib.crc32(str(word).encode()) for word in words])


class Problem:
    """One instance: the seed says which, and what noise trial t meets, whoever asks."""

    def __init__(self, name, seed):
        maker = quality_functions if name in quality_functions.FUNCTIONS else quality_surfaces
        self.name, self.seed = name, seed
        self.space, self.value, self.minimum = maker.make(name, generator("instance", name, seed))
        rng = generator("random points", name, seed)
        values = np.array([self.value(random_point(self.space, rng))
                           for _ in range(40 * TRIALS)])
        # Mean regret of the best of 60 random points; the spread of the better half.
        self.scale = float(values.reshape(40, TRIALS).min(axis=1).mean()) - self.minimum
        self.spread = float(np.std(np.sort(values)[:len(values) // 2]))

    def observed(self, point, trial, noise):
        draw = generator("noise", self.name, self.seed, trial).normal()
        return self.value(point) + noise * self.spread * draw

    def regret(self, point):
        return self.value(point) - self.minimum


@lru_cache(maxsize=4)
def problem(name, seed):
    return Problem(name, seed)
