// SPDX-License-Identifier: Apache-2.0
// Files that are part of the program, so that none has to lie beside it.
#ifndef RINGFENCE_PAGES_H
#define RINGFENCE_PAGES_H

#include <stddef.h>

struct ringfence_file {
    // As in the folder it came from, without its ending: "home", "roles".
    const char *name;
    const unsigned char *bytes;
    size_t length;
};

// Templates of the portal.
const struct ringfence_file *ringfence_templates(size_t *count);
// The pages of the controls, as Markdown.
const struct ringfence_file *ringfence_controls(size_t *count);
// "style", "script", "stolen-passwords".
const struct ringfence_file *ringfence_assets(size_t *count);

#endif
