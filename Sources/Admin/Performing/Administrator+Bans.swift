// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

extension Administrator {
    func perform(_ command: BanCommand, by actor: Actor) async throws(Refusal) -> Answer {
        switch command {
        case .list: .bans(await engine.bans())
        case .add(let request): .banned(try await ban(request, by: actor))
        case .remove(let source): .banLifted(try await lift(source, by: actor))
        }
    }

    private func ban(_ request: BanRequest, by actor: Actor) async throws(Refusal) -> Ban {
        guard let source = BanSource(parsing: request.source) else { throw .noSource(request.source) }
        guard let reason = DisplayName.parse(request.reason, limit: Model.Limits.reasonBytes) else {
            throw .noBanReason(source)
        }
        guard (1...Guard.Limits.longestDecidedBanHours).contains(request.hours) else { throw .badBanLength(source) }
        if let protection = await engine.protection(of: source) { throw .protected(source, protection) }
        let time = now()
        let ban = Ban(
            source: source,
            reason: .decision,
            evidence: reason,
            since: time,
            until: time + .seconds(request.hours * 3_600),
            actor: actor.name
        )
        let entry = draft("ban.add", source.description, JournalDetail.of(nil, became: ban), actor)
        do {
            try store.keep(ban, journal: entry, at: time)
        } catch {
            throw .cannotWrite(error)
        }
        await engine.impose(ban)
        await notifier.notify(Notice(control: nil, text: "\(source) was banned until \(ban.until) by \(actor.name)"))
        return ban
    }

    /// It is lifted before it is taken off the disk: one that was imposed a moment ago may not be there yet.
    private func lift(_ typed: String, by actor: Actor) async throws(Refusal) -> Ban {
        guard let source = BanSource(parsing: typed) else { throw .noSource(typed) }
        guard let ban = await engine.lift(source) else { throw .noBan(source) }
        let entry = draft("ban.remove", source.description, JournalDetail.of(ban, became: nil), actor)
        do {
            try store.lift(source, journal: entry, at: now())
        } catch {
            await engine.impose(ban)
            throw .cannotWrite(error)
        }
        await notifier.notify(Notice(control: nil, text: "The ban of \(source) was lifted by \(actor.name)"))
        return ban
    }
}
