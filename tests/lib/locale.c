/* A program whose numbers have a comma: what it says in words is read as in a spec
 * all the same. Arguments: the locale, the database. */
#include <hone.h>
#include <locale.h>
#include <stdio.h>

static double itself(struct hone_point *point, void *data) {
    (void)data;
    return hone_point_float(point, "x");
}

int main(int argc, char **argv) {
    static const char *const further[] = {"timeout", "60.5", NULL};
    struct hone_options options = {0};
    struct hone_params *params = hone_params_new();
    struct hone_err err;

    if (argc != 3 || setlocale(LC_ALL, argv[1]) == NULL) {
        return 77; /* there is none of that name */
    }
    options.study = "comma";
    options.database = argv[2];
    options.method = "random";
    options.trials = 3;
    options.search = further;
    hone_params_float(params, "x", 0.125, 2.5, 0);
    hone_params_set(params, "x", "default", "0.75");
    if (hone_minimize(params, itself, NULL, &options, NULL, NULL, &err) != HONE_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    (void)printf("%.2f\n", 0.5);
    hone_params_free(params);
    return 0;
}
