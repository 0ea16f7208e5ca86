// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_PROCESS_H
#define RINGFENCE_PROCESS_H

// In C, because prctl(2) takes any number of arguments.

/// Makes this process one whose memory is never written to a disk and that no other process of its account may look into
/// (RLIMIT_CORE 0, PR_SET_DUMPABLE 0). Returns 0, or the error number.
int ringfence_keep_memory_private(void);

/// Whether its memory may be dumped.
int ringfence_may_be_dumped(void);
#endif
