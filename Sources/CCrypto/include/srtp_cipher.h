// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_SRTP_CIPHER_H
#define RINGFENCE_SRTP_CIPHER_H
#endif
