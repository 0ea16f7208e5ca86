// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_FILE_H
#define RINGFENCE_FILE_H
#include <stdint.h>

// In C, because which Swift module owns `stat` depends on what else a target imports.

typedef struct {
    // Nobody else's on its disk while it is there.
    uint64_t number;
    // As chmod takes it.
    uint16_t mode;
    uint32_t owner;
    int is_folder;
    // Neither a folder, a link, a socket nor a device.
    int is_plain;
} RingfenceFile;

/// What a name stands for; a link stands for itself.
///
/// @param folder Where the name is looked for, a descriptor; less than 0 for a whole path.
/// @return 0, or -1 where there is nothing.
int ringfence_file(int folder, const char *name, RingfenceFile *file);
#endif
