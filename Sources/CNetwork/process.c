// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int ringfence_keep_memory_private(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return errno;
    // A dump that is handed to a program (systemd-coredump) is made whatever the limit is.
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

int ringfence_may_be_dumped(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return 1;
    return limit.rlim_max != 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0;
}
