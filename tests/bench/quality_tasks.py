"""Real tuning: scikit-learn models under 5-fold cross-validation on the data sets it
comes with. The seed decides the split. The true value of a point is its mean over
other splits, the same for all, which nobody searches on.
"""
import warnings
from functools import lru_cache

import numpy as np
from sklearn import datasets, linear_model, neighbors, svm
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import log_loss, root_mean_squared_error, zero_one_loss
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

from quality_space import choice, real, whole

FOLDS = 5
TRUTH_SPLITS = range(1000, 1008)
WORST = {"error": 1.0, "log_loss": 30.0, "rmse": 1000.0}
SCALERS = {"none": "passthrough", "standard": StandardScaler(), "range": MinMaxScaler()}
warnings.filterwarnings("ignore")


def only(point, *names, **renamed):
    """The active ones of these parameters, as keywords of a model."""
    found = {name: point[name] for name in names if name in point}
    return found | {new: point[old] for new, old in renamed.items() if old in point}


def svc(p, state):
    return make_pipeline(SCALERS[p["scaler"]],
                         svm.SVC(random_state=state, **only(p, "kernel", "C", "gamma", "degree")))


SVC = [choice("scaler", "none", "standard", "range"), choice("kernel", "linear", "rbf", "poly"),
       real("C", 1e-3, 1e3, log=True),
       real("gamma", 1e-6, 10, log=True, when=("kernel", ("rbf", "poly"))),
       whole("degree", 2, 5, when=("kernel", ("poly",)))]


def sgd(p, state):
    return make_pipeline(StandardScaler(), linear_model.SGDClassifier(
        loss="log_loss", max_iter=p["epochs"], tol=None, random_state=state,
        average=p["average"] == "on", learning_rate=p["schedule"],
        **only(p, "alpha", "penalty", "l1_ratio", "eta0")))


SGD = [real("alpha", 1e-7, 1e-1, log=True), choice("penalty", "l2", "l1", "elasticnet"),
       real("l1_ratio", 0, 1, when=("penalty", ("elasticnet",))),
       choice("schedule", "optimal", "constant", "invscaling"),
       real("eta0", 1e-4, 10, log=True, when=("schedule", ("constant", "invscaling"))),
       whole("epochs", 2, 60, log=True), choice("average", "on", "off")]


def boost(p, state):
    return GradientBoostingRegressor(
        random_state=state, n_estimators=p["rounds"], learning_rate=p["rate"],
        **only(p, "max_features", max_depth="depth", subsample="rows", min_samples_leaf="leaf"))


BOOST = [real("rate", 0.01, 1, log=True), whole("rounds", 5, 80, log=True), whole("depth", 1, 6),
         real("rows", 0.3, 1), whole("leaf", 1, 32, log=True), real("max_features", 0.1, 1)]


def nearest(p, state):
    return make_pipeline(SCALERS[p["scaler"]],
                         PCA(p["components"], random_state=state) if "components" in p
                         else "passthrough",
                         neighbors.KNeighborsClassifier(**only(p, "weights", "metric",
                                                               n_neighbors="neighbours")))


NEAREST = [choice("scaler", "none", "standard", "range"), choice("reducer", "none", "pca"),
           whole("components", 2, 40, when=("reducer", ("pca",))),
           whole("neighbours", 1, 50, log=True), choice("weights", "uniform", "distance"),
           choice("metric", "manhattan", "euclidean", "cosine")]


def regression(p, state):
    models = {
        "ridge": lambda: linear_model.Ridge(alpha=p["ridge_alpha"]),
        "lasso": lambda: linear_model.Lasso(alpha=p["lasso_alpha"], max_iter=200),
        "kernel": lambda: KernelRidge(kernel="rbf", alpha=p["kernel_alpha"],
                                      gamma=p["kernel_gamma"]),
        "svr": lambda: svm.SVR(**only(p, C="svr_C", gamma="svr_gamma", epsilon="svr_epsilon")),
    }
    features = PolynomialFeatures(2, include_bias=False) if p["features"] == "products" \
        else "passthrough"
    return make_pipeline(StandardScaler(), features, StandardScaler(), models[p["model"]]())


