// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Keeps an extension although nobody uses it, with a reason and an end: the telephone of a lift.
public struct ReserveExtension: Command {
    public static let name = "extension.reserve"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed, and so are the others.
    public let number: String
    public let reason: String
    public let until: String

    public init(number: String, reason: String, until: String) {
        (self.number, self.reason, self.until) = (number, reason, until)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", reason: "-", until: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        let reservation = Reservation(
            reason: try administrator.reason(reason),
            grantedBy: caller.name,
            from: administrator.now(),
            until: try administrator.end(until)
        )
        let number = try await administrator.change(number, Self.name, by: caller) {
            (value: inout Extension) throws(Refusal) in
            if let refusal = DormancyRules.refusal(of: reservation, for: value.number) { throw refusal }
            value.reservation = reservation
            return
                "Extension \(value.number) is kept until \(reservation.until) although nobody uses it, by \(caller.name)"
        }
        return ExtensionChange(number: number, change: .reserved)
    }
}

/// Takes that back before its time.
public struct UnreserveExtension: NumberCommand {
    public static let name = "extension.unreserve"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ExtensionChange {
        let number = try await administrator.change(number, Self.name, by: caller) {
            (value: inout Extension) throws(Refusal) in
            guard value.reservation != nil else { throw .notReserved(value.number) }
            value.reservation = nil
            return "Extension \(value.number) is kept only while it is used, by \(caller.name)"
        }
        return ExtensionChange(number: number, change: .unreserved)
    }
}

extension Refusal {
    fileprivate static func notReserved(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) is not reserved.",
            reason: "there is nothing to take back",
            remedy: "look at it: ringfence extension show \(number)"
        )
    }
}
