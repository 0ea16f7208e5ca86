// SPDX-License-Identifier: Apache-2.0

public import Model

/// With which rights somebody acts: those of their role, or fewer because they said so.
public struct Mandate: Hashable, Sendable {
    public let role: Role
    /// What they narrowed themselves to. It never adds anything, because both have to allow what is done.
    public let narrowed: Role?

    public init(_ role: Role, narrowedTo narrowed: Role? = nil) {
        (self.role, self.narrowed) = (role, narrowed)
    }

    fileprivate var roles: [Role] { [role] + (narrowed.map { [$0] } ?? []) }
}

/// How far somebody reaches with a right.
public enum Reach: Hashable, Sendable {
    case everything
    /// What belongs to this extension, and nothing else.
    case only(ExtensionNumber)
    case nothing
}

/// Proof that somebody may do what they asked for. Only ``Authoriser`` makes one.
public struct Permit: Hashable, Sendable {
    /// ``Reach/everything``, or one extension.
    private let number: ExtensionNumber?

    fileprivate init(_ number: ExtensionNumber?) { self.number = number }

    /// The one extension that the answer may speak of; `nil` for all of them.
    public var extensionOnly: ExtensionNumber? { number }

    /// Whether the answer may speak of something that belongs to any of these extensions.
    public func covers(_ numbers: ExtensionNumber?...) -> Bool { number.map { numbers.contains($0) } ?? true }
}

/// The one who says whether an operator may do something, whatever the channel it is asked over.
public enum Authoriser {
    /// What somebody wants to do it to.
    public enum Subject: Hashable, Sendable {
        /// All there is, or nothing in particular; one extension's part of it for somebody who reaches no further.
        case any
        /// What belongs to one extension; `nil` where it is none that there could be.
        case `extension`(ExtensionNumber?)
    }

    /// - Parameters:
    ///   - name: Who asks, for the refusal.
    ///   - rights: All of them are needed.
    /// - Throws: What they may not do, by which role, and how they could.
    public static func decide(
        _ rights: [Right],
        on subject: Subject,
        by name: String,
        with mandate: Mandate
    ) throws(Refusal) -> Permit {
        var only: ExtensionNumber?
        for role in mandate.roles {
            for right in rights {
                switch reach(of: role, with: right) {
                case .everything: continue
                case .nothing: throw .without(right, name, role, isNarrowed: role != mandate.role)
                case .only(let number):
                    guard only == nil || only == number, subject == .any || subject == .extension(number) else {
                        throw .elsewhere(right, name, number)
                    }
                    only = number
                }
            }
        }
        return Permit(only)
    }

    /// What a role is for: each right of each role, so that neither can be forgotten.
    public static func reach(of role: Role, with right: Right) -> Reach {
        switch role {
        case .owner: .everything
        case .administrator: runsTheSystem(right) ? .everything : .nothing
        case .security: guardsTheSystem(right) ? .everything : .nothing
        case .billing:
            [.seeExtensions, .seeRecords, .seeNumbers, .seeSpending].contains(right) ? .everything : .nothing
        case .frontDesk: [.seeExtensions, .seeRegistrations, .seeCalls].contains(right) ? .everything : .nothing
        case .auditor: right.changesSomething ? .nothing : .everything
        case .ownExtension(let number): belongsToAnExtension(right) ? .only(number) : .nothing
        }
    }

