// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Codes of the second factor: RFC 6238 with 30 seconds and six digits, as every authenticator app makes them.
public enum SecondFactorRules {
    /// Seconds of a time step (RFC 6238 §4.1).
    public static let period: Int64 = 30
    public static let digits = 6
    /// Bytes of a secret (RFC 4226 §4 asks for 16 and advises 20).
    public static let secretBytes = 20
    /// Steps before and after the present one whose codes are taken, because clocks differ (RFC 6238 §5.2).
    public static let drift: Int64 = 1
    /// Recovery codes that somebody gets, and bits of each.
    public static let recoveryCodes = 10
    public static let recoveryCodeBits = 80
    /// How long somebody may do what is dangerous after they have shown a code.
    public static let proofLasts: Duration = .seconds(5 * 60)

    /// How long a link waits that takes away what somebody signs in with: its owner is told, and can say no. One that root or the account of
    /// the server makes waits for nothing: they own every file and are the last way in.
    public static let replacementWait: Duration = .seconds(24 * 3_600)

    public static func step(at now: WallTime) -> Int64 { now.milliseconds / 1_000 / period }

    /// The step that a code belongs to; `nil` where it is none of those that are taken. Whether it was used before is for whoever
    /// keeps the last one.
    ///
    /// - Parameter code: What the code of a step is. It is asked for all of them whichever fits.
    public static func step(of typed: String, at now: WallTime, code: (Int64) -> String) -> Int64? {
        let digits = typed.filter { !$0.isWhitespace }
        let present = step(at: now)
        var found: Int64?
        for step in present - drift...present + drift where isSame(digits, code(step)) { found = step }
        return found
    }

    /// Takes as long wherever they differ.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether a session has to show a fresh code before it does what needs these rights.
    public static func needsFreshCode(_ rights: [Right], provenAt: WallTime, at now: WallTime) -> Bool {
        guard rights.contains(where: isDangerous) else { return false }
        return now < provenAt || now - provenAt > proofLasts
    }

    /// What hands out secrets, makes the system less safe, costs money, cuts somebody off or says who may do what.
    public static func isDangerous(_ right: Right) -> Bool {
        switch right {
        case .enrolPhones, .revokePhones, .endCalls, .placeCalls, .openIntercoms, .traceSignalling, .acceptJournal,
            .keepProofs,
            .openListeners, .letIn, .replaceCertificate, .changeNetwork, .changeTrunks, .excuseTrunks, .openDialling,
            .activateRates,
            .changeSpending, .changePatterns, .releaseStops, .keepBackups, .changeRetention, .changeAlerts,
            .appointOperators:
            true
        case .seeExtensions, .changeExtensions, .cutOffExtensions, .seePhones, .seeRegistrations, .seeCalls,
            .seeRecords, .readJournal, .seeControls, .runAudit, .diagnose, .seeListeners, .closeListeners, .seeBans,
            .shutOut,
            .seeCertificate, .seeEvents, .seeNetwork, .seeHours, .changeHours, .seeTrunks, .cutOffTrunks, .seeNumbers,
            .changeNumbers, .seeDialling, .closeDialling, .seeSpending, .importRates, .seePatterns, .seeAlerts,
            .seeOperators:
            false
        }
    }
}
