// SPDX-License-Identifier: Apache-2.0

public import Model

/// Why ``CallLimits`` lets a call wait.
public struct CallExcess: Error, Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        case `extension`(ExtensionNumber)
        /// Calls abroad of the whole business.
        case abroad
        case business
        /// Only this trunk is full: the call may leave by another one that the routing plan has.
        case trunk(String)
    }

    /// What is reached.
    public enum Amount: Hashable, Sendable {
        case simultaneous(Int)
        case perSecond(Int)
        case perMinute(Int)
    }

    public let subject: Subject
    public let amount: Amount

    init(_ subject: Subject, _ amount: Amount) { (self.subject, self.amount) = (subject, amount) }

    /// What the caller's phone and the record are told: 486 for the caller's own limits, 503 when the business or its trunk
    /// has no line left.
    public var refusal: CallRefusal {
        let status =
            switch subject {
            case .extension: 486
            case .abroad, .business, .trunk: 503
            }
        return CallRefusal(
            status: status,
            control: .callLimits,
            reason: "\(who) \(what) [call-limits]",
            isOfTrunk: isOfTrunk
        )
    }

    /// Whether another trunk may take the call.
    public var isOfTrunk: Bool {
        if case .trunk = subject { true } else { false }
    }

    private var who: String {
        switch subject {
        case .extension(let number): "extension \(number) has"
        case .abroad: "the business has, to other countries,"
        case .business: "the business has"
        case .trunk(let name): "trunk \(name) has"
        }
    }

    private var what: String {
        switch amount {
        case .simultaneous(let count):
            "\(count) outside call\(count == 1 ? "" : "s"), which is all it may have at a time"
        case .perSecond(let count): "begun \(count) outside calls within a second, which is as fast as it may"
        case .perMinute(let count): "begun \(count) outside calls within a minute, which is as fast as it may"
        }
    }
}
