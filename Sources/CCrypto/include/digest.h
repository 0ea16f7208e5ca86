// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_DIGEST_H
#define RINGFENCE_DIGEST_H
#endif
