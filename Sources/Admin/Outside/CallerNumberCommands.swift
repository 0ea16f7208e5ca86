// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Says under which number calls go out: those of one extension, those of phones in a network of ours that have none of their own,
/// or those of all that have neither.
public struct SetCallerNumber: Command {
    public static let name = "number.caller"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so are the others; `nil` for none.
    public let number: String?
    public let `extension`: String?
    /// `10.1.0.0/16`. Not beside an extension.
    public let site: String?

    public init(number: String?, extension: String? = nil, site: String? = nil) {
        (self.number, self.extension, self.site) = (number, `extension`, site)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> CallerNumbers {
        let number = try number.map { text throws(Refusal) in try administrator.owned(text).number }
        let old = administrator.store.snapshot.outside.callerNumbers
        var (new, whose) = (old, "the business")
        if let `extension` {
            let one = try administrator.find(`extension`).number
            (new.own[one], whose) = (number, "extension \(one)")
        } else if let site {
            let prefix = try administrator.site(site, for: number)
            (new.sites[prefix], whose) = (number, "phones in \(prefix)")
        } else {
            new.usual = number
        }
        guard new != old else { throw .callerIsSo(whose) }
        try await administrator.change(
            [.outside(.showCallers(new))],
            [caller.draft(Self.name, whose, JournalDetail.of(old, became: new))],
            notice: "Calls of \(whose) show \(number?.text ?? "no number of their own"), by \(caller.name)"
        )
        return new
    }
}

/// Says whether the calls of an extension to the outside show a number at all. Those for help do in any case.
public struct WithholdNumber: Command {
    public static let name = "number.withhold"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let `extension`: String
    public let isWithheld: Bool

    public init(extension: String, isWithheld: Bool = true) {
        (self.extension, self.isWithheld) = (`extension`, isWithheld)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(extension: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> CallerNumbers {
        let number = try administrator.find(`extension`).number
        let old = administrator.store.snapshot.outside.callerNumbers
        var new = old
        if isWithheld { new.withheld.insert(number) } else { new.withheld.remove(number) }
        guard new != old else { throw .callerIsSo("extension \(number)") }
        try await administrator.change(
            [.outside(.showCallers(new))],
            [caller.draft(Self.name, "extension \(number)", JournalDetail.of(old, became: new))],
            notice: "Calls of extension \(number) \(isWithheld ? "withhold" : "show") their number, by \(caller.name)"
        )
        return new
    }
}

extension Administrator {
    /// A network of ours.
    fileprivate func site(_ text: String, for number: PhoneNumber?) throws(Refusal) -> IPPrefix {
        let callers = store.snapshot.outside.callerNumbers
        guard let site = IPPrefix(parsing: text) else { throw .noCallerSite(text) }
        // What was a site may lose its number.
        guard number == nil || store.snapshot.network.sites.contains(site) else { throw .noCallerSite(text) }
        let isFull = callers.sites.count >= Model.Limits.callerSites
        guard callers.sites[site] != nil || !isFull else { throw .tooManyCallerSites }
        return site
    }

    /// What is undone where a network is no longer ours.
    func callerTraces(of site: IPPrefix, by caller: Caller) -> [Trace] {
        let old = store.snapshot.outside.callerNumbers
        guard old.sites[site] != nil else { return [] }
        var new = old
        new.sites[site] = nil
        let draft = caller.draft(SetCallerNumber.name, "phones in \(site)", JournalDetail.of(old, became: new))
        return [(.outside(.showCallers(new)), draft)]
    }
}

extension CallerNumbers {
    /// These without a number that is not owned any more.
    func without(_ number: PhoneNumber) -> Self {
        Self(
            usual: usual == number ? nil : usual,
            own: own.filter { $0.value != number },
            sites: sites.filter { $0.value != number },
            withheld: withheld
        )
    }

    /// These without an extension that is not there any more.
    func without(_ number: ExtensionNumber) -> Self {
        var rest = self
        rest.own[number] = nil
        rest.withheld.remove(number)
        return rest
    }
}

extension Refusal {
    fileprivate static func callerIsSo(_ whose: String) -> Self {
        Self(
            problem: "The number that calls of \(whose) show is as you want it already.",
            reason: "there is nothing to change",
            remedy: "look at them: ringfence number list"
        )
    }

    fileprivate static func noCallerSite(_ text: String) -> Self {
        Self(
            problem: "Phones in \(quoted(text)) were given no number.",
            reason: "it is no network that phones of yours sit in",
            remedy: "add it first: ringfence site add 10.1.0.0/16"
        )
    }

    fileprivate static let tooManyCallerSites = Self(
        problem: "The phones there were given no number.",
        reason: "\(Model.Limits.callerSites) networks have one already, and all of them are looked at for each call",
        remedy: "take it from one that needs none: ringfence number caller none --site NETWORK"
    )
}
