/* Ask and tell in a C++ program, kept in a file: started again it goes on. */
#include <hone.h>

#include <cmath>
#include <iostream>
#include <memory>
#include <stdexcept>

static void check(hone_code code, const hone_err &err) {
    if (code != HONE_OK) {
        throw std::runtime_error(err.text);
    }
}

static double loss(hone_point *point) {
    const double rate = std::log10(hone_point_float(point, "rate")) + 2;

    return rate * rate + (hone_point_text(point, "kind")[0] == 'b' ? 0 : 1);
}

int main(int, char **argv) {
    std::unique_ptr<hone_params, decltype(&hone_params_free)> params(hone_params_new(),
        hone_params_free);
    const char *kinds[] = {"plain", "bent"};
    hone_params_float(params.get(), "rate", 1e-5, 1, HONE_LOG);
    hone_params_choice(params.get(), "kind", 2, kinds);

    hone_options options = {};
    options.study = "bent";
    options.database = argv[1];
    options.method = "tpe";
    options.trials = 60;

    hone_err err;
    hone_search *opened = nullptr;
    check(hone_search_open(params.get(), &options, &opened, &err), err);
    std::unique_ptr<hone_search, decltype(&hone_search_close)> search(opened, hone_search_close);

    hone_point *point = nullptr;
    int asked = 0;
    for (check(hone_search_ask(opened, &point, &err), err); point != nullptr && asked < 40;
         check(hone_search_ask(opened, &point, &err), err), asked++) {
        check(hone_search_tell(opened, point, loss(point), &err), err);
    }
    double value = 0;
    check(hone_search_best(opened, nullptr, &value, nullptr, &err), err);
    std::cout << asked << " asked, best " << (value < 0.1 ? "good" : "bad") << "\n";
}
