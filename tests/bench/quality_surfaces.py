"""Made-up tuning surfaces: categories, whole numbers, log scales, plateaus, cliffs
of divergence, branches with parameters of their own.

Each seed draws another instance: where the best values lie, and which branch is the
best. Every term is zero or more and all are zero at one point, so that the minimum
is the constant that is added.
"""
import math

from quality_space import choice, real, whole


def plateau(q, height):
    """About q when small, flat at `height` when large."""
    return height * q / (height + q)


def offsets(rng, names, values):
    return dict(zip(names, rng.permutation(values)))


def log2_ratio(value, best):
    return math.log2(value / best)


def sgd(rng):
    """A network by gradient descent: the best rate follows optimizer, momentum and
    batch; above ten times that it diverges."""
    space = [
        real("rate", 1e-5, 1, log=True), choice("optimizer", "sgd", "momentum", "adam"),
        real("momentum", 0.5, 0.99, when=("optimizer", ("momentum",))),
        whole("batch", 8, 256, log=True), real("decay", 1e-7, 1e-1, log=True),
        whole("units", 16, 512, log=True), choice("activation", "relu", "tanh", "elu"),
    ]
    best_rate = {"sgd": rng.uniform(-1.5, -0.7), "adam": rng.uniform(-3.3, -2.3)}
    best_rate["momentum"] = best_rate["sgd"]
    optimizer = offsets(rng, ("sgd", "momentum", "adam"), (0, 0.03, 0.12))
    activation = offsets(rng, ("relu", "tanh", "elu"), (0, 0.02, 0.05))
    momentum, batch = rng.uniform(0.75, 0.95), int(rng.integers(16, 97))
    decay, units = rng.uniform(-5, -3), int(rng.integers(48, 385))

    def value(p):
        loss = 0.08 + optimizer[p["optimizer"]] + activation[p["activation"]]
        rate = math.log10(p["rate"]) - 0.5 * math.log10(p["batch"] / batch)
        if p["optimizer"] == "momentum":
            rate -= math.log10(1 - p["momentum"])
            loss += 0.6 * (p["momentum"] - momentum) ** 2
        off = rate - best_rate[p["optimizer"]]
        if off > 1:
            return loss + 2.3 + 10 ** min(3 * (off - 1), 4)
        log_decay = math.log10(p["decay"])
        loss += plateau(0.35 * off * off, 0.9)
        loss += 0.05 * max(0, log_decay - decay) ** 2 + 0.01 * max(0, decay - 1.5 - log_decay) ** 2
        loss += 0.012 * log2_ratio(p["units"], units) ** 2
        return loss + 0.004 * log2_ratio(p["batch"], batch) ** 2

    return space, value, 0.08


def svm(rng):
    """A support vector machine: a ridge along C * gamma, chance level beyond it."""
    curved = ("rbf", "poly", "sigmoid")
    space = [
        choice("kernel", "linear", *curved), real("C", 1e-3, 1e4, log=True),
        real("gamma", 1e-6, 10, log=True, when=("kernel", curved)),
        whole("degree", 2, 6, when=("kernel", ("poly",))),
        real("coef0", 0, 2, when=("kernel", ("poly", "sigmoid"))),
        choice("class_weight", "none", "balanced"), choice("scale", "none", "unit", "range"),
    ]
    kernel = offsets(rng, ("linear", *curved), (0, 0.02, 0.06, 0.1))
    weight = offsets(rng, ("none", "balanced"), (0, 0.01))
    scale = offsets(rng, ("none", "unit", "range"), (0, 0.015, 0.08))
    best_c, best_gamma = rng.uniform(-0.5, 2), rng.uniform(-4, -1.5)
    degree, coef0 = int(rng.integers(2, 5)), rng.uniform(0.3, 1.7)

    def value(p):
        loss = 0.03 + kernel[p["kernel"]] + weight[p["class_weight"]] + scale[p["scale"]]
        c = math.log10(p["C"]) - best_c
        if p["kernel"] == "linear":
            return loss + plateau(0.04 * c * c, 0.3)
        gamma = math.log10(p["gamma"]) - best_gamma
        if gamma > 2:
            return 0.7
        q = 0.08 * (c + gamma) ** 2 + 0.02 * (c - gamma) ** 2
        if p["kernel"] == "poly":
            q += 0.02 * abs(p["degree"] - degree)
        if p["kernel"] != "rbf":
            q += 0.03 * (p["coef0"] - coef0) ** 2
        return loss + plateau(q, 0.5)

    return space, value, 0.03


