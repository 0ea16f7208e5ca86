// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Those that hold, the newest first.
public struct ListBans: Command {
    public static let name = "ban.list"
    public static let rights: [Right] = [.seeBans]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [Ban] {
        await administrator.engine.bans()
    }
}

/// Shuts a source out for a while, by somebody's decision.
public struct AddBan: Command {
    public static let name = "ban.add"
    public static let rights: [Right] = [.shutOut]

    /// `203.0.113.7` or `2001:db8:1:2::/64`, as typed.
    public let source: String
    /// What was seen and who decided.
    public let reason: String
    public let hours: Int

    public init(source: String, reason: String, hours: Int) {
        (self.source, self.reason, self.hours) = (source, reason, hours)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(source: "-", reason: "-", hours: 0) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Ban {
        let ban = try decide(by: caller, at: administrator.now())
        if let protection = await administrator.engine.protection(of: ban.source) {
            throw .protected(ban.source, protection)
        }
        let entry = caller.draft("ban.add", ban.source.description, JournalDetail.of(nil, became: ban))
        try administrator.writing { try $0.keep(ban, journal: entry, at: ban.since) }
        await administrator.engine.impose(ban)
        administrator.tell(entry, "\(ban.source) was banned until \(ban.until) by \(caller.name)")
        return ban
    }

    private func decide(by caller: Caller, at now: WallTime) throws(Refusal) -> Ban {
        guard let source = BanSource(parsing: source) else { throw .noSource(self.source) }
        guard let reason = DisplayName.parse(reason, limit: Model.Limits.reasonBytes) else {
            throw .noBanReason(source)
        }
        guard (1...Guard.Limits.longestDecidedBanHours).contains(hours) else { throw .badBanLength(source) }
        return Ban(
            source: source,
            reason: .decision,
            evidence: reason,
            since: now,
            until: now + .seconds(hours * 3_600),
            actor: caller.name
        )
    }
}

/// Lets a source in again.
public struct RemoveBan: Command {
    public static let name = "ban.remove"
    public static let rights: [Right] = [.letIn]

    /// As typed.
    public let source: String

    public init(source: String) { self.source = source }

    public static func harmless(_: ExtensionNumber) -> Self { Self(source: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Ban {
        guard let source = BanSource(parsing: source) else { throw .noSource(self.source) }
        return try await administrator.lift(source, for: caller)
    }
}

extension Administrator {
    /// It is lifted before it is taken off the disk: one that was imposed a moment ago may not be there yet.
    fileprivate func lift(_ source: BanSource, for caller: Caller) async throws(Refusal) -> Ban {
        guard let ban = await engine.lift(source) else { throw .noBan(source) }
        let entry = caller.draft(RemoveBan.name, source.description, JournalDetail.of(ban, became: nil))
        do throws(Refusal) {
            try writing { try $0.lift(source, journal: entry, at: now()) }
        } catch {
            await engine.impose(ban)
            throw error
        }
        tell(entry, "The ban of \(source) was lifted by \(caller.name)")
        return ban
    }

    /// Lets in again whoever is shut out and in a site now. One that the disk does not let go ends at its time.
    func liftBansOfSites(for caller: Caller) async {
        for ban in await engine.bans() {
            guard await engine.protection(of: ban.source) == .site else { continue }
            _ = try? await lift(ban.source, for: caller)
        }
    }
}
