// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_PROCESS_H
#define RINGFENCE_PROCESS_H

// In C, because prctl(2) takes any number of arguments.

/// Makes this process one whose memory is never written to a disk and that no other process of its account may look into
/// (RLIMIT_CORE 0, PR_SET_DUMPABLE 0). Returns 0, or the error number.
int ringfence_keep_memory_private(void);

/// Whether its memory may be dumped.
int ringfence_may_be_dumped(void);

// In C, because pthread types are nobody's module.

/// How many threads the system lets this process have beside those there are, up to `wanted`. They are made, and end before
/// this returns.
int ringfence_spare_threads(int wanted);
#endif
