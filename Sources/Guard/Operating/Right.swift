// SPDX-License-Identifier: Apache-2.0

/// Something that an operator can do, named by what it does and not by the command that does it.
///
/// The raw value completes "may not …".
public enum Right: String, CaseIterable, Codable, Hashable, Sendable {
    case seeExtensions = "see the extensions"
    case changeExtensions = "change extensions"
    /// Disabling one: what stops a thief, and is undone by ``changeExtensions``.
    case cutOffExtensions = "cut extensions off"
    case seePhones = "see the phones"
    /// Hands out a password.
    case enrolPhones = "enrol phones"
    case revokePhones = "revoke phones"
    case seeRegistrations = "see which phones are registered"
    case seeCalls = "see the calls of this moment"
    case endCalls = "end calls"
    /// Rings somebody's phone, and costs what that extension may spend.
    case placeCalls = "have extensions place calls"
    /// Lets phones answer by themselves, and be heard in the room they stand in.
    case openIntercoms = "let phones answer by themselves"
    case seeRecords = "see who called whom"
    case readJournal = "read the journal"
    /// Takes one for whole whose end may be missing: what was done last is then known to nobody.
    case acceptJournal = "say that the journal is whole"
    case seeControls = "see how the controls stand"
    /// Says that an attack was held off.
    case keepProofs = "keep proofs of the controls"
    case runAudit = "run an audit"
    case diagnose = "ask the server how it is"
    /// With it somebody sees who calls whom, as it is signalled.
    case traceSignalling = "read what phones and server say to each other"
    case seeListeners = "see the listeners"
    case openListeners = "open listeners without encryption"
    case closeListeners = "close listeners without encryption"
    case seeBans = "see who is shut out"
    case shutOut = "shut addresses out"
    case letIn = "let shut out addresses in again"
    case seeCertificate = "see the certificate"
    case replaceCertificate = "replace the certificate"
    case seeEvents = "see the security events"
    case seeNetwork = "see sites, web origins and ports"
    /// Sites are never shut out, so it makes the system less safe in wrong hands.
    case changeNetwork = "change sites, web origins, listeners and ports"
    case seeHours = "see the opening hours"
    case changeHours = "change the opening hours"
    case seeTrunks = "see the trunks"
    case changeTrunks = "change the trunks"
    /// Disabling one: what stops a thief, and is undone by ``changeTrunks``.
    case cutOffTrunks = "cut trunks off"
    case excuseTrunks = "let a trunk go without encryption"
    case seeNumbers = "see the numbers of the business"
    case changeNumbers = "change the numbers of the business"
    case seeDialling = "see where calls may go"
    /// Lets calls go where they could not: it costs money in wrong hands.
    case openDialling = "open where calls may go"
    case closeDialling = "close where calls may go"
    case seeSpending = "see prices and what was spent"
    /// Brings a price list in, which is looked at before it counts.
    case importRates = "import prices"
    /// Lets it count: prices that are too low make every limit useless.
    case activateRates = "let imported prices count"
    case changeSpending = "change what calls may cost"
    case seePatterns = "see the call patterns that are watched"
    case changePatterns = "change the call patterns that are watched"
    /// Ends a stop before its time.
    case releaseStops = "let stopped calls go on"
    /// A backup holds every secret, and whoever makes the recovery key can open it.
    case keepBackups = "make backups, and say who can open them"
    case changeRetention = "say how long calls and messages are kept, and erase numbers"
    case seeAlerts = "see who is told of what"
    /// Silences an alarm in wrong hands.
    case changeAlerts = "say who is told of what"
    case seeOperators = "see the operators"
    case appointOperators = "say who may do what"

    /// Whether somebody with it can leave anything different from how they found it.
    public var changesSomething: Bool {
        switch self {
        case .changeExtensions, .cutOffExtensions, .enrolPhones, .revokePhones, .endCalls, .placeCalls,
            .openIntercoms, .traceSignalling, .keepProofs, .openListeners, .closeListeners, .shutOut, .letIn,
            .replaceCertificate,
            .changeNetwork, .changeHours,
            .changeTrunks, .cutOffTrunks, .excuseTrunks, .changeNumbers, .openDialling, .closeDialling, .importRates,
            .activateRates, .changeSpending, .changePatterns, .releaseStops, .acceptJournal, .keepBackups,
            .changeRetention, .changeAlerts,
            .appointOperators:
            true
        case .seeExtensions, .seePhones, .seeRegistrations, .seeCalls, .seeRecords, .readJournal, .seeControls,
            .runAudit, .diagnose, .seeListeners, .seeBans, .seeCertificate, .seeEvents, .seeNetwork, .seeHours,
            .seeTrunks, .seeNumbers, .seeDialling, .seeSpending, .seePatterns, .seeAlerts, .seeOperators:
            false
        }
    }
}
