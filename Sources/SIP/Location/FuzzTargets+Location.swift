// SPDX-License-Identifier: Apache-2.0

extension FuzzTargets {
    /// Reads the answer of a name server, and follows its aliases from every name in it.
    public static func nameAnswer(_ bytes: Span<UInt8>) {
        guard let message = DNSMessage(parsing: bytes) else { return }
        precondition(message.answers.count <= Limits.dnsRecords)
        for record in message.answers {
            precondition(record.owner.utf8.count <= 254)
            _ = message.values(of: record.owner)
        }
    }
}
