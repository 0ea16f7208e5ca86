// SPDX-License-Identifier: Apache-2.0

extension Message {
    /// The number of a provisional response that wants to be acknowledged, 1…2³²-1 (RFC 3262 §7.1); `nil` when there is
    /// none or it is no such number.
    public func rseq() -> UInt32? {
        guard let range = first(.rseq)?.range else { return nil }
        let number = bytes.span.saturatedNumber(range, maximum: .max)
        return number == 0 ? nil : number
    }
}
