"""Gives a peer a history at once, as its own interface allows, so that one more ask can
be timed at any length of it."""


def fill_optuna(peer, points, values):
    import optuna
    from optuna.distributions import (CategoricalDistribution, FloatDistribution,
                                      IntDistribution)
    kinds = {"float": FloatDistribution, "int": IntDistribution}
    spread = {p.name: CategoricalDistribution(p.choices) if p.kind == "choice" else
              kinds[p.kind](p.low, p.high, log=p.log) for p in peer.space}
    peer.study.add_trials([
        optuna.trial.create_trial(params=point, distributions=spread, value=value)
        for point, value in zip(points, values)])


def fill_skopt(peer, points, values):
    peer.optimizer.tell([[point[p.name] for p in peer.space] for point in points], list(values))


def fill_smac(peer, points, values):
    from ConfigSpace import Configuration
    from smac.runhistory.dataclasses import TrialInfo, TrialValue
    for point, value in zip(points, values):
        config = Configuration(peer.configs, values=point)
        peer.facade.tell(TrialInfo(config, seed=0), TrialValue(cost=value),
                         save=False)


def fill_botorch(peer, points, values):
    import torch
    rows = [peer.as_row(point) for point in points]
    peer.x = torch.cat([peer.x, torch.tensor(rows)])
    peer.y = torch.cat([peer.y, -torch.tensor(values).reshape(-1, 1)])


def fill_hebo(peer, points, values):
    import numpy as np
    import pandas as pd
    peer.optimizer.observe(pd.DataFrame(points), np.array(values).reshape(-1, 1))


FILL = {"optuna-tpe": fill_optuna, "optuna-gp": fill_optuna, "skopt": fill_skopt,
        "smac": fill_smac, "botorch": fill_botorch, "hebo": fill_hebo}