    /// All daily work. Not who else may do what, and nothing that makes the system less safe.
    private static func runsTheSystem(_ right: Right) -> Bool {
        switch right {
        case .seeExtensions, .changeExtensions, .cutOffExtensions, .seePhones, .enrolPhones, .revokePhones,
            .seeRegistrations, .seeCalls, .endCalls, .placeCalls, .seeRecords, .readJournal, .seeControls, .runAudit,
            .diagnose, .traceSignalling, .seeListeners, .closeListeners, .seeBans, .shutOut, .letIn, .seeCertificate,
            .replaceCertificate, .seeEvents, .seeNetwork, .seeHours, .changeHours, .seeTrunks, .changeTrunks,
            .cutOffTrunks, .seeNumbers,
            .changeNumbers, .seeDialling, .closeDialling, .seeSpending, .importRates, .seePatterns, .seeAlerts,
            .seeOperators:
            true
        case .openListeners, .openIntercoms, .changeNetwork, .keepProofs, .excuseTrunks, .openDialling, .activateRates,
            .changeSpending, .changePatterns, .releaseStops, .acceptJournal, .keepBackups, .changeRetention,
            .changeAlerts,
            .appointOperators:
            false
        }
    }

    /// Looks at everything, stops what is dangerous, and decides what may be done without encryption and what calls may cost.
    /// Hands out no password, and brings in no trunk and no price list.
    private static func guardsTheSystem(_ right: Right) -> Bool {
        switch right {
        case .seeExtensions, .cutOffExtensions, .seePhones, .revokePhones, .seeRegistrations, .seeCalls, .endCalls,
            .seeRecords, .readJournal, .seeControls, .runAudit, .diagnose, .seeListeners, .openListeners,
            .closeListeners, .seeBans, .shutOut, .letIn, .seeCertificate, .seeEvents, .seeNetwork, .changeNetwork,
            .seeHours, .seeTrunks, .cutOffTrunks, .excuseTrunks, .seeNumbers, .seeDialling, .openDialling,
            .closeDialling, .openIntercoms,
            .seeSpending, .activateRates, .changeSpending, .seePatterns, .changePatterns, .releaseStops, .seeAlerts,
            .changeAlerts, .seeOperators:
            true
        case .changeExtensions, .enrolPhones, .placeCalls, .keepProofs, .replaceCertificate, .changeHours,
            .changeTrunks,
            .changeNumbers, .importRates, .acceptJournal, .keepBackups, .changeRetention, .traceSignalling,
            .appointOperators:
            false
        }
    }

    private static func belongsToAnExtension(_ right: Right) -> Bool {
        switch right {
        case .seeExtensions, .seePhones, .seeRegistrations, .seeCalls, .seeRecords: true
        case .changeExtensions, .cutOffExtensions, .enrolPhones, .revokePhones, .endCalls, .placeCalls, .openIntercoms,
            .readJournal, .seeControls, .keepProofs, .runAudit, .diagnose, .traceSignalling, .seeListeners,
            .openListeners,
            .closeListeners, .seeBans, .shutOut,
            .letIn, .seeCertificate, .replaceCertificate, .seeEvents, .seeNetwork, .changeNetwork, .seeOperators,
            .seeHours, .changeHours, .seeTrunks, .changeTrunks, .cutOffTrunks, .excuseTrunks, .seeNumbers,
            .changeNumbers,
            .seeDialling, .openDialling, .closeDialling, .seeSpending, .importRates, .activateRates, .changeSpending,
            .seePatterns, .changePatterns, .releaseStops, .acceptJournal, .keepBackups, .changeRetention, .seeAlerts,
            .changeAlerts,
            .appointOperators:
            false
        }
    }
}

extension Refusal {
    fileprivate static func without(_ right: Right, _ name: String, _ role: Role, isNarrowed: Bool) -> Self {
        Self(
            .roles,
            problem: "\(name) may not \(right.rawValue).",
            reason: "the role \(role) is not for that",
            remedy: isNarrowed
                ? "ask again without --as \(role)"
                : "ask an owner to do it, or for another role: ringfence operator list"
        )
    }

    fileprivate static func elsewhere(_ right: Right, _ name: String, _ number: ExtensionNumber) -> Self {
        Self(
            .roles,
            problem: "\(name) may not \(right.rawValue) of others.",
            reason: "the role \(Role.ownExtension(number)) is for what belongs to extension \(number)",
            remedy: "ask for extension \(number), or an owner for another role: ringfence operator list"
        )
    }
}
