// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_CLOCK_H
#define RINGFENCE_CLOCK_H
#include <stdint.h>

// In C, because which Swift module owns `timespec` depends on what else a target imports.

/// CLOCK_MONOTONIC in nanoseconds.
uint64_t ringfence_monotonic_nanoseconds(void);

/// CLOCK_REALTIME in milliseconds since 1970.
int64_t ringfence_wall_milliseconds(void);
#endif
