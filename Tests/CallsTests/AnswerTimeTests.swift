// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc
import Model
import Primitives
import SIP
import Testing

/// Row R04 in the process itself: no network is between the switchboard and the clock, and the clock is the processor time of
/// this thread, so a difference that could be seen from outside is seen here first.
///
/// The statistic is the area under the ROC curve of a classifier that takes the slower answer for the name that exists: 0.5
/// is a coin. Names come in pairs, one that exists and one that does not, in random order, so drift and caches hit both alike.
/// It may differ from 0.5 by 0.02. With n pairs its standard error is √((2n + 1) / 12n²) when there is no difference: 0.0129
/// for the first 1,000 pairs, which decide alone when they are inside, and 0.0046 for all 8,000, so that a crowd of names is
/// outside without a fault once in 75,000 times (eight runs lay between 0.498 and 0.504). The test fails only when three
/// crowds in a row are outside, each drawn anew, so that a busy machine is forgiven: **a false-alarm rate below 1 in 75,000
/// for each question**. A difference that moves the area to 0.56 is missed in three runs of a thousand.
@Suite("Control intrusion-detection: names cannot be told by the time an answer takes")
struct AnswerTimeTests {
    static let (first, all) = (1_000, 8_000)
    static let tolerance = 0.02
    static let crowds = 3

    @Test(arguments: AnswerClock.Question.allCases)
    func `R04 1,000 names that exist and 1,000 that do not take the same time`(question: AnswerClock.Question) throws {
        var figures: [AnswerClock.Figure] = []
        repeat {
            var clock = try AnswerClock(question, names: 1_000)
            figures.append(clock.judge(first: Self.first, all: Self.all, tolerance: Self.tolerance))
        } while figures.count < Self.crowds && figures.last?.isWithin(Self.tolerance) == false
        #expect(figures.contains { $0.isWithin(Self.tolerance) }, "\(question): \(figures)")
    }

    @Test func `R04 a server that does a tenth more for names that exist is caught`() throws {
        var clock = try AnswerClock(.extensions, names: 1_000)
        clock.extraWork = 0.1
        let figure = clock.judge(first: Self.first, all: Self.all, tolerance: Self.tolerance)
        #expect(figure.area > 0.5 + Self.tolerance, "\(figure)")
    }
}

/// A switchboard with a thousand phones, and how long it thinks about a name.
struct AnswerClock {
    enum Question: String, CaseIterable, Sendable {
        /// A REGISTER without a login, for an extension.
        case extensions
        /// An INVITE without a login, for an extension.
        case calls
        /// A REGISTER with a wrong password, for a user name.
        case logins
        /// The same for the user names of phones that are registered elsewhere.
        case registered
    }

    private let question: Question
    private var switchboard: Switchboard
    private let known: [[UInt8]]
    private let unknown: [[UInt8]]
    private let flow: Flow
    private var turn = Turn(at: Self.start)
    private var random = SystemRandomNumberGenerator()
    /// A deliberate fault: this part of its time again for names that exist.
    var extraWork = 0.0

    fileprivate static let start = Moment(
        monotonic: MonotonicTime(nanoseconds: 1_000_000_000),
        wall: WallTime(milliseconds: 1_800_000_000_000)
    )

    init(_ question: Question, names count: Int) throws {
        self.question = question
        let crowd = try Crowd(count)
        switchboard = try crowd.switchboard()
        let remote = try #require(SocketAddress(parsing: "203.0.113.9:50000"))
        let local = try #require(SocketAddress(parsing: "192.0.2.1:5061"))
        flow = Flow(id: FlowID(rawValue: 1), transport: .tls, remote: remote, local: local, tlsVersion: "TLSv1.3")
        let nonce = try Crowd.nonce(from: &switchboard, on: flow)
        let message = { (name: String) in Array(crowd.request(question, name, nonce: nonce).utf8) }
        switch question {
        case .extensions, .calls:
            known = crowd.numbers.map(message)
            unknown = crowd.freeNumbers.map(message)
        case .logins, .registered:
            known = crowd.usernames.map(message)
            unknown = crowd.freeUsernames.map(message)
        }
        if question == .registered { try crowd.register(on: &switchboard) }
    }

