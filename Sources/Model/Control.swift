// SPDX-License-Identifier: Apache-2.0

/// A security practice that Ringfence enforces.
///
/// The raw value is its name everywhere: in the log, the audit report, the command line, the tests, and the page in
/// `Guard.docc` that explains it. It never changes once released.
public enum Control: String, CaseIterable, Codable, Hashable, Sendable {
    case sipPasswords = "sip-passwords"
    case credentialDelivery = "credential-delivery"
    case signallingEncryption = "signalling-encryption"
    case mediaEncryption = "media-encryption"
    case mediaSource = "media-source"
    case intrusionDetection = "intrusion-detection"
    case floodProtection = "flood-protection"
    case openPorts = "open-ports"
    case roles = "roles"
    case operatorPasswords = "operator-passwords"
    case secondFactor = "second-factor"
    case loginProtection = "login-protection"
    case adminNetworks = "admin-networks"
    case noDefaults = "no-defaults"
    case journal = "journal"
    case countryDialing = "country-dialing"
    case premiumNumbers = "premium-numbers"
    case spendLimit = "spend-limit"
    case callLimits = "call-limits"
    case callPatterns = "call-patterns"
    case afterHours = "after-hours"
    case trunkEncryption = "trunk-encryption"
    case providerAllowlist = "provider-allowlist"
    case callerTrust = "caller-trust"
    case emergencyCalls = "emergency-calls"
    case dormantExtensions = "dormant-extensions"
    case disa = "disa"
    case forwardingRules = "forwarding-rules"

    /// The rule in a few words, as a heading.
    public var title: String {
        switch self {
        case .sipPasswords: "Every phone has its own strong secret"
        case .credentialDelivery: "Secrets are shown once and kept sealed"
        case .signallingEncryption: "Signalling is encrypted"
        case .mediaEncryption: "Audio is encrypted, or there is no call"
        case .mediaSource: "Audio is taken only from who proved to be the caller"
        case .intrusionDetection: "Scanners and guessers learn nothing"
        case .floodProtection: "Strangers cannot crowd out phones"
        case .openPorts: "Only declared ports are open"
        case .roles: "Everybody may do what their role is for, and nothing else"
        case .operatorPasswords: "Operators choose passwords that nobody guesses"
        case .secondFactor: "A stolen password alone opens nothing"
        case .loginProtection: "Whoever guesses at the sign-in gets slower, and learns nothing"
        case .adminNetworks: "The portal answers listed networks only"
        case .noDefaults: "Nobody calls outside before defaults are gone and alerts arrive"
        case .journal: "Every change leaves a trace that cannot be altered"
        case .countryDialing: "Calls abroad are off until somebody opens a country"
        case .premiumNumbers: "Nobody is paid for being called"
        case .spendLimit: "No call costs more than the owner allows"
        case .callLimits: "No phone makes too many calls at once"
        case .callPatterns: "Unusual calling is noticed and stopped"
        case .afterHours: "Nights and weekends are stricter"
        case .trunkEncryption: "Calls outside are encrypted up to the provider, or a dated exception says why not"
        case .providerAllowlist: "Providers are taken at their own addresses and nowhere else"
        case .callerTrust: "Nobody outside passes for somebody inside"
        case .emergencyCalls: "Calls for help always go out"
        case .dormantExtensions: "Extensions that nobody uses come to an end"
        case .disa: "Nobody who calls in gets a line to call out with"
        case .forwardingRules: "A forward is a call of whoever set it up, and people hear of it"
        }
    }
}
