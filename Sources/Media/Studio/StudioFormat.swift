// SPDX-License-Identifier: Apache-2.0

/// How a studio and a phone talk: one of the laws of G.711 towards it, both from it, and keys as RFC 4733 says them.
public struct StudioFormat: Hashable, Sendable {
    public let law: G711Law
    /// `nil` for a phone that says no keys.
    public let events: UInt8?

    public init(law: G711Law, events: UInt8?) {
        (self.law, self.events) = (law, events)
    }

    /// - Parameter formats: What was agreed on, best first.
    /// - Returns: `nil` when there is nothing that a studio speaks.
    public init?(_ formats: [AudioFormat]) {
        guard let law = formats.lazy.compactMap(\.law).first else { return nil }
        self.init(law: law, events: formats.first { $0.isTelephoneEvent && $0.clockRate == 8_000 }?.payloadType)
    }
}

extension AudioFormat {
    fileprivate var law: G711Law? {
        switch codec {
        case .pcmu: .mu
        case .pcma: .a
        case .g722, .opus, .telephoneEvent: nil
        }
    }
}

extension [AudioFormat] {
    /// Those that a studio speaks, in the same order; empty when none of them is sound.
    public var spokenByStudio: [AudioFormat] {
        let spoken = filter { $0.law != nil || $0.isTelephoneEvent && $0.clockRate == 8_000 }
        return spoken.holdsVoice ? spoken : []
    }
}
