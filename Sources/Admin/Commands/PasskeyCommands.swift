// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// The passkeys with which operators sign in. They add them themselves, in a browser.
public struct ListPasskeys: Command {
    public static let name = "passkey.list"
    public static let rights: [Right] = [.seeOperators]

    /// Whose, as typed; `nil` for everybody's.
    public let `operator`: String?

    public init(of name: String? = nil) { `operator` = name }

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [PasskeyReport] {
        let name = `operator`
        return try await administrator.reading { try $0.passkeys() }
            .filter { $0.owner == name ?? $0.owner }.map(PasskeyReport.init)
    }
}

/// Removes a passkey of somebody: they sign in with a code, or with another one. Their sessions end.
public struct RemovePasskey: Command {
    public static let name = "passkey.remove"
    public static let rights: [Right] = [.appointOperators]

    /// Whose, as typed.
    public let `operator`: String
    /// Its name, as typed.
    public let passkey: String

    public init(of name: String, passkey: String) { (`operator`, self.passkey) = (name, passkey) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(of: "-", passkey: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> PasskeyReport
    {
        let (owner, typed) = (`operator`, passkey)
        let known = try await administrator.reading { try $0.passkeys(of: owner) }
        guard let passkey = known.first(where: { $0.name.text == typed }) else { throw .noPasskey(typed, of: owner) }
        let report = PasskeyReport(passkey)
        let draft = caller.draft(Self.name, owner, JournalDetail.ofName(passkey.name.text, became: nil))
        try administrator.writing { backend in
            guard try backend.remove(passkey: passkey.name, of: owner, journal: draft, at: administrator.now()) else {
                throw Refusal.noPasskey(typed, of: owner)
            }
            let sessions = try backend.sessions().filter { $0.name == owner }
            try backend.endSessions(sessions.map(\.id), journal: nil, at: administrator.now())
        }
        administrator.tell(draft, "The passkey \(passkey.name) of \(owner) was removed by \(caller.name)")
        let words = "\(caller.name) removed the passkey \(passkey.name) of \(owner)"
        administrator.events.publish(.noticed(.passkeysChanged(of: owner, words, at: administrator.now())))
        return report
    }
}

/// A passkey, without its key.
public struct PasskeyReport: Hashable, Sendable, Codable {
    public let `operator`: String
    public let name: ShortName
    public let since: WallTime
    /// `nil` where it was not used yet.
    public let lastUsed: WallTime?

    public init(_ passkey: Passkey) {
        (`operator`, name) = (passkey.owner, passkey.name)
        (since, lastUsed) = (passkey.since, passkey.lastUsed)
    }
}
