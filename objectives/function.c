#include "objectives/function.h"

#include <gsl/gsl_math.h>
#include <math.h>

const char *const hone_function_names[] = {
    "branin", "hartmann3", "hartmann6", "ackley", "rosenbrock", "levy", "rastrigin", "griewank",
    "styblinski_tang", "goldstein_price", "michalewicz", "sphere", "sum_squares",
    "six_hump_camel", "mixed", NULL,
};

/* (Dixon and Szegö 1978, "The global optimization problem".) */
static double branin(size_t n, const double *x) {
    const double b = 5.1 / (4 * M_PI * M_PI);
    const double c = 5 / M_PI;
    const double t = 1 / (8 * M_PI);

    (void)n;
    return gsl_pow_2(x[1] - b * x[0] * x[0] + c * x[0] - 6) + 10 * (1 - t) * cos(x[0]) + 10;
}

/* -sum_i alpha_i exp(-sum_j A_ij (x_j - P_ij)^2).  (Hartmann 1973, as in Dixon
 * and Szegö 1978.) */
enum { HARTMANN_TERMS = 4 };
static const double hartmann_alpha[HARTMANN_TERMS] = {1.0, 1.2, 3.0, 3.2};

static double hartmann(size_t n, const double *x, const double *A, const double *P) {
    double sum = 0;

    for (size_t i = 0; i < HARTMANN_TERMS; i++) {
        double inner = 0;

        for (size_t j = 0; j < n; j++) {
            inner += A[i * n + j] * gsl_pow_2(x[j] - P[i * n + j]);
        }
        sum -= hartmann_alpha[i] * exp(-inner);
    }
    return sum;
}

static double hartmann3(size_t n, const double *x) {
    static const double A[] = {3, 10, 30, 0.1, 10, 35, 3, 10, 30, 0.1, 10, 35};
    static const double P[] = {0.3689, 0.1170, 0.2673, 0.4699, 0.4387, 0.7470,
                               0.1091, 0.8732, 0.5547, 0.03815, 0.5743, 0.8828};

    return hartmann(n, x, A, P);
}

static double hartmann6(size_t n, const double *x) {
    static const double A[] = {10,  3, 17,   3.5, 1.7, 8,  0.05, 10, 17,  0.1, 8,  14,
                               3, 3.5, 1.7, 10,  17,  8,  17,   8,  0.05, 10, 0.1, 14};
    static const double P[] = {0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886,
                               0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991,
                               0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650,
                               0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381};

    return hartmann(n, x, A, P);
}

/* (Ackley 1987, "A connectionist machine for genetic hillclimbing".) */
static double ackley(size_t n, const double *x) {
    double squares = 0;
    double cosines = 0;

    for (size_t i = 0; i < n; i++) {
        squares += x[i] * x[i];
        cosines += cos(2 * M_PI * x[i]);
    }
    return -20 * exp(-0.2 * sqrt(squares / (double)n)) - exp(cosines / (double)n) + 20 + M_E;
}

/* (Rosenbrock 1960, "An automatic method for finding the greatest or least value
 * of a function".) */
static double rosenbrock(size_t n, const double *x) {
    double sum = 0;

    for (size_t i = 0; i + 1 < n; i++) {
        sum += 100 * gsl_pow_2(x[i + 1] - x[i] * x[i]) + gsl_pow_2(1 - x[i]);
    }
    return sum;
}

/* (Levy and Montalvo 1985, "The tunneling algorithm", problem 8 in n dimensions.) */
static double levy(size_t n, const double *x) {
    const double first = 1 + (x[0] - 1) / 4;
    const double last = 1 + (x[n - 1] - 1) / 4;
    double sum = gsl_pow_2(sin(M_PI * first));

    for (size_t i = 0; i + 1 < n; i++) {
        const double w = 1 + (x[i] - 1) / 4;

        sum += gsl_pow_2(w - 1) * (1 + 10 * gsl_pow_2(sin(M_PI * w + 1)));
    }
    return sum + gsl_pow_2(last - 1) * (1 + gsl_pow_2(sin(2 * M_PI * last)));
}

/* (Rastrigin 1974, "Systems of extremal control".) */
static double rastrigin(size_t n, const double *x) {
    double sum = 10 * (double)n;

    for (size_t i = 0; i < n; i++) {
        sum += x[i] * x[i] - 10 * cos(2 * M_PI * x[i]);
    }
    return sum;
}

/* (Griewank 1981, "Generalized descent for global optimization".) */
static double griewank(size_t n, const double *x) {
    double sum = 1;
    double product = 1;

    for (size_t i = 0; i < n; i++) {
        sum += x[i] * x[i] / 4000;
        product *= cos(x[i] / sqrt((double)i + 1));
    }
    return sum - product;
}

/* (Styblinski and Tang 1990, "Experiments in nonconvex optimization".) */
static double styblinski_tang(size_t n, const double *x) {
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += (gsl_pow_4(x[i]) - 16 * x[i] * x[i] + 5 * x[i]) / 2;
    }
    return sum;
}

