// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import Synchronization

/// Which business has which names, on which listener. Written by who opens and closes businesses, read by the reception.
final class ReceptionDirectory: Sendable {
    /// Takes a connection to where it is served, or says that there is no room. Called on the reception's thread, so it must
    /// not block.
    typealias Door = @Sendable (AcceptedSocket) -> Bool

    private struct Name: Hashable {
        let listener: Int
        let text: String
    }

    private struct Table: Sendable {
        var names: [Name: UInt16] = [:]
        /// Per listener.
        var doors: [Int: [UInt16: Door]] = [:]
        /// Networks that phones of a business sit in, and the generation of the settings that say so.
        var sites: [UInt16: (generation: UInt64, prefixes: [IPPrefix])] = [:]
    }

    private let hasOneBusiness: Bool
    private let table = Mutex(Table())

    /// - Parameter hasOneBusiness: Whether there is nobody else whom a phone could want.
    init(hasOneBusiness: Bool) {
        self.hasOneBusiness = hasOneBusiness
    }

    /// Gives a business its names on a listener.
    ///
    /// - Throws: A refusal with the name that another business has there, and then nothing was changed.
    func add(_ business: UInt16, _ names: [String], on listener: Int, _ door: @escaping Door) throws(Refusal) {
        let taken = table.withLock { table in
            let wanted = names.map { Name(listener: listener, text: $0.lowercased()) }
            for name in wanted where table.names[name, default: business] != business { return name.text as String? }
            for name in wanted { table.names[name] = business }
            table.doors[listener, default: [:]][business] = door
            return nil
        }
        if let taken { throw .takenName(taken) }
    }

    func expect(_ sites: [IPPrefix], of business: UInt16, at generation: UInt64) {
        table.withLock { table in
            if let known = table.sites[business], known.generation > generation { return }
            table.sites[business] = (generation, sites)
        }
    }

    /// Whether phones of any business sit there: whose a connection is, is not known yet.
    func isSite(_ source: IPAddress) -> Bool {
        table.withLock { table in
            table.sites.values.contains { $0.prefixes.contains { $0.contains(source) } }
        }
    }

    func remove(_ business: UInt16) {
        table.withLock { table in
            table.sites[business] = nil
            table.names = table.names.filter { $0.value != business }
            for listener in table.doors.keys { table.doors[listener]?[business] = nil }
        }
    }

    /// - Parameter name: In lower case; `nil` for who asks for nobody.
    /// - Returns: Where to go. Whoever asks for nobody, or for a name that nobody has, reaches the business that there is, if
    ///   there is one: phones that were given an address ask for no name (RFC 6066 §3). Where there are several, a name may
    ///   be that of one that is not served just now, whose phones must never reach another.
    func door(on listener: Int, for name: String?) -> Door? {
        table.withLock { table in
            guard let here = table.doors[listener] else { return nil }
            if let name, let business = table.names[Name(listener: listener, text: name)] { return here[business] }
            return hasOneBusiness ? here.values.first : nil
        }
    }
}

extension Refusal {
    static func takenName(_ name: String) -> Self {
        Self(
            problem: "Two businesses on one address have the name \(name).",
            reason: "it is all that a phone says before it is shown a certificate, so nobody could tell whom it wants",
            remedy: "give one of them another name or another address: ringfence init --name NAME"
        )
    }
}
