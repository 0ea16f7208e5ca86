// SPDX-License-Identifier: Apache-2.0

/// Attacks of strangers: finding out who is here, pretending to be somebody, and wearing the server out.
enum IntrusionDetectionAttack {
    static let all: [Attack] =
        EnumerationAttacks.all + TimingAttack.all + ForgeryAttacks.all + FramingAttacks.all + ExhaustionAttacks.all
}
