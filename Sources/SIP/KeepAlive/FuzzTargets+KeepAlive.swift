// SPDX-License-Identifier: Apache-2.0

import Primitives

extension FuzzTargets {
    /// Looks at bytes as a datagram that keeps a NAT open: none is a message too, and what is answered names its request.
    public static func keepAlive(_ bytes: Span<UInt8>) {
        guard let keepAlive = KeepAlive(bytes) else { return }
        var message = Message()
        precondition((try? message.parse(bytes)) == nil, "a keep-alive is a message too")
        guard case .binding(let transaction) = keepAlive else { return }
        for ip in [IPAddress(v4: 0xC000_0201), IPAddress(high: 0x2001_0DB8 << 32, low: 1)] {
            let answer = transaction.success(seenAt: SocketAddress(ip: ip, port: 32_853))
            precondition(answer.count == (ip.isIPv4 ? 32 : 44), "an answer has another length")
            precondition((4..<20).allSatisfy { answer[$0] == bytes[$0] }, "an answer is to another request")
            precondition(KeepAlive(answer.span) == nil, "an answer is a request")
        }
    }
}
