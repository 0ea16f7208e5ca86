// SPDX-License-Identifier: Apache-2.0

/// One thing that a listener is offered, and whether it may agree.
///
/// Source: RFC 8996 (no TLS below 1.2), RFC 9325 §4.1 and §4.2 (which suites).
struct TLSTrial: Hashable, Sendable {
    let name: String
    let hello: TLSHello
    let mayAgree: Bool

    /// Suites with forward secrecy and authenticated encryption, for RSA and ECDSA certificates.
    static let strongSuites: [UInt16] = [0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9]
    private static let oldSuites: [UInt16] = [0xC009, 0xC00A, 0xC013, 0xC014, 0x002F, 0x0035, 0x000A, 0x0005]

    /// What every phone of today offers. A listener that refuses it proves nothing by refusing the rest.
    static let today = [
        TLSTrial(
            name: "TLS 1.2 with AES-GCM",
            hello: TLSHello(version: 0x0303, suites: strongSuites, offersCompression: true),
            mayAgree: true
        ),
        TLSTrial(name: "TLS 1.3", hello: TLSHello(version: 0x0304, suites: [0x1301, 0x1302, 0x1303]), mayAgree: true),
    ]

    /// What nobody may be given any more.
    static let weak: [TLSTrial] =
        [(0x0300, "SSL 3.0"), (0x0301, "TLS 1.0"), (0x0302, "TLS 1.1")].map { version, name in
            TLSTrial(
                name: name,
                hello: TLSHello(version: UInt16(version), suites: strongSuites + oldSuites),
                mayAgree: false
            )
        }
        + weakSuites.map { name, suites in
            TLSTrial(
                name: "TLS 1.2 with \(name)",
                hello: TLSHello(version: 0x0303, suites: suites),
                mayAgree: false
            )
        }

    private static let weakSuites: [(String, [UInt16])] = [
        ("CBC", [0xC009, 0xC00A, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028]),
        ("RSA key exchange", [0x002F, 0x0035, 0x003C, 0x003D, 0x009C, 0x009D]),
        ("finite-field Diffie-Hellman", [0x0033, 0x0039, 0x0067, 0x006B, 0x009E, 0x009F]),
        ("3DES", [0x000A, 0x0016, 0xC008, 0xC012]),
        ("RC4", [0x0004, 0x0005, 0xC007, 0xC011]),
        ("no encryption", [0x0001, 0x0002, 0x003B, 0xC006, 0xC010]),
        ("export keys", [0x0003, 0x0006, 0x0008, 0x0011, 0x0014]),
        ("no certificate", [0x0018, 0x0034, 0x003A, 0x006C, 0x00A6, 0x00A7, 0xC018, 0xC019]),
    ]

    /// Whether the answer is what it has to be: agreed to without compression, or not agreed to.
    func isMet(by reply: TLSReply) -> Bool {
        switch reply {
        case .agreed(let version, _, let compression): mayAgree && compression == 0 && version == hello.version
        case .alert, .nothing: !mayAgree
        case .other: false
        }
    }
}

/// What a listener said to all of ``TLSTrial/weak``, between two rounds of ``TLSTrial/today``.
struct TLSVerdict: Sendable {
    private(set) var faults: [String] = []
    /// `nil` when today's offers were taken before and after the weak ones, so that a refusal means something.
    private(set) var inconclusive: String?
    private(set) var refused = 0

    /// - Parameter say: Sends a hello over a new connection and gives what comes back.
    static func judge(_ say: (TLSHello) async -> TLSReply) async -> TLSVerdict {
        var verdict = TLSVerdict()
        await verdict.expectToday(say)
        guard verdict.inconclusive == nil else { return verdict }
        for trial in TLSTrial.weak {
            let reply = await say(trial.hello)
            if trial.isMet(by: reply) { verdict.refused += 1 } else { verdict.faults.append("\(trial.name): \(reply)") }
        }
        await verdict.expectToday(say)
        return verdict
    }

    private mutating func expectToday(_ say: (TLSHello) async -> TLSReply) async {
        for trial in TLSTrial.today {
            let reply = await say(trial.hello)
            if trial.isMet(by: reply) { continue }
            // It agreed, but to compression or to another version than was asked for.
            if reply.isAgreed {
                faults.append("\(trial.name): \(reply)")
            } else {
                inconclusive = "\(trial.name): \(reply)"
            }
        }
    }
}
