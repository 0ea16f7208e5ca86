// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Glibc
import Media
import Primitives

/// The sockets of plain legs: two for each, open as long as it is.
///
/// They have a watch of their own, which the loop watches as one more socket: what they cost, calls without them do not pay.
struct PlainSockets: ~Copyable {
    /// An epoll of all that are open.
    let watch: Int32
    /// By twice the pair, with RTCP behind RTP; -1 for none.
    private var descriptors: [Int32]
    private var numbers = [UInt32](repeating: 0, count: MediaLimits.plainSocketsPerTurn)

    /// - Parameter pairs: Of all ranges of the relay.
    init(pairs: Int) throws(MediaSocketError) {
        let result = ringfence_media_watch([], 0)
        guard result >= 0 else { throw MediaSocketError(address: nil, code: -result) }
        watch = result
        descriptors = Array(repeating: -1, count: 2 * pairs)
    }

    deinit {
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        close(watch)
    }

    /// Does what the relay asks for.
    ///
    /// - Returns: The relay that cannot be, because a port of it cannot be opened.
    mutating func follow(_ change: PlainPortChange) -> RelayID? {
        switch change {
        case .close(let pair):
            shut(pair)
            return nil
        case .open(let pair, let rtp, let id):
            let rtcp = SocketAddress(ip: rtp.ip, port: rtp.port + 1)
            guard open(rtp, PlainSocket(pair: pair, port: .rtp)), open(rtcp, PlainSocket(pair: pair, port: .rtcp))
            else {
                shut(pair)
                return id
            }
            return nil
        }
    }

    private mutating func open(_ address: SocketAddress, _ socket: PlainSocket) -> Bool {
        let descriptor = ringfence_media_socket(
            address.ip.high,
            address.ip.low,
            address.port,
            Int32(MediaLimits.plainSocketBuffer),
            0
        )
        guard descriptor >= 0 else { return false }
        guard ringfence_media_watch_also(watch, descriptor, UInt32(socket.number)) == 0 else {
            close(descriptor)
            return false
        }
        descriptors[socket.number] = descriptor
        return true
    }

    private mutating func shut(_ pair: Int) {
        for port in MediaPort.allCases {
            let number = PlainSocket(pair: pair, port: port).number
            if descriptors[number] >= 0 { close(descriptors[number]) }
            descriptors[number] = -1
        }
    }

    /// -1 for one that is not open.
    func descriptor(_ socket: PlainSocket) -> Int32 { descriptors[socket.number] }

    /// Looks which can be read; ``ready(_:)`` has them.
    mutating func look() -> Int {
        Int(ringfence_media_ready(watch, &numbers, Int32(numbers.count)))
    }

    func ready(_ index: Int) -> PlainSocket { PlainSocket(number: Int(numbers[index])) }
}

extension PlainSocket {
    fileprivate var number: Int { 2 * pair + (port == .rtp ? 0 : 1) }

    fileprivate init(number: Int) { self.init(pair: number / 2, port: number % 2 == 0 ? .rtp : .rtcp) }
}