    struct Figure {
        let area: Double
        let pairs: Int

        func isWithin(_ tolerance: Double) -> Bool { abs(area - 0.5) <= tolerance }
    }

    mutating func judge(first: Int, all: Int, tolerance: Double) -> Figure {
        _ = measure(100)
        var times = measure(first)
        if abs(Self.area(times) - 0.5) > tolerance { times += measure(all - first) }
        return Figure(area: Self.area(times), pairs: times.count)
    }

    private mutating func measure(_ pairs: Int) -> [(known: UInt64, unknown: UInt64)] {
        (0..<pairs).map { index in
            let isKnownFirst = Bool.random(using: &random)
            let place = index % known.count
            let early = time(isKnownFirst ? known[place] : unknown[place], isKnown: isKnownFirst)
            let late = time(isKnownFirst ? unknown[place] : known[place], isKnown: !isKnownFirst)
            return isKnownFirst ? (early, late) : (late, early)
        }
    }

    /// Nanoseconds of this thread's processor time until the answer is written.
    private mutating func time(_ message: [UInt8], isKnown: Bool) -> UInt64 {
        turn.actions.removeAll(keepingCapacity: true)
        // A copy made just now, so that where the messages lie in memory makes no difference.
        let bytes = message.map { $0 }
        let start = Self.processorTime()
        switchboard.receive(bytes.span, on: flow, &turn)
        var end = Self.processorTime()
        if isKnown, extraWork > 0 {
            let extra = UInt64(Double(end - start) * extraWork)
            while Self.processorTime() - end < extra {}
            end = Self.processorTime()
        }
        return end - start
    }

    private static func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The probability that a random name that exists took longer than one that does not, ties counted half.
    private static func area(_ times: [(known: UInt64, unknown: UInt64)]) -> Double {
        let sorted = (times.map { ($0.known, true) } + times.map { ($0.unknown, false) }).sorted { $0.0 < $1.0 }
        var (ranks, index) = (0.0, 0)
        while index < sorted.count {
            var end = index
            while end < sorted.count, sorted[end].0 == sorted[index].0 { end += 1 }
            ranks += Double(index + 1 + end) / 2 * Double(sorted[index..<end].count { $0.1 })
            index = end
        }
        let count = Double(times.count)
        return (ranks - count * (count + 1) / 2) / (count * count)
    }
}

/// Many extensions with a phone each, and as many names of the same form that nobody has.
private struct Crowd {
    let numbers: [String]
    let freeNumbers: [String]
    let usernames: [String]
    let freeUsernames: [String]
    private let snapshot: Snapshot

