// SPDX-License-Identifier: Apache-2.0
#ifndef RINGFENCE_CCRYPTO_H
#define RINGFENCE_CCRYPTO_H
#include "digest.h"
#include "dtls.h"
#include "srtp_cipher.h"
#endif