/* (Goldstein and Price 1971, "On descent from local minima".) */
static double goldstein_price(size_t n, const double *x) {
    const double a = x[0];
    const double b = x[1];
    const double left = 19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b;
    const double right = 18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b;

    (void)n;
    return (1 + gsl_pow_2(a + b + 1) * left) * (30 + gsl_pow_2(2 * a - 3 * b) * right);
}

/* -sum_i sin(x_i) sin(i x_i^2 / pi)^20.  (Michalewicz 1992, "Genetic algorithms
 * + data structures = evolution programs", m = 10.) */
static double michalewicz(size_t n, const double *x) {
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum -= sin(x[i]) * gsl_pow_int(sin((double)(i + 1) * x[i] * x[i] / M_PI), 20);
    }
    return sum;
}

static double sphere(size_t n, const double *x) {
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += x[i] * x[i];
    }
    return sum;
}

static double sum_squares(size_t n, const double *x) {
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += (double)(i + 1) * x[i] * x[i];
    }
    return sum;
}

/* (Dixon and Szegö 1978.) */
static double six_hump_camel(size_t n, const double *x) {
    const double a = x[0] * x[0];
    const double b = x[1] * x[1];

    (void)n;
    return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (-4 + 4 * b) * b;
}

/* A conditional space: x1 chooses whether x3 or the integer x4 counts. The
 * second branch is never better than 1/2. */
static double mixed(size_t n, const double *x) {
    const double shared = gsl_pow_2(x[1] - 1);

    (void)n;
    if (x[0] == 0) {
        return shared + gsl_pow_2(x[2] + 2);
    }
    return shared + gsl_pow_2(x[3] - 3) / 10 + 0.5;
}

static const double at_branin[] = {M_PI, 2.275};
static const double at_hartmann3[] = {0.114614343, 0.555648847, 0.852546952};
static const double at_hartmann6[] = {0.201689511, 0.150010691, 0.476873974,
                                      0.275332430, 0.311651616, 0.657300534};
static const double at_zero[] = {0, 0};
static const double at_one[] = {1, 1};
static const double at_styblinski_tang[] = {-2.903534028, -2.903534028};
static const double at_goldstein_price[] = {0, -1};
static const double at_michalewicz[] = {2.202905520, 1.570796327};
static const double at_six_hump_camel[] = {0.089842013, -0.712656403};
static const double at_mixed[] = {0, 1, -2, NAN};

#define TWICE(low, high)                                                                           \
    "{x1: {type: float, low: " #low ", high: " #high "}, x2: {type: float, low: " #low             \
    ", high: " #high "}}"
#define UNIT(name) #name ": {type: float, low: 0, high: 1}"

const struct hone_function hone_functions[] = {
    {"branin", "{x1: {type: float, low: -5, high: 10}, x2: {type: float, low: 0, high: 15}}", 2,
        branin, 2, 0.39788735772973816, at_branin},
    {"hartmann3", "{" UNIT(x1) ", " UNIT(x2) ", " UNIT(x3) "}", 3, hartmann3, 3,
        -3.86278214782076, at_hartmann3},
    {"hartmann6", "{" UNIT(x1) ", " UNIT(x2) ", " UNIT(x3) ", " UNIT(x4) ", " UNIT(x5) ", "
        UNIT(x6) "}", 6, hartmann6, 6, -3.32236801141551, at_hartmann6},
    {"ackley", TWICE(-32.768, 32.768), 0, ackley, 2, 0, at_zero},
    {"rosenbrock", TWICE(-5, 10), 0, rosenbrock, 2, 0, at_one},
    {"levy", TWICE(-10, 10), 0, levy, 2, 0, at_one},
    {"rastrigin", TWICE(-5.12, 5.12), 0, rastrigin, 2, 0, at_zero},
    {"griewank", TWICE(-600, 600), 0, griewank, 2, 0, at_zero},
    {"styblinski_tang", TWICE(-5, 5), 0, styblinski_tang, 2, -78.33233140754284,
        at_styblinski_tang},
    {"goldstein_price", TWICE(-2, 2), 2, goldstein_price, 2, 3, at_goldstein_price},
    {"michalewicz", TWICE(0, 3.141592653589793), 0, michalewicz, 2, -1.8013034100985537,
        at_michalewicz},
    {"sphere", TWICE(-5.12, 5.12), 0, sphere, 2, 0, at_zero},
    {"sum_squares", TWICE(-10, 10), 0, sum_squares, 2, 0, at_zero},
    {"six_hump_camel", "{x1: {type: float, low: -3, high: 3}, x2: {type: float, low: -2, high: 2}}",
        2, six_hump_camel, 2, -1.031628453489877, at_six_hump_camel},
    {"mixed", "{x1: [0, 1], x2: {type: float, low: -5, high: 5}, "
        "x3: {type: float, low: -5, high: 5, when: {x1: 0}}, "
        "x4: {type: int, low: 0, high: 10, when: {x1: 1}}}", 4, mixed, 4, 0, at_mixed},
    {NULL, NULL, 0, NULL, 0, 0, NULL},
};
