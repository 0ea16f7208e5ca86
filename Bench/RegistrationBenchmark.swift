// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc
import Model
import Primitives
import SIP
import TestKit

/// Prints what the phone system itself costs for one registration, without sockets and TLS: CPU nanoseconds (the median of
/// the rounds) and heap allocations for the REGISTER that is challenged and for the one that proves its password.
///
/// 1,000 phones register in turn, each on its own connection, with the message that `shared/bench` sends. The whole path
/// beside other servers is measured by `Bench/bench-registration`.
///
/// - Returns: Whether no step allocated more than its gate. The times belong to the machine.
@discardableResult
func registrationBenchmark() -> Bool {
    guard var office = BenchOffice(phones: 1_000) else {
        print("FAIL registration: the office could not be made")
        return false
    }
    var (challenges, registrations): ([Cost], [Cost]) = ([], [])
    for _ in 0..<21 {
        guard let round = office.registerEverybody() else {
            print("FAIL registration: somebody was refused")
            return false
        }
        challenges.append(round.challenge)
        registrations.append(round.registration)
    }
    let steps = [("challenge", challenges, 3), ("registration", registrations, 3)]
    return steps.map { name, costs, allowed in
        let cost = costs.sorted { $0.nanoseconds < $1.nanoseconds }[costs.count / 2]
        let isWithin = cost.allocations <= allowed
        print(
            "\(isWithin ? "ok  " : "FAIL") core \(name): \(cost.nanoseconds) ns, "
                + "\(cost.allocations) of \(allowed) allocations"
        )
        return isWithin
    }.allSatisfy { $0 }
}

/// Of one message.
private struct Cost {
    let nanoseconds: Int
    let allocations: Int
}

private struct BenchOffice {
    private static let domain = "bench.local"
    private var switchboard: Switchboard
    private let phones: [BenchPhone]
    private var turn = Turn(
        at: Moment(
            monotonic: MonotonicTime(nanoseconds: 1_000_000_000),
            wall: WallTime(milliseconds: 1_795_000_000_000)
        )
    )
    private var sequence = 0

    init?(phones count: Int) {
        guard let domain = DomainName(parsing: Self.domain) else { return nil }
        phones = (0..<count).compactMap { BenchPhone($0, domain: Self.domain) }
        guard phones.count == count else { return nil }
        let snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: phones.map(\.subscriber),
            devices: phones.map(\.device),
            exceptions: []
        )
        let settings = SwitchboardSettings(
            hostNames: ["pbx.bench.local"],
            sipPort: 5_061,
            mediaAddress: IPAddress(v4: 0x7F00_0001),
            mediaPort: 40_000,
            nonceKey: Array(repeating: 7, count: 32)
        )
        // Cheap and repeatable: the server draws its randomness in blocks, so its price hardly shows either.
        let word: UInt64 = 0x9E37_79B9_7F4A_7C15
        switchboard = Switchboard(settings: settings, snapshot: snapshot, entropy: Entropy { word })
    }

    /// `nil` when a phone was refused.
    mutating func registerEverybody() -> (challenge: Cost, registration: Cost)? {
        let now = turn.now
        turn.begin(at: Moment(monotonic: now.monotonic + .milliseconds(100), wall: now.wall + .milliseconds(100)))
        sequence += 2
        let strangers = phones.map { $0.register(sequence, nonce: nil) }
        var challenges: [[UInt8]] = []
        challenges.reserveCapacity(phones.count)
        let challenge = deliver(strangers) { challenges.append($0) }
        guard challenges.count == phones.count else { return nil }
        let proven = zip(phones, challenges).map { phone, challenge in
            phone.register(sequence + 1, nonce: nonce(in: challenge))
        }
        var answers = 0
        let registration = deliver(proven) { answers += $0.starts(with: "SIP/2.0 200".utf8) ? 1 : 0 }
        return answers == phones.count ? (challenge, registration) : nil
    }

    private mutating func deliver(_ messages: [[UInt8]], _ answered: ([UInt8]) -> Void) -> Cost {
        var time = 0
        let before = threadAllocations()
        for (phone, message) in zip(phones, messages) {
            turn.actions.removeAll(keepingCapacity: true)
            let start = threadTime()
            switchboard.receive(message.span, on: phone.flow, &turn)
            time += threadTime() - start
            for case .send(let bytes, _) in turn.actions { answered(bytes) }
        }
        let allocations = threadAllocations() - before
        return Cost(nanoseconds: time / messages.count, allocations: allocations / messages.count)
    }

    private func nonce(in challenge: [UInt8]) -> String? {
        guard let message = try? Message(parsing: challenge.span) else { return nil }
        return (try? message.challenge(.wwwAuthenticate)).map { message.string($0.nonce) }
    }
}
