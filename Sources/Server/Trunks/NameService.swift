// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Calls
import Model
import NIOCore
import NIOPosix
import Primitives
import SIP

/// Asks name servers where providers are, on threads that may wait: no loop does.
struct NameService: Sendable {
    /// Where the only name server listens, at 127.0.0.1; 0 for those of this machine.
    private let port: UInt16
    /// What all businesses of the process share. Who waits longer than anybody listens is not asked for any more.
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: Limits.nameThreads)
        threads.start()
        return threads
    }()

    init(port: UInt16 = 0) { self.port = port }

    /// - Returns: On the loop.
    func find(_ lookup: TrunkLookup, on loop: any EventLoop) -> EventLoopFuture<Result<[TrunkServer], TrunkFailure>> {
        let deadline = SystemClock.monotonic + Limits.lookup
        return Self.threads.runIfActive(eventLoop: loop) { find(lookup, until: deadline) }
    }

    /// Does something that may wait, off the loop.
    static func work<Result: Sendable>(
        on loop: any EventLoop,
        _ work: @escaping @Sendable () throws -> Result
    ) -> EventLoopFuture<Result> {
        threads.runIfActive(eventLoop: loop, work)
    }

    /// Blocks.
    func find(_ lookup: TrunkLookup, until deadline: MonotonicTime) -> Result<[TrunkServer], TrunkFailure> {
        var hosts = lookup.servers.map { (host: $0.host, port: $0.port, isDomain: false) }
        if hosts.isEmpty { hosts = [(lookup.domain.text, nil, true)] }
        do throws(ServerLocation.Problem) {
            let places = try ServerLocation.find(
                hosts,
                over: ServerLocation.Transport(lookup.transport),
                using: SystemEntropy.make()
            ) { name, kind in SystemClock.monotonic < deadline ? ask(name, kind) : .failed }
            return .success(places.map { TrunkServer(host: $0.host, address: $0.address) })
        } catch {
            switch error {
            case .nobodyAnswers: return .failure(.nameServerSilent)
            case .nothingFound: return .failure(.noSuchName(hosts.map(\.host).joined(separator: ", ")))
            }
        }
    }

    private func ask(_ name: String, _ kind: DNSRecord.Kind) -> ServerLocation.Answer {
        // A root of its own, so that nothing is appended to it.
        guard let answer = question(name + ".", kind) else { return local(name, kind) ?? .failed }
        guard !answer.isEmpty else { return local(name, kind) ?? .values([]) }
        guard let message = DNSMessage(parsing: answer.span), !message.isTruncated else { return .failed }
        return .values(message.values(of: name))
    }

    /// - Returns: Empty where there is no such record; `nil` when nobody answers.
    private func question(_ name: String, _ kind: DNSRecord.Kind) -> [UInt8]? {
        var answer = [UInt8](repeating: 0, count: SIP.Limits.dnsBytes)
        let length = ringfence_names_ask(name, kind.rawValue, port, &answer, Int32(answer.count))
        if length == Int32(RINGFENCE_NAMES_NONE) { return [] }
        guard length >= 0, Int(length) <= answer.count else { return nil }
        return Array(answer[..<Int(length)])
    }

    /// What this machine knows by itself, as of `localhost`.
    private func local(_ name: String, _ kind: DNSRecord.Kind) -> ServerLocation.Answer? {
        guard port == 0, kind == .a || kind == .aaaa else { return nil }
        var pairs = [UInt64](repeating: 0, count: 2 * SIP.Limits.dnsPlaces)
        let count = Int(ringfence_names_local(name, &pairs, Int32(SIP.Limits.dnsPlaces)))
        guard (1...SIP.Limits.dnsPlaces).contains(count) else { return nil }
        let addresses = (0..<count).map { IPAddress(high: pairs[2 * $0], low: pairs[2 * $0 + 1]) }
        return .values(addresses.filter { $0.isIPv4 == (kind == .a) }.map(DNSRecord.Value.address))
    }
}

extension ServerLocation.Transport {
    init(_ transport: Trunk.Transport) {
        switch transport {
        case .tls: self = .tls
        case .tcp: self = .tcp
        case .udp: self = .udp
        }
    }
}
