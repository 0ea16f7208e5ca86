// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Store

/// A price list that somebody hands over piece by piece. One at a time: whoever begins another takes its place.
struct RateUpload: Sendable {
    let owner: String
    var bytes: [UInt8] = []
}

extension Administrator {
    /// - Returns: How many bytes there are now.
    func upload(_ piece: Data, isFirst: Bool, by caller: Caller) throws(Refusal) -> Int {
        guard piece.count <= UploadRates.pieceBytes, !piece.isEmpty else { throw .badPiece }
        if isFirst { upload = RateUpload(owner: caller.name) }
        guard upload?.owner == caller.name else { throw .noUpload }
        guard (upload?.bytes.count ?? 0) + piece.count <= Guard.Limits.deckBytes else {
            upload = nil
            throw .longUpload
        }
        upload?.bytes.append(contentsOf: piece)
        return upload?.bytes.count ?? 0
    }

    /// What somebody handed over; it is here no more.
    func takeUpload(of caller: Caller) throws(Refusal) -> [UInt8] {
        guard let whole = upload, whole.owner == caller.name else { throw .noUpload }
        upload = nil
        return whole.bytes
    }

    /// The name of a price list: `default`, or that of a trunk there is.
    func deckName(_ text: String) throws(Refusal) -> ShortName {
        guard let name = ShortName(parsing: text),
            name == RateDecks.usual
                || TrunkName(parsing: text).map({ store.snapshot.outside.trunks[$0] != nil }) == true
                || store.snapshot.outside.rates.active[name] != nil
        else { throw .noDeck(text) }
        return name
    }
}

extension RateDeck {
    /// With nothing where there is no list yet.
    func compared(with active: RateDeck?, at now: WallTime) -> RateDeckComparison {
        guard let old = active ?? RateDeck(id: id, version: 0, currency: currency, rates: []) else {
            preconditionFailure("a price list without prices has none twice")
        }
        return RateDeckComparison(of: self, with: old, at: now)
    }
}

extension DialingSettings {
    /// The countries that are open to anybody, home first, with the codes that their numbers begin with.
    var covered: [(name: String, prefixes: [NumberPrefix])] {
        let open = ([rights] + profiles.map(\.rights)).flatMap(\.countries.keys)
        let regions = (numbering.home.map { [$0] } ?? []) + Set(open).sorted()
        return regions.compactMap { region in
            CountryDialing(region).flatMap { NumberPrefix(value: $0.code) }.map { (region.name, [$0]) }
        }
    }
}

extension Refusal {
    static func noneWaits(_ name: ShortName) -> Self {
        Self(
            problem: "No price list \(name) waits.",
            reason: "nobody has imported one, or it counts already",
            remedy: "see which ones there are: ringfence rates show"
        )
    }

    fileprivate static func noDeck(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) has no price list.",
            reason:
                "there is one for each trunk, and one called \(RateDecks.usual) for all that have none of their own",
            remedy: "leave the name out, or name a trunk: ringfence trunk list"
        )
    }

    fileprivate static let noUpload = Self(
        problem: "No price list was handed over.",
        reason: "somebody else began to hand over another one, or the server was restarted meanwhile",
        remedy: "import it once more: ringfence rates import FILE"
    )

    fileprivate static let badPiece = Self(
        problem: "A piece of the price list was not taken.",
        reason: "it is empty or too long for one request",
        remedy: "import it by this program: ringfence rates import FILE"
    )

    fileprivate static let longUpload = Self(
        problem: "The price list was not imported.",
        reason: "it has more than \(Guard.Limits.deckBytes) bytes",
        remedy: "ask the provider for a list without history, or of the countries that you call"
    )
}