REGRESSION = [
    choice("features", "plain", "products"), choice("model", "ridge", "lasso", "kernel", "svr"),
    real("ridge_alpha", 1e-3, 1e4, log=True, when=("model", ("ridge",))),
    real("lasso_alpha", 1e-2, 1e2, log=True, when=("model", ("lasso",))),
    real("kernel_alpha", 1e-4, 10, log=True, when=("model", ("kernel",))),
    real("kernel_gamma", 1e-5, 1, log=True, when=("model", ("kernel",))),
    real("svr_C", 1e-1, 1e4, log=True, when=("model", ("svr",))),
    real("svr_gamma", 1e-5, 1, log=True, when=("model", ("svr",))),
    real("svr_epsilon", 1e-1, 1e2, log=True, when=("model", ("svr",)))]


def mlp(p, state):
    return make_pipeline(StandardScaler(), MLPClassifier(
        hidden_layer_sizes=[p["units"]] * p["layers"], max_iter=15, tol=0, n_iter_no_change=100,
        random_state=state, learning_rate_init=p["rate"], batch_size=p["batch"],
        **only(p, "alpha", "activation", "solver", "momentum")))


MLP = [whole("units", 2, 64, log=True), whole("layers", 1, 3), real("rate", 1e-4, 1, log=True),
       real("alpha", 1e-6, 10, log=True), whole("batch", 8, 128, log=True),
       choice("activation", "relu", "tanh"), choice("solver", "adam", "sgd"),
       real("momentum", 0, 0.99, when=("solver", ("sgd",)))]


# name: (data set, rows, model, space, metric)
TASKS = {
    "svc-digits": ("digits", 300, svc, SVC, "error"),
    "sgd-cancer": ("breast_cancer", 569, sgd, SGD, "log_loss"),
    "boost-diabetes": ("diabetes", 300, boost, BOOST, "rmse"),
    "nearest-digits": ("digits", 400, nearest, NEAREST, "error"),
    "regression-diabetes": ("diabetes", 442, regression, REGRESSION, "rmse"),
    "mlp-wine": ("wine", 178, mlp, MLP, "log_loss"),
}


@lru_cache
def data_of(name, rows):
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    kept = np.sort(np.random.default_rng(0).permutation(len(y))[:rows])
    return x[kept], y[kept]


class Task:
    def __init__(self, name):
        data, rows, self.make, self.space, self.metric = TASKS[name]
        self.name = name
        self.x, self.y = data_of(data, rows)

    @lru_cache
    def splits(self, seed):
        kind = KFold if self.metric == "rmse" else StratifiedKFold
        return list(kind(FOLDS, shuffle=True, random_state=seed).split(self.x, self.y))

    def fold_value(self, point, split, fold):
        """Lower is better. A fit that fails or diverges counts as the worst."""
        train, test = self.splits(split)[fold]
        try:
            with np.errstate(all="ignore"):
                model = self.make(point, 0).fit(self.x[train], self.y[train])
                value = self.score(model, self.x[test], self.y[test])
        except ValueError:
            value = np.inf
        return float(min(value, WORST[self.metric])) if np.isfinite(value) else WORST[self.metric]

    def score(self, model, x, y):
        if self.metric == "error":
            return zero_one_loss(y, model.predict(x))
        if self.metric == "rmse":
            return root_mean_squared_error(y, model.predict(x))
        return log_loss(y, model.predict_proba(x), labels=np.unique(self.y))

    def value(self, point, splits):
        """The mean over all folds of these splits."""
        return float(np.mean([self.fold_value(point, split, fold)
                              for split in splits for fold in range(FOLDS)]))


task = lru_cache(Task)
