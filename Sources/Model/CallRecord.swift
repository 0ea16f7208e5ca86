// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What protected one leg of a call. `nil` where nothing did, or where it was not settled yet.
public struct LegProtection: Hashable, Sendable, Codable {
    /// `tls`, `tcp` or `udp`.
    public var transport: String
    public var tlsVersion: String?
    public var cipher: String?
    /// Name of the SRTP suite as in `a=crypto` (RFC 4568 §6.2, RFC 7714 §14.2); ``readableAudio`` of a leg to a provider that
    /// encrypts nothing.
    public var srtpSuite: String?

    /// Audio that everybody on the way can hear, by the exception of a trunk.
    public static let readableAudio = "none"
    /// What stands there where the two sides agree on suite and keys over the media path (RFC 5764): only the relay learns which of
    /// the accepted suites it is.
    public static let keysOverMediaPath = "DTLS-SRTP"

    public init(transport: String, tlsVersion: String? = nil, cipher: String? = nil, srtpSuite: String? = nil) {
        (self.transport, self.tlsVersion, self.cipher, self.srtpSuite) = (transport, tlsVersion, cipher, srtpSuite)
    }

    /// Whether signalling and audio of this leg were both encrypted.
    public var isComplete: Bool { tlsVersion != nil && srtpSuite != nil && !isReadable }
    /// Whether its audio was agreed on and is not encrypted.
    public var isReadable: Bool { srtpSuite == Self.readableAudio }
}

/// How a call went.
public enum CallOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    case settingUp
    case answered
    case refused
    case busy
    case noAnswer
    case declined
    case cancelled
    case unreachable
    case failed
    /// The server stopped while the call was up.
    case interrupted
}

/// One call, refused ones included. Written when it is decided, before it is answered, and again when it ends.
public struct CallRecord: Hashable, Sendable, Codable, Identifiable {
    /// A random token; the key under which later states of the same call replace earlier ones.
    public var id: String
    public var startedAt: WallTime
    public var answeredAt: WallTime?
    public var endedAt: WallTime?
    /// Whose credential called; never what From claimed.
    public var caller: Participant
    /// `nil` for a caller that is no phone of ours.
    public var callerDevice: DeviceID?
    /// What was dialled, as text; not necessarily an extension.
    public var dialled: String
    public var callee: Participant?
    /// Whose phones forwarded it, in order; of an answered call those that led to who got it.
    public var forwardedBy: [ExtensionNumber]
    /// The way that it took inside, in order; of an answered call what led to who got it.
    public var path: [CallStep]
    public var outcome: CallOutcome
    /// The final SIP status sent to the caller.
    public var status: Int?
    /// The practice that refused the call.
    public var control: Control?
    /// Why it ended so, in words.
    public var reason: String
    public var callerProtection: LegProtection?
    public var calleeProtection: LegProtection?
    /// Over which it came or left; `nil` for a call inside.
    public var trunk: TrunkName?
    /// What its legs to the outside cost.
    public var charges: [LegCharge]

    public init(
        id: String,
        startedAt: WallTime,
        answeredAt: WallTime? = nil,
        endedAt: WallTime? = nil,
        caller: Participant,
        callerDevice: DeviceID?,
        dialled: String,
        callee: Participant? = nil,
        forwardedBy: [ExtensionNumber] = [],
        path: [CallStep] = [],
        outcome: CallOutcome = .settingUp,
        status: Int? = nil,
        control: Control? = nil,
        reason: String = "",
        callerProtection: LegProtection? = nil,
        calleeProtection: LegProtection? = nil,
        trunk: TrunkName? = nil,
        charges: [LegCharge] = []
    ) {
        (self.id, self.startedAt, self.answeredAt, self.endedAt) = (id, startedAt, answeredAt, endedAt)
        (self.caller, self.callerDevice, self.dialled, self.callee) = (caller, callerDevice, dialled, callee)
        (self.forwardedBy, self.path) = (forwardedBy, path)
        (self.outcome, self.status, self.control, self.reason) = (outcome, status, control, reason)
        (self.callerProtection, self.calleeProtection) = (callerProtection, calleeProtection)
        (self.trunk, self.charges) = (trunk, charges)
    }
}

extension CallRecord {
    /// What protects each leg of an answered call. An end of our own has no leg.
    public var protections: [LegProtection?] {
        if caller == .system { return [calleeProtection] }
        return switch callee {
        case .service: [callerProtection]
        case .extension, .group, .outside, .system, .emergency, nil: [callerProtection, calleeProtection]
        }
    }
}