    /// Names that exist and names that do not are drawn alike, so that nothing but existence tells them apart.
    init(_ count: Int) throws {
        let digits = (10_000..<100_000).map(String.init).shuffled().prefix(2 * count)
        (numbers, freeNumbers) = (Array(digits.prefix(count)), Array(digits.suffix(count)))
        var entropy = SystemRandomNumberGenerator()
        let names = (0..<2 * count).map { _ in Device.generateUsername(using: &entropy) }
        (usernames, freeUsernames) = (Array(names.prefix(count)), Array(names.suffix(count)))
        var (extensions, devices): ([Extension], [Device]) = ([], [])
        for (number, username) in zip(numbers, usernames) {
            let parsed = try #require(ExtensionNumber(parsing: number))
            extensions.append(Extension(number: parsed, name: number, createdAt: WallTime(milliseconds: 0)))
            // One password for all: what is measured is a wrong one.
            devices.append(Self.device(parsed, username, using: &entropy))
        }
        snapshot = Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: Office.domain)),
            extensions: extensions,
            devices: devices
        )
    }

    private static func device(
        _ number: ExtensionNumber,
        _ username: String,
        using entropy: inout SystemRandomNumberGenerator
    ) -> Device {
        let hash = { (algorithm: DigestAlgorithm) in
            Redacted(HA1(algorithm: algorithm, username: username, realm: Office.domain, password: "secret").hex())
        }
        return Device(
            id: .generate(using: &entropy),
            extension: number,
            username: username,
            hashes: DigestHashes(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256)),
            label: "desk",
            createdAt: WallTime(milliseconds: 0)
        )
    }

    func switchboard() throws -> Switchboard {
        Switchboard(
            settings: SwitchboardSettings(
                hostNames: ["pbx.office.example"],
                sipPort: 5061,
                mediaAddress: try #require(IPAddress(parsing: "192.0.2.1")),
                mediaPort: 40_000,
                nonceKey: Array(repeating: 7, count: 32)
            ),
            snapshot: snapshot,
            entropy: Entropy { UInt64.random(in: 0...(.max)) }
        )
    }

    func request(_ question: AnswerClock.Question, _ name: String, nonce: String) -> String {
        switch question {
        case .extensions: Self.probe("REGISTER", name, extra: "")
        case .calls: Self.probe("INVITE", name, extra: "")
        case .logins, .registered:
            Self.probe(
                "REGISTER",
                "12345",
                extra: Self.login(name, nonce: nonce, response: String(repeating: "0123456789abcdef", count: 4))
            )
        }
    }

    static func probe(_ method: String, _ name: String, extra: String) -> String {
        let target = method == "REGISTER" ? "sip:\(Office.domain)" : "sip:\(name)@\(Office.domain)"
        return """
            \(method) \(target) SIP/2.0\r
            Via: SIP/2.0/TLS 203.0.113.9:50000;branch=z9hG4bK-1;rport\r
            Max-Forwards: 70\r
            From: <sip:\(name)@\(Office.domain)>;tag=1\r
            To: <sip:\(name)@\(Office.domain)>\r
            Call-ID: 1\r
            CSeq: 1 \(method)\r
            Contact: <sip:\(name)@203.0.113.9:50000;transport=tls>\r
            \(extra)Content-Length: 0\r
            \r

            """
    }

    /// Registers every phone from another address, so that where it logs in from is remembered.
    func register(on switchboard: inout Switchboard) throws {
        for (index, username) in usernames.enumerated() {
            let flow = Flow(
                id: FlowID(rawValue: UInt64(index) + 100),
                transport: .tls,
                remote: SocketAddress(ip: IPAddress(v4: 0xC633_6400 + UInt32(index % 250)), port: 50_000),
                local: try #require(SocketAddress(parsing: "192.0.2.1:5061")),
                tlsVersion: "TLSv1.3"
            )
            let nonce = try Self.nonce(from: &switchboard, on: flow)
            let ha1 = HA1(algorithm: .sha256, username: username, realm: Office.domain, password: "secret")
            let response = Digest.response(
                ha1: ha1,
                nonce: nonce,
                nc: 1,
                cnonce: "c0ffee",
                method: .register,
                uri: "sip:\(Office.domain)"
            )
            let login = Self.login(username, nonce: nonce, response: response)
            let bytes = Array(Self.probe("REGISTER", numbers[index], extra: login).utf8)
            var turn = Turn(at: AnswerClock.start)
            switchboard.receive(bytes.span, on: flow, &turn)
        }
        try #require(switchboard.figures.registrations == usernames.count)
    }

    static func nonce(from switchboard: inout Switchboard, on flow: Flow) throws -> String {
        var turn = Turn(at: AnswerClock.start)
        let bytes = Array(probe("REGISTER", "1", extra: "").utf8)
        switchboard.receive(bytes.span, on: flow, &turn)
        guard case .send(let answer, _)? = turn.actions.first else { return "" }
        let message = try Message(parsing: answer.span)
        return message.string(try #require(try message.challenge(.wwwAuthenticate)).nonce)
    }

    private static func login(_ username: String, nonce: String, response: String) -> String {
        """
        Authorization: Digest username="\(username)", realm="\(Office.domain)", nonce="\(nonce)", \
        uri="sip:\(Office.domain)", response="\(response)", algorithm=SHA-256, cnonce="c0ffee", qop=auth, \
        nc=00000001\r

        """
    }
}
