// SPDX-License-Identifier: Apache-2.0
#include "srtp_cipher.h"
