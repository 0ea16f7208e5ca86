// SPDX-License-Identifier: Apache-2.0

/// Attacks on the server's strength: more than it can take, larger than it can take, and slower than it can wait.
enum FloodProtectionAttack {
    static let all: [Attack] =
        FloodAttacks.all + ExhaustionAttacks.all + WebSocketAttacks.all + BodyAttacks.all + EventAttacks.exhausting
        + [TransferAttacks.leaking] + CallExhaustion.all
}
