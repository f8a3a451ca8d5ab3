"""What SMAC spends most of its time on where it has a Gaussian process: the likelihood copies the
kernel, priors and all, for every value of the hyperparameters. scikit-learn can set them in the
kernel that is there. The same points are proposed."""
from functools import lru_cache, partial


@lru_cache
def make_fast():
    from smac.model.gaussian_process.gaussian_process import GaussianProcess
    make = GaussianProcess._get_gaussian_process

    def make_without_copies(self):
        process = make(self)
        process.log_marginal_likelihood = partial(process.log_marginal_likelihood,
                                                  clone_kernel=False)
        return process

    GaussianProcess._get_gaussian_process = make_without_copies
