/* The matrix products of one trial, and nothing else: what its training would take
 * if all but BLAS were free. A multilayer perceptron of one hidden layer learns by
 * minibatches in each of five folds; the test part is predicted at the end.
 *   products ROWS INPUTS HIDDEN OUTPUTS BATCH EPOCHS REPEATS
 * prints the least and the median seconds. */
#define _POSIX_C_SOURCE 200809L
#include <gsl/gsl_cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FOLDS = 5 };

struct trial {
    int rows, inputs, hidden, outputs, batch, epochs;
    float *x, *w1, *h, *w2, *z; /* input, weights, hidden, weights, output */
    float *w1_grad, *w2_grad, *h_delta;
};

static float *numbers(int count) {
    float *number = malloc((size_t)count * sizeof(*number));

    if (number == NULL) {
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        number[i] = (float)(i % 13 - 6) / 50;
    }
    return number;
}

static void multiply(enum CBLAS_TRANSPOSE a_op, enum CBLAS_TRANSPOSE b_op, int m, int n, int k,
    const float *a, const float *b, float *c) {
    cblas_sgemm(CblasRowMajor, a_op, b_op, m, n, k, 1, a, a_op == CblasNoTrans ? k : m, b,
        b_op == CblasNoTrans ? n : k, 0, c, n);
}

static void forward(const struct trial *t, int rows) {
    multiply(CblasNoTrans, CblasNoTrans, rows, t->hidden, t->inputs, t->x, t->w1, t->h);
    multiply(CblasNoTrans, CblasNoTrans, rows, t->outputs, t->hidden, t->h, t->w2, t->z);
}

static void backward(const struct trial *t, int rows) {
    multiply(CblasTrans, CblasNoTrans, t->hidden, t->outputs, rows, t->h, t->z, t->w2_grad);
    multiply(CblasNoTrans, CblasTrans, rows, t->hidden, t->outputs, t->z, t->w2, t->h_delta);
    multiply(CblasTrans, CblasNoTrans, t->inputs, t->hidden, rows, t->x, t->h_delta, t->w1_grad);
}

static void run(const struct trial *t) {
    const int test = t->rows / FOLDS;
    const int train = t->rows - test;

    for (int fold = 0; fold < FOLDS; fold++) {
        for (int epoch = 0; epoch < t->epochs; epoch++) {
            for (int at = 0; at < train; at += t->batch) {
                const int rows = train - at < t->batch ? train - at : t->batch;

                forward(t, rows);
                backward(t, rows);
            }
        }
        for (int at = 0; at < test; at += t->batch) {
            forward(t, test - at < t->batch ? test - at : t->batch);
        }
    }
}

static double seconds(void) {
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int count, char **word) {
    struct trial t;
    int repeats;
    double *took;

    if (count != 8) {
        (void)fprintf(stderr, "products ROWS INPUTS HIDDEN OUTPUTS BATCH EPOCHS REPEATS\n");
        return 2;
    }
    t = (struct trial){.rows = atoi(word[1]), .inputs = atoi(word[2]), .hidden = atoi(word[3]),
        .outputs = atoi(word[4]), .batch = atoi(word[5]), .epochs = atoi(word[6])};
    repeats = atoi(word[7]);
    t.x = numbers(t.batch * t.inputs);
    t.h = numbers(t.batch * t.hidden);
    t.h_delta = numbers(t.batch * t.hidden);
    t.z = numbers(t.batch * t.outputs);
    t.w1 = numbers(t.inputs * t.hidden);
    t.w1_grad = numbers(t.inputs * t.hidden);
    t.w2 = numbers(t.hidden * t.outputs);
    t.w2_grad = numbers(t.hidden * t.outputs);
    took = malloc((size_t)repeats * sizeof(*took));
    if (took == NULL) {
        return 1;
    }
    for (int i = 0; i < repeats; i++) {
        const double began = seconds();

        run(&t);
        took[i] = seconds() - began;
    }
    qsort(took, (size_t)repeats, sizeof(*took), compare);
    (void)printf("%.6f %.6f\n", took[0], took[repeats / 2]);
    return 0;
}
