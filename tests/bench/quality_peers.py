"""The peers, each as its own documentation has it: ask() returns a point, tell() takes
its value, recommend() is the point it would give to its user."""
import logging
import math
import tempfile
import warnings

from quality_space import active_part, is_mixed, random_point

warnings.filterwarnings("ignore")

PLAIN = {"float": float, "int": int, "choice": str}  # what libraries wrap in types of theirs


class Peer:
    """Recommends the best value seen, as most do."""

    def __init__(self, space):
        self.space, self.best, self.best_value = space, None, math.inf

    def note(self, point, value):
        if value < self.best_value:
            self.best, self.best_value = point, value

    def recommend(self):
        return self.best

    def close(self):
        pass


class Random(Peer):
    def __init__(self, space, seed, trials, exact):
        import numpy as np
        super().__init__(space)
        self.rng = np.random.default_rng(seed)

    def ask(self):
        self.point = random_point(self.space, self.rng)
        return self.point

    def tell(self, value):
        self.note(self.point, value)


class Optuna(Peer):
    """Branches by define-by-run. Keeps its trials in memory unless it is given a storage."""

    def __init__(self, space, sampler, storage=None):
        import optuna
        super().__init__(space)
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.study = optuna.create_study(sampler=sampler, storage=storage)

    def ask(self):
        self.trial, point = self.study.ask(), {}
        for p in self.space:
            if p.when and point.get(p.when[0]) not in p.when[1]:
                continue
            if p.kind == "choice":
                point[p.name] = self.trial.suggest_categorical(p.name, p.choices)
            elif p.kind == "int":
                point[p.name] = self.trial.suggest_int(p.name, p.low, p.high, log=p.log)
            else:
                point[p.name] = self.trial.suggest_float(p.name, p.low, p.high, log=p.log)
        self.point = point
        return point

    def tell(self, value):
        self.study.tell(self.trial, value)
        self.note(self.point, value)


def optuna_tpe(space, seed, trials, exact, storage=None):
    import optuna
    return Optuna(space, optuna.samplers.TPESampler(multivariate=True, group=True, seed=seed),
                  storage)


def optuna_gp(space, seed, trials, exact, storage=None):
    """It is told when the values are without noise."""
    import optuna
    return Optuna(space, optuna.samplers.GPSampler(seed=seed, deterministic_objective=exact),
                  storage)


class Skopt(Peer):
    """Knows no branches: a flat space, of which the active part is evaluated."""

    def __init__(self, space, seed, trials, exact):
        from skopt import Optimizer
        from skopt.space import Categorical, Integer, Real
        super().__init__(space)
        kinds = {"float": Real, "int": Integer}
        dimensions = [
            Categorical(p.choices, name=p.name) if p.kind == "choice" else
            kinds[p.kind](p.low, p.high, prior="log-uniform" if p.log else "uniform", name=p.name)
            for p in space]
        self.optimizer = Optimizer(dimensions, base_estimator="GP", random_state=seed)

    def ask(self):
        self.x = self.optimizer.ask()
        flat = {p.name: PLAIN[p.kind](x) for p, x in zip(self.space, self.x)}
        self.point = active_part(self.space, flat)
        return self.point

    def tell(self, value):
        self.optimizer.tell(self.x, value)
        self.note(self.point, value)


class Smac(Peer):
    """The facade for blackbox functions, that for hyperparameters when the space is
    mixed; what it recommends is its incumbent, which with noise it evaluates again.
    `first` is how many points it spreads before it asks its model."""

    def __init__(self, space, seed, trials, exact, first=None):
        import smac
        from ConfigSpace import (CategoricalHyperparameter, ConfigurationSpace, InCondition,
                                 UniformFloatHyperparameter, UniformIntegerHyperparameter)
        from quality_smac import make_fast
        super().__init__(space)
        make_fast()
        self.folder = tempfile.TemporaryDirectory(prefix="hone-bench-smac-")
        kinds = {"float": UniformFloatHyperparameter, "int": UniformIntegerHyperparameter}
        self.configs = configs = ConfigurationSpace(seed=seed)
        made = {p.name: CategoricalHyperparameter(p.name, p.choices) if p.kind == "choice" else
                kinds[p.kind](p.name, lower=p.low, upper=p.high, log=p.log) for p in space}
        configs.add(*made.values())
        for p in space:
            if p.when:
                configs.add(InCondition(made[p.name], made[p.when[0]], list(p.when[1])))
        scenario = smac.Scenario(configs, n_trials=trials, deterministic=exact, seed=seed,
                                 output_directory=self.folder.name)
        facade = (smac.HyperparameterOptimizationFacade if is_mixed(space)
                  else smac.BlackBoxFacade)
        more = {"initial_design": facade.get_initial_design(scenario, n_configs=first)} \
            if first else {}
        self.facade = facade(scenario, lambda config, seed=0: 0.0, overwrite=True,
                             logging_level=logging.CRITICAL, **more)

    def ask(self):
        self.info = self.facade.ask()
        self.point = self.as_point(self.info.config)
        return self.point

    def as_point(self, config):
        return {p.name: PLAIN[p.kind](config[p.name]) for p in self.space if p.name in config}

    def tell(self, value):
        from smac.runhistory.dataclasses import TrialValue
        self.facade.tell(self.info, TrialValue(cost=value))
        self.note(self.point, value)

    def recommend(self):
        incumbent = self.facade.intensifier.get_incumbents()
        return self.as_point(incumbent[0]) if incumbent else self.best

    def close(self):
        self.folder.cleanup()


class Hebo(Peer):
    """Knows no branches: a flat space, of which the active part is evaluated."""

    def __init__(self, space, seed, trials, exact):
        import numpy as np
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO
        from quality_nsga import make_fast
        super().__init__(space)
        make_fast()
        np.random.seed(seed)
        torch.manual_seed(seed)
        kinds = {("float", False): "num", ("float", True): "pow",
                 ("int", False): "int", ("int", True): "pow_int"}
        rows = [{"name": p.name, "type": "cat", "categories": list(p.choices)}
                if p.kind == "choice" else
                {"name": p.name, "type": kinds[p.kind, p.log], "lb": p.low, "ub": p.high}
                for p in space]
        self.optimizer = HEBO(DesignSpace().parse(rows), scramble_seed=seed)

    def ask(self):
        self.row = self.optimizer.suggest(n_suggestions=1)
        flat = {p.name: PLAIN[p.kind](self.row[p.name].iloc[0]) for p in self.space}
        self.point = active_part(self.space, flat)
        return self.point

    def tell(self, value):
        import numpy as np
        self.optimizer.observe(self.row, np.array([[value]]))
        self.note(self.point, value)


def botorch(space, seed, trials, exact):
    from quality_botorch import BoTorch
    return BoTorch(space, seed, trials, exact)


PEERS = {"random": Random, "optuna-tpe": optuna_tpe, "optuna-gp": optuna_gp, "smac": Smac,
         "skopt": Skopt, "botorch": botorch, "hebo": Hebo}
