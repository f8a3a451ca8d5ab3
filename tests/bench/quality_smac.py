"""What SMAC spends most of its time on where parameters are floats: its Gaussian process copies the
kernel, priors and all, for every value of the hyperparameters, which scikit-learn can set in the
kernel that is there; its local search decodes a float of every neighbour, and looks at those of
other kinds alone. Without both, the same points are proposed."""
from functools import lru_cache, partial


def keep_kernels(process_type):
    make = process_type._get_gaussian_process

    def make_without_copies(self):
        process = make(self)
        process.log_marginal_likelihood = partial(process.log_marginal_likelihood,
                                                  clone_kernel=False)
        return process

    process_type._get_gaussian_process = make_without_copies


def leave_floats(search_type, point_type, float_type):
    search, value_of = search_type._search, point_type.__getitem__

    def needed_value(self, name):
        is_float = isinstance(self.config_space[name], float_type)
        return None if is_float else value_of(self, name)

    def search_with_needed_values(self, start_points):
        point_type.__getitem__ = needed_value
        try:
            return search(self, start_points)
        finally:
            point_type.__getitem__ = value_of

    search_type._search = search_with_needed_values


@lru_cache
def make_fast():
    from ConfigSpace import Configuration, UniformFloatHyperparameter
    from smac.acquisition.maximizer.local_search import LocalSearch
    from smac.model.gaussian_process.gaussian_process import GaussianProcess
    keep_kernels(GaussianProcess)
    leave_floats(LocalSearch, Configuration, UniformFloatHyperparameter)