def forest(rng):
    """A forest: stairs, absolute values, and no effect of depth beyond a point."""
    space = [
        whole("trees", 10, 1000, log=True), whole("depth", 1, 40),
        whole("leaf", 1, 64, log=True), real("features", 0.05, 1),
        choice("criterion", "gini", "entropy", "log_loss"), choice("bootstrap", "on", "off"),
        real("samples", 0.1, 1, when=("bootstrap", ("on",))),
    ]
    criterion = offsets(rng, ("gini", "entropy", "log_loss"), (0, 0.004, 0.012))
    bootstrap = offsets(rng, ("on", "off"), (0, 0.01))
    depth, leaf = int(rng.integers(8, 25)), int(rng.integers(2, 13))
    features, samples = int(rng.integers(3, 14)), rng.uniform(0.4, 0.9)

    def value(p):
        loss = 0.1 + criterion[p["criterion"]] + bootstrap[p["bootstrap"]]
        loss += 0.15 * (math.sqrt(10 / p["trees"]) - 0.1)
        loss += 0.2 * (max(0, depth - p["depth"]) / 10) ** 1.5
        off = log2_ratio(p["leaf"], leaf)
        loss += 0.012 * abs(off)
        step = math.ceil(16 * p["features"]) - features
        loss += 0.0012 * (step - round(off)) ** 2
        if p["bootstrap"] == "on":
            loss += 0.1 * (p["samples"] - samples) ** 2
        return loss

    return space, value, 0.1


def boost(rng):
    """Boosted trees: a curved valley of rate, rounds and depth; the linear booster
    explodes at large rates."""
    space = [
        choice("booster", "tree", "dart", "linear"), real("rate", 1e-3, 1, log=True),
        whole("rounds", 10, 2000, log=True), whole("depth", 2, 12),
        real("rows", 0.3, 1), real("columns", 0.2, 1), real("l2", 1e-3, 1e3, log=True),
        real("drop", 0, 0.5, when=("booster", ("dart",))),
    ]
    booster = offsets(rng, ("tree", "dart", "linear"), (0, 0.02, 0.15))
    progress, depth = rng.uniform(0.6, 1.6), int(rng.integers(3, 9))
    rows, columns = rng.uniform(0.5, 0.95), rng.uniform(0.3, 0.9)
    l2, drop = rng.uniform(-1.5, 1.5), rng.uniform(0.05, 0.3)

    def value(p):
        log_rate = math.log10(p["rate"])
        if p["booster"] == "linear" and log_rate > -0.5:
            return 10 ** (2 + 8 * (log_rate + 0.5))
        loss = 0.25 + booster[p["booster"]]
        deeper = p["depth"] - depth
        off = log_rate + math.log10(p["rounds"]) - progress + 0.12 * deeper
        loss += plateau(0.25 * off * off if off < 0 else 0.1 * off * off, 0.6)
        loss += 0.006 * deeper * deeper + 0.03 * max(0, log_rate + 1.2) ** 2
        loss += 0.12 * (p["rows"] - rows) ** 2 + 0.08 * (p["columns"] - columns) ** 2
        loss += 0.01 * max(0, abs(math.log10(p["l2"]) - l2) - 0.5) ** 2
        if p["booster"] == "dart":
            loss += 0.8 * (p["drop"] - drop) ** 2
        return loss

    return space, value, 0.25


def network(rng):
    """One to three layers, each with its own size and dropout; each optimizer has a
    rate of its own."""
    deep, deepest = ("layers", ("two", "three")), ("layers", ("three",))
    space = [
        choice("layers", "one", "two", "three"), whole("units1", 8, 512, log=True),
        whole("units2", 8, 512, log=True, when=deep),
        whole("units3", 8, 512, log=True, when=deepest),
        real("dropout1", 0, 0.8), real("dropout2", 0, 0.8, when=deep),
        real("dropout3", 0, 0.8, when=deepest), choice("optimizer", "sgd", "adam"),
        real("sgd_rate", 1e-4, 1, log=True, when=("optimizer", ("sgd",))),
        real("sgd_momentum", 0, 0.99, when=("optimizer", ("sgd",))),
        real("adam_rate", 1e-5, 1e-1, log=True, when=("optimizer", ("adam",))),
    ]
    layers = offsets(rng, ("one", "two", "three"), (0, 0.02, 0.08))
    optimizer = offsets(rng, ("sgd", "adam"), (0, 0.03))
    units = [int(u) for u in rng.integers(24, 257, 3)]
    dropout = rng.uniform(0.1, 0.6, 3)
    sgd_rate, adam_rate = rng.uniform(-1.5, -0.5), rng.uniform(-3.5, -2)
    momentum = rng.uniform(0.3, 0.9)

    def value(p):
        loss = 0.15 + layers[p["layers"]] + optimizer[p["optimizer"]]
        for i in range(("one", "two", "three").index(p["layers"]) + 1):
            loss += plateau(0.01 * log2_ratio(p[f"units{i + 1}"], units[i]) ** 2, 0.3)
            loss += 0.25 * (p[f"dropout{i + 1}"] - dropout[i]) ** 2
        if p["optimizer"] == "adam":
            off = math.log10(p["adam_rate"]) - adam_rate
        else:
            off = math.log10(p["sgd_rate"]) - sgd_rate
            off += math.log10(1 - momentum) - math.log10(1 - p["sgd_momentum"])
            loss += 0.1 * (p["sgd_momentum"] - momentum) ** 2
        return 2.3 + loss if off > 1 else loss + plateau(0.2 * off * off, 0.8)

    return space, value, 0.15


