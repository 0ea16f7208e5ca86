// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Guard
public import Model
import Primitives
import Store

/// The price lists, without their prices.
public struct ListRates: Command {
    public static let name = "rates.show"
    public static let rights: [Right] = [.seeSpending]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [RateSummary] {
        let rates = administrator.store.snapshot.outside.rates
        let all =
            rates.active.values.map { RateSummary($0, isActive: true) }
            + rates.waiting.values.map { RateSummary($0, isActive: false) }
        return all.sorted { ($0.name, $0.isActive ? 0 : 1) < ($1.name, $1.isActive ? 0 : 1) }
    }
}

/// Hands over the next piece of a price list, because a request is short. Asked for by programs, not typed.
public struct UploadRates: Command {
    /// How many bytes there are now.
    public struct Reply: Codable, Hashable, Sendable {
        public let bytes: Int

        public init(bytes: Int) { self.bytes = bytes }
    }

    public static let name = "rates.upload"
    public static let rights: [Right] = [.importRates]
    /// Bytes of one piece: with the rest of the request it fits into one in Base64.
    public static let pieceBytes = 45 * 1_024

    public let piece: Data
    /// Whether it is the first one: what was handed over before is forgotten.
    public let isFirst: Bool

    public init(_ piece: Data, isFirst: Bool) { (self.piece, self.isFirst) = (piece, isFirst) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(Data(), isFirst: false) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        Reply(bytes: try administrator.upload(piece, isFirst: isFirst, by: caller))
    }
}

/// Reads the price list that was handed over. It waits until somebody lets it count.
public struct ImportRates: Command {
    public static let name = "rates.import"
    public static let rights: [Right] = [.importRates]

    /// That of a trunk, or `default`; as typed.
    public let deck: String
    /// Whether days come before months where the list does not show it: `3/4/2026`.
    public let isDayFirst: Bool?

    public init(deck: String, isDayFirst: Bool? = nil) { (self.deck, self.isDayFirst) = (deck, isDayFirst) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(deck: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> RateImportReport {
        let name = try administrator.deckName(deck)
        let bytes = try administrator.takeUpload(of: caller)
        let outside = administrator.store.snapshot.outside
        let (version, now) = (outside.rates.nextVersion(of: name), administrator.now())
        let order = isDayFirst.map { $0 ? RateDeckReader.DayOrder.dayFirst : .monthFirst }
        let currency = outside.spending.currency
        let active = outside.rates.active[name]?.deck
        let outcome = try await administrator.reading { _ in
            Self.read(bytes, name, version, currency, order, beside: active, at: now)
        }
        let (read, comparison) = try outcome.get()
        let imported = ImportedDeck(read.deck, importedAt: now, importedBy: caller.name)
        let old = administrator.store.snapshot.outside.rates.waiting[name].map { RateSummary($0, isActive: false) }
        let new = RateSummary(imported, isActive: false)
        try await administrator.change(
            [.outside(.rate(.wait(imported)))],
            [caller.draft(Self.name, name.text, JournalDetail.of(old, became: new))],
            notice: "A price list for \(name) with \(new.prices) prices waits, imported by \(caller.name)"
        )
        return RateImportReport(imported, read, RateDifference(name, comparison, lines: 5))
    }

    private static func read(
        _ bytes: [UInt8],
        _ name: ShortName,
        _ version: UInt32,
        _ currency: Currency,
        _ order: RateDeckReader.DayOrder?,
        beside active: RateDeck?,
        at now: WallTime
    ) -> Result<(RateDeckImport, RateDeckComparison), Refusal> {
        do throws(RateDeckFaults) {
            let read = try RateDeckReader.read(bytes, as: name, version: version, currency: currency, order: order)
            return .success((read, read.deck.compared(with: active, at: now)))
        } catch {
            return .failure(error.refusal)
        }
    }
}

/// What a list that waits would change.
public struct CompareRates: Command {
    public static let name = "rates.diff"
    public static let rights: [Right] = [.seeSpending]

    /// As typed.
    public let deck: String
    /// How many of each kind.
    public let lines: Int

    public init(deck: String, lines: Int) { (self.deck, self.lines) = (deck, lines) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(deck: "-", lines: 1) }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> RateDifference {
        let name = try administrator.deckName(deck)
        let rates = administrator.store.snapshot.outside.rates
        guard let waiting = rates.waiting[name]?.deck else { throw .noneWaits(name) }
        let (active, now, lines) = (rates.active[name]?.deck, administrator.now(), max(0, lines))
        return try await administrator.reading { _ in
            RateDifference(name, waiting.compared(with: active, at: now), lines: lines)
        }
    }
}

/// Lets the list that waits count from now on. Calls that are up keep their price.
public struct ActivateRates: Command {
    public static let name = "rates.activate"
    public static let rights: [Right] = [.activateRates]

    /// As typed.
    public let deck: String

    public init(deck: String) { self.deck = deck }

    public static func harmless(_: ExtensionNumber) -> Self { Self(deck: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RateSummary {
        let name = try administrator.deckName(deck)
        let outside = administrator.store.snapshot.outside
        guard let waiting = outside.rates.waiting[name] else { throw .noneWaits(name) }
        let (active, now) = (outside.rates.active[name], administrator.now())
        let covered = outside.dialing.covered
        let refusal = try await administrator.reading { _ in
            active.flatMap { waiting.deck.compared(with: $0.deck, at: now).refusal(covering: covered) }
        }
        if let refusal { throw refusal }
        let new = RateSummary(waiting, isActive: true)
        try await administrator.change(
            [.outside(.rate(.activate(name)))],
            [
                caller.draft(
                    Self.name,
                    name.text,
                    JournalDetail.of(active.map { RateSummary($0, isActive: true) }, became: new)
                )
            ],
            notice: "Calls are priced by version \(new.version) of the price list \(name), by \(caller.name)"
        )
        return new
    }
}

/// Forgets a price list: the one that waits, or where none does the active one.
public struct RemoveRates: Command {
    public static let name = "rates.remove"
    public static let rights: [Right] = [.importRates]

    /// As typed.
    public let deck: String

    public init(deck: String) { self.deck = deck }

    public static func harmless(_: ExtensionNumber) -> Self { Self(deck: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RateSummary {
        let name = try administrator.deckName(deck)
        let rates = administrator.store.snapshot.outside.rates
        let waits = rates.waiting[name] != nil
        guard let old = rates.waiting[name] ?? rates.active[name] else { throw .noneWaits(name) }
        let summary = RateSummary(old, isActive: !waits)
        try await administrator.change(
            [.outside(.rate(waits ? .drop(name) : .remove(name)))],
            [caller.draft(Self.name, name.text, JournalDetail.of(summary, became: nil))],
            notice: "Version \(summary.version) of the price list \(name) was removed by \(caller.name)"
        )
        return summary
    }
}
