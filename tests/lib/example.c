/* A search in a C program: the bottom of Branin's function. */
#include <hone.h>
#include <math.h>
#include <stdio.h>

static double branin(struct hone_point *point, void *data) {
    double x = hone_point_float(point, "x");
    double y = hone_point_float(point, "y");

    (void)data;
    return pow(y - 0.12918450914398066 * x * x + 1.5915494309189535 * x - 6, 2) +
           9.602112642270262 * cos(x) + 10;
}

int main(void) {
    struct hone_params *params = hone_params_new();
    struct hone_err err;
    double x[2];
    double value;

    hone_params_float(params, "x", -5, 10, 0);
    hone_params_float(params, "y", 0, 15, 0);
    if (hone_minimize(params, branin, NULL, NULL, x, &value, &err) != HONE_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    (void)printf("%.4f at %.3f, %.3f\n", value, x[0], x[1]);
    hone_params_free(params);
    return 0;
}
