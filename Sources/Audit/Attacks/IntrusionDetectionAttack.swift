// SPDX-License-Identifier: Apache-2.0

/// Attacks of strangers: finding out who is here, pretending to be somebody, and saying what no phone says.
enum IntrusionDetectionAttack {
    static let all: [Attack] =
        EnumerationAttacks.all + TimingAttack.all + ForgeryAttacks.all + FramingAttacks.all + HeaderAttacks.all
        + RegistrationAttacks.all + CredentialAttacks.all + DialogAttacks.all + EventAttacks.all + BanAttacks.all
}