def pipeline(rng):
    """Scaler, reducer and one of four models, each with parameters of its own, one of
    which has a parameter of its own again."""
    def of(model):
        return ("model", (model,))

    space = [
        choice("scaler", "none", "standard", "range", "robust"),
        choice("reducer", "none", "pca", "best"),
        whole("components", 2, 60, when=("reducer", ("pca",))),
        whole("kept", 1, 60, log=True, when=("reducer", ("best",))),
        choice("model", "logistic", "svm", "boost", "neighbours"),
        real("logistic_C", 1e-4, 1e4, log=True, when=of("logistic")),
        choice("penalty", "l1", "l2", when=of("logistic")),
        choice("svm_kernel", "linear", "rbf", when=of("svm")),
        real("svm_C", 1e-3, 1e3, log=True, when=of("svm")),
        real("svm_gamma", 1e-5, 10, log=True, when=("svm_kernel", ("rbf",))),
        real("boost_rate", 1e-3, 1, log=True, when=of("boost")),
        whole("boost_rounds", 10, 1000, log=True, when=of("boost")),
        whole("boost_depth", 1, 10, when=of("boost")),
        whole("neighbours", 1, 100, log=True, when=of("neighbours")),
        choice("weights", "uniform", "distance", when=of("neighbours")),
    ]
    model = offsets(rng, ("logistic", "svm", "boost", "neighbours"), (0, 0.01, 0.04, 0.1))
    scaler = offsets(rng, ("none", "standard", "range", "robust"), (0, 0.01, 0.03, 0.08))
    reducer = offsets(rng, ("none", "pca", "best"), (0, 0.01, 0.03))
    penalty, kernel = offsets(rng, ("l1", "l2"), (0, 0.01)), offsets(rng, ("linear", "rbf"), (0, 0.02))
    weights = offsets(rng, ("uniform", "distance"), (0, 0.015))
    components, kept = int(rng.integers(8, 40)), int(rng.integers(5, 40))
    logistic_c, svm_c, gamma = rng.uniform(-2, 2), rng.uniform(-1, 2), rng.uniform(-4, -1)
    progress, depth, near = rng.uniform(0.5, 1.5), int(rng.integers(2, 7)), int(rng.integers(3, 25))

    def of_model(p):
        if p["model"] == "logistic":
            return penalty[p["penalty"]] + 0.03 * (math.log10(p["logistic_C"]) - logistic_c) ** 2
        if p["model"] == "svm":
            c = math.log10(p["svm_C"]) - svm_c
            if p["svm_kernel"] == "linear":
                return kernel["linear"] + 0.02 * c * c
            g = math.log10(p["svm_gamma"]) - gamma
            return kernel["rbf"] + plateau(0.05 * (c + g) ** 2 + 0.02 * (c - g) ** 2, 0.5)
        if p["model"] == "boost":
            off = math.log10(p["boost_rate"] * p["boost_rounds"]) - progress
            return (plateau(0.15 * off * off, 0.5) + 0.005 * (p["boost_depth"] - depth) ** 2
                    + 0.03 * max(0, math.log10(p["boost_rate"]) + 1) ** 2)
        return weights[p["weights"]] + 0.012 * log2_ratio(p["neighbours"], near) ** 2

    def value(p):
        loss = 0.05 + model[p["model"]] + reducer[p["reducer"]]
        # Trees do not mind the scale.
        loss += scaler[p["scaler"]] * (0.1 if p["model"] == "boost" else 1)
        if p["reducer"] == "pca":
            loss += 0.08 * (log2_ratio(p["components"], components) / 2) ** 2
        if p["reducer"] == "best":
            loss += 0.06 * (log2_ratio(p["kept"], kept) / 2) ** 2
        return loss + plateau(of_model(p), 0.5)

    return space, value, 0.05


SURFACES = {"sgd": sgd, "svm": svm, "forest": forest, "boost": boost, "network": network,
            "pipeline": pipeline}
CONDITIONAL = ("svm", "network", "pipeline")


def make(name, rng):
    return SURFACES[name](rng)
