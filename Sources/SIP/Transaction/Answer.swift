// SPDX-License-Identifier: Apache-2.0

/// A response ready for the wire. It is written once; repeating it costs a reference count.
public struct Answer: Hashable, Sendable {
    /// 100…199 is provisional, 200…299 success, everything above a refusal.
    public let status: Int
    /// The whole message.
    public let bytes: [UInt8]

    public init(status: Int, bytes: [UInt8]) {
        self.status = status
        self.bytes = bytes
    }

    enum Kind { case provisional, success, refusal }

    var kind: Kind { status < 200 ? .provisional : status < 300 ? .success : .refusal }
}
