// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
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

static void *pass(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

int ringfence_spare_threads(int wanted) {
    pthread_t *threads = calloc(wanted > 0 ? (size_t)wanted : 1, sizeof *threads);
    if (threads == NULL) return 0;
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    // They are all there at once, because none passes before the last was made.
    pthread_mutex_lock(&gate);
    int count = 0;
    while (count < wanted && pthread_create(&threads[count], NULL, pass, &gate) == 0) count++;
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    free(threads);
    return count;
}
