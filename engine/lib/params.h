/* The space as a program describes it, until a search makes a tree of it. */
#ifndef HONE_ENGINE_LIB_PARAMS_H
#define HONE_ENGINE_LIB_PARAMS_H

#include "engine/hone.h"
#include "engine/lib/tree.h"
#include "engine/problems.h"

/* The `space:` of the spec, in tree's arena. Notes what is wrong with the
 * description itself; memory that ran out marks the tree. */
const struct hone_value *lib_params_tree(const struct hone_params *params, struct lib_tree *tree,
    struct hone_problems *problems);

#endif
