"""BoTorch's loop as its documentation has it: a Gaussian process with the default priors
on the unit cube, LogEI where the values are exact and its noisy form where they are not."""
import math
import warnings

import torch
from botorch import fit_gpytorch_mll
from botorch.acquisition import LogExpectedImprovement
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.models import SingleTaskGP
from botorch.optim import optimize_acqf
from gpytorch.mlls import ExactMarginalLogLikelihood
from torch.quasirandom import SobolEngine

from quality_peers import Peer
from quality_space import active_part, from_unit

FIRST = 10
RESTARTS, RAW = 10, 512
warnings.filterwarnings("ignore")


def to_unit(p, value):
    """The middle of a whole number's share of [0, 1]."""
    low, high = (p.low - 0.5, p.high + 0.5) if p.kind == "int" else (p.low, p.high)
    if p.log:
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


class BoTorch(Peer):
    """Knows no branches: a flat space, of which the active part is evaluated. Choices
    are relaxed to a column a level, the largest of which is taken; whole numbers are
    relaxed and rounded. (Its search over mixed spaces took 13 s a point.)"""

    def __init__(self, space, seed, trials, exact):
        super().__init__(space)
        torch.manual_seed(seed)
        torch.set_default_dtype(torch.double)
        self.exact = exact
        self.columns = sum(len(p.choices) or 1 for p in space)
        self.first = SobolEngine(self.columns, scramble=True, seed=seed).draw(FIRST).double()
        self.bounds = torch.stack([torch.zeros(self.columns), torch.ones(self.columns)])
        self.x, self.y = torch.empty(0, self.columns), torch.empty(0, 1)

    def propose(self):
        model = SingleTaskGP(self.x, self.y)
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        if self.exact:
            gain = LogExpectedImprovement(model, best_f=self.y.max())
        else:
            gain = qLogNoisyExpectedImprovement(model, X_baseline=self.x)
        found, _ = optimize_acqf(gain, self.bounds, q=1, num_restarts=RESTARTS, raw_samples=RAW)
        return found[0].detach()

    def as_row(self, flat):
        row = []
        for p in self.space:
            if p.kind == "choice":
                row += [float(level == flat[p.name]) for level in p.choices]
            else:
                row.append(to_unit(p, flat[p.name]))
        return row

    def as_flat(self, row):
        flat, units = {}, iter(row.tolist())
        for p in self.space:
            if p.kind == "choice":
                shares = [next(units) for _ in p.choices]
                flat[p.name] = p.choices[shares.index(max(shares))]
            else:
                flat[p.name] = from_unit(p, next(units))
        return flat

    def ask(self):
        flat = self.as_flat(self.first[len(self.y)] if len(self.y) < FIRST else self.propose())
        self.row, self.point = torch.tensor([self.as_row(flat)]), active_part(self.space, flat)
        return self.point

    def tell(self, value):
        """Its models maximise."""
        self.x = torch.cat([self.x, self.row])
        self.y = torch.cat([self.y, torch.tensor([[-value]])])
        self.note(self.point, value)
