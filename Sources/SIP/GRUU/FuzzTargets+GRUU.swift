// SPDX-License-Identifier: Apache-2.0

import Primitives

extension FuzzTargets {
    private static let seal = GRUUSeal(key: Array(repeating: 9, count: 32), domain: "pbx.example")

    /// Opens bytes as the user part of a temporary GRUU, and as a Call-ID: what nobody sealed does not open, what was
    /// sealed opens to the same, and to nothing with one bit changed.
    public static func gruu(_ bytes: Span<UInt8>) {
        precondition(seal.open(bytes) == nil, "a temporary GRUU that nobody sealed was opened")
        var callID: [UInt8] = []
        for index in bytes.indices { callID.append(bytes[index]) }
        let word = seal.session(of: callID)
        let content = GRUUSeal.Content(registration: ~word, session: word)
        var user = seal.seal(content, using: Entropy { word })
        precondition(seal.open(user.span) == content, "a temporary GRUU opens to something else than was sealed")
        let place = Int(word % UInt64(user.count))
        user[place] ^= 1 << UInt8(word >> 32 & 7)
        precondition(seal.open(user.span) == nil, "a temporary GRUU opens although it was changed")
    }
}
