"""The search over a model in which HEBO spends most of its time: NSGA-II over mixed variables as
its library pymoo has it (Deb et al. 2002), with a population of arrays instead of Python objects.
The same random numbers are drawn in the same order, and the same points proposed.
"""
import math
from types import SimpleNamespace

import numpy as np
import torch
from pymoo.algorithms.moo.nsga2 import calc_crowding_distance
from pymoo.core.variable import Choice, Integer, Real
from pymoo.operators.crossover.sbx import SBX
from pymoo.operators.crossover.ux import UX
from pymoo.operators.mutation.pm import PM
from pymoo.operators.mutation.rm import ChoiceRandomMutation
from pymoo.util.randomized_argsort import randomized_argsort

MOST_MATINGS = 100  # a generation
CROSSOVERS = {Real: SBX(), Integer: SBX(), Choice: UX()}
MUTATIONS = {Real: PM(), Integer: PM(), Choice: ChoiceRandomMutation()}


def groups_of(variables):
    """Variables that are mated together: all reals, all integers, each choice alone."""
    kinds = {}
    for column, variable in enumerate(variables.values()):
        kinds.setdefault(type(variable), []).append(column)
    known = list(variables.values())
    for kind, columns in kinds.items():
        for some in ([[column] for column in columns] if kind is Choice else [columns]):
            group = SimpleNamespace(kind=kind, columns=some, vars=[known[i] for i in some],
                                    n_var=len(some))
            if kind is not Choice:
                group.xl, group.xu = np.array([known[i].bounds for i in some]).T
            yield group


def cross(group, parents):
    """(2, matings, variables) to as many children, those of the first parents first."""
    operator = CROSSOVERS[group.kind]
    chosen = np.random.random(parents.shape[1]) < operator.prob.value
    children = parents.copy()
    if chosen.any():
        children[:, chosen] = operator._do(group, parents)[:, chosen]
    return children.reshape(-1, group.n_var)


def mutate(group, children):
    operator = MUTATIONS[group.kind]
    changed = operator._do(group, children.copy())
    chosen = np.random.random(len(children)) <= operator.prob.value
    return np.where(chosen[:, None], changed, children)


def mate(x, groups, n):
    pairs = math.ceil(n / 2)
    rounds = [np.random.permutation(len(x)) for _ in range(math.ceil(2 * pairs / len(x)))]
    parents = x[np.concatenate(rounds)[:2 * pairs].reshape(pairs, 2)].swapaxes(0, 1)
    children = np.empty((n, x.shape[1]))
    for group in groups:
        whole = np.around if group.kind is Integer else np.asarray
        made = whole(cross(group, parents[:, :, group.columns]))
        children[:, group.columns] = whole(mutate(group, made))[:n]
    return children


def new_ones(x, *others):
    """Those that are equal to no later one, and to none of the others."""
    known = {row for other in others for row in map(tuple, other.tolist())}
    kept = []
    for i, row in reversed(list(enumerate(map(tuple, x.tolist())))):
        if row not in known:
            kept.append(i)
            known.add(row)
    return x[kept[::-1]]


def offspring(x, groups, n):
    made = x[:0]
    for _ in range(MOST_MATINGS):
        made = np.concatenate([made, new_ones(mate(x, groups, n - len(made)), x, made)])
        if len(made) == n:
            break
    return made


def fronts_of(f):
    """The points of a front come as their last dominator does."""
    less = np.logical_or.reduce([goal[:, None] < goal for goal in f.T])
    dominates = less & ~less.T
    dominators = dominates.sum(axis=0)
    front = np.flatnonzero(dominators == 0)
    while len(front) > 0:
        yield front
        below = dominates[front]
        dominators = dominators - below.sum(axis=0)
        freed = np.flatnonzero(below.any(axis=0) & (dominators == 0))
        last = len(front) - 1 - below[::-1, freed].argmax(axis=0)
        front = freed[np.argsort(last, kind="stable")]


def survivors(f, n):
    """Their places, and how many of them are of the first front."""
    kept, first = np.empty(0, int), None
    for front in fronts_of(f):
        if len(kept) + len(front) > n:
            order = randomized_argsort(calc_crowding_distance(f[front]), order="descending")
            front = front[order[:n - len(kept)]]
        first = len(front) if first is None else first
        kept = np.concatenate([kept, front])
        if len(kept) >= n:
            break
    return kept, first


def optimize(self, initial_suggest=None, fix_input=None):
    """EvolutionOpt.optimize of several objectives without fixed inputs: HEBO's default."""
    from hebo.acq_optimizers.evolution_optimizer import get_init_pop, space_to_pymoo_vars
    names, numeric = self.space.para_names, self.space.num_numeric
    groups = list(groups_of(space_to_pymoo_vars(self.space)))

    def values(x):
        columns = list(x.T)
        as_rows = lambda tensor: tensor.t().reshape(len(x), -1)
        with torch.no_grad():
            return self.acq(as_rows(torch.FloatTensor(np.array(columns[:numeric]))),
                            as_rows(torch.LongTensor(np.array(columns[numeric:], int)))).numpy()

    first = get_init_pop(self.space, self.pop, initial_suggest, self.sobol_init)
    x = new_ones(np.array([[one.X[name] for name in names] for one in first], float))
    f = values(x).astype(float)
    kept, leading = survivors(f, len(x))
    for _ in range(self.iter - 1):
        x, f = x[kept], f[kept]
        children = offspring(x, groups, self.pop)
        if len(children) > 0:
            x = np.concatenate([x, children])
            f = np.concatenate([f, values(children).astype(float)])
        kept, leading = survivors(f, self.pop)
        if len(children) == 0:
            break
    best = torch.from_numpy(x[kept[:leading]])
    return self.space.inverse_transform(best[:, :numeric], best[:, numeric:])


def make_fast():
    from hebo.acq_optimizers.evolution_optimizer import EvolutionOpt
    EvolutionOpt.optimize = optimize
