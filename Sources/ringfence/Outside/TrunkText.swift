// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives

extension TrunkReport {
    /// Without a server that tells of this moment.
    var stateWords: String {
        guard trunk.isEnabled else { return "disabled" }
        return state.map { $0.failure.map { "\($0)" } ?? $0.words } ?? "the server does not run"
    }

    /// `TLSv1.3`, `TLS`, `NONE until …`.
    var protection: String {
        guard let exception = trunk.exception else {
            return trunk.transport == .tls ? state?.tlsVersion ?? "TLS" : "not used: no exception"
        }
        let words = "\(trunk.transport.rawValue.uppercased()) allowed without encryption"
        return isPlain ? "\(words) until \(exception.until.seconds)" : "not used: the exception ended"
    }

    /// What to do when it cannot be used.
    var hint: String? {
        state.map { $0.isUsable ? nil : "Look at it: ringfence trunk show \(trunk.name)" } ?? nil
    }

    var text: String {
        var facts: [(String, String)] = [
            ("Provider", trunk.domain.text), ("State", stateWords), ("Encryption", protection), ("Servers", servers),
            ("User name", trunk.username ?? "-"), ("Password", hasPassword ? "sealed" : "none"),
            ("Registers", trunk.registers ? trunk.registersNumbers ? "for all numbers" : "yes" : "no"),
        ]
        facts += live
        facts += [
            ("Requests come from", networks(trunk.prefixes, "the connections to it")),
            ("Audio comes from", networks(trunk.mediaPrefixes, "where its messages say, with its keys")),
            ("Certificate signed by", trunk.authority == nil ? "whom this machine trusts" : "its own roots"),
            ("Shows our certificate", trunk.showsCertificate ? "yes" : "no"),
            ("Numbers", trunk.numbers.words), ("Caller number in", trunk.callerField.words),
            ("Forwarded calls in", trunk.forwardField.words),
            ("Withheld numbers", trunk.keepsWithheld ? "are told to the provider" : "are told to nobody"),
            ("Calls at once", "\(trunk.calls)"), ("Priority", "\(trunk.priority)"),
        ]
        if let exception = trunk.exception {
            facts.append(("Exception", "\(exception.reason) (\(exception.grantedBy))"))
        }
        return "Trunk \(trunk.name)\n" + FactList(facts.map { (name: $0.0, value: $0.1) }).text
    }

    private var live: [(String, String)] {
        guard let state else { return [] }
        var facts: [(String, String)] = []
        if let server = state.server { facts.append(("Connected to", server)) }
        if let until = state.registeredUntil { facts.append(("Registered until", until.seconds)) }
        if let cipher = state.cipher { facts.append(("Cipher", cipher)) }
        if let latency = state.latency { facts.append(("Answers after", "\(latency) ms")) }
        if let failure = state.failure {
            facts.append(("Last failure", failure + (state.failedAt.map { " (\($0.seconds))" } ?? "")))
        }
        return facts
    }

    private var servers: String {
        guard !trunk.servers.isEmpty else { return "as DNS says" }
        return trunk.servers.map { $0.host + ($0.port.map { ":\($0)" } ?? "") }.joined(separator: ", ")
    }

    private func networks(_ prefixes: [IPPrefix], _ otherwise: String) -> String {
        prefixes.isEmpty ? otherwise : prefixes.map(\.description).joined(separator: ", ")
    }
}

extension Trunk.NumberFormat {
    var words: String {
        switch self {
        case .plus: "+493012345"
        case .digits: "493012345"
        case .national: "as at home: 03012345"
        }
    }
}

extension Trunk.CallerField {
    var words: String {
        switch self {
        case .asserted: "From and P-Asserted-Identity"
        case .preferred: "From and P-Preferred-Identity"
        case .from: "From"
        }
    }
}

extension Trunk.ForwardField {
    var words: String {
        switch self {
        case .nothing: "none: the provider is not told"
        case .diversion: "Diversion"
        case .history: "History-Info"
        }
    }
}
