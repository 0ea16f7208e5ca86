// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// An extension one phone of which answers by itself.
public struct IntercomReport: Hashable, Sendable, Codable {
    public let `extension`: ExtensionNumber
    public let opening: IntercomOpening
    public let isOpen: Bool

    public init(_ number: ExtensionNumber, _ opening: IntercomOpening, isOpen: Bool) {
        (self.extension, self.opening, self.isOpen) = (number, opening, isOpen)
    }
}

/// Every extension that may be called by intercom, by whom, why and until when.
public struct ListIntercoms: Command {
    public static let name = "intercom.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [IntercomReport] {
        let now = administrator.now()
        return administrator.store.snapshot.outside.routing.intercoms.sorted { $0.key < $1.key }.map {
            IntercomReport($0.key, $0.value, isOpen: now < $0.value.until)
        }
    }
}

/// Lets named extensions be heard in the room where another one's phone stands, for a while.
public struct OpenIntercom: Command {
    public static let name = "intercom.open"
    public static let rights: [Right] = [.openIntercoms]

    /// As typed, and so are the others.
    public let number: String
    public let callers: [String]
    public let reason: String
    public let until: String

    public init(number: String, callers: [String], reason: String, until: String) {
        (self.number, self.callers, self.reason, self.until) = (number, callers, reason, until)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", callers: [], reason: "", until: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> IntercomReport {
        let number = try administrator.find(number).number
        let routing = administrator.store.snapshot.outside.routing
        var named: Set<ExtensionNumber> = []
        for text in callers { named.insert(try administrator.find(text).number) }
        let (now, end) = (administrator.now(), try administrator.end(until))
        if let refusal = IntercomRules.refusal(ofOpening: number, until: end, at: now) { throw refusal }
        let origin = SettingOrigin(by: caller.name, at: now)
        guard !named.contains(number),
            let opening = IntercomOpening(for: named, because: reason, until: end, by: origin)
        else { throw .badIntercom(number) }
        let old = routing.intercoms[number]
        guard old != nil || routing.intercoms.count < Model.Limits.intercoms else { throw .tooManyIntercoms }
        let words = named.sorted().map(\.text).joined(separator: ", ")
        try await administrator.change(
            [.outside(.route(.openIntercom(number, opening)))],
            [caller.draft(Self.name, number.text, JournalDetail.of(old, became: opening))],
            notice: "Extension \(number) answers by itself when \(words) calls by intercom, by \(caller.name)"
        )
        administrator.alert(
            .intercomOpened,
            number,
            "lets extension \(number) answer by itself when \(words) calls by intercom, until \(end): \(reason)",
            undo: "ringfence intercom close \(number)",
            by: caller
        )
        return IntercomReport(number, opening, isOpen: true)
    }
}

/// Lets an extension be called by intercom no more. Such calls end.
public struct CloseIntercom: Command {
    public static let name = "intercom.close"
    public static let rights: [Right] = [.cutOffExtensions]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> IntercomReport {
        let number = try administrator.find(number).number
        guard let old = administrator.store.snapshot.outside.routing.intercoms[number] else {
            throw .noIntercom(number)
        }
        try await administrator.change(
            [.outside(.route(.openIntercom(number, nil)))],
            [caller.draft(Self.name, number.text, JournalDetail.of(old, became: nil))],
            notice: "Extension \(number) answers by itself no more, by \(caller.name)"
        )
        return IntercomReport(number, old, isOpen: false)
    }
}

extension Refusal {
    fileprivate static func badIntercom(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) was not let answer by itself.",
            reason: "it takes 1 to \(Model.Limits.intercomCallers) others who may call so, and a reason of at most "
                + "\(Model.Limits.reasonBytes) letters",
            remedy: "give them like this: ringfence intercom open \(number) --for 102 --reason 'door of the workshop' "
                + "--until 30d"
        )
    }

    fileprivate static let tooManyIntercoms = Self(
        problem: "No more extensions can be called by intercom.",
        reason: "there are \(Model.Limits.intercoms) of them already",
        remedy: "close those that are not needed: ringfence intercom list"
    )

    fileprivate static func noIntercom(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) was not closed.",
            reason: "nobody may call it by intercom",
            remedy: "see who may be called so: ringfence intercom list"
        )
    }
}
