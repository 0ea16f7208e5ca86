// SPDX-License-Identifier: Apache-2.0

/// What a business has arranged with the outside world. Immutable, and a class, because every decision about a call holds the
/// snapshot that it is in.
public final class OutsideSettings: Sendable {
    public let trunks: [TrunkName: TrunkAccess]

    public init(trunks: [TrunkAccess] = []) {
        self.trunks = Dictionary(trunks.map { ($0.trunk.name, $0) }) { _, last in last }
    }

    private init(_ draft: Draft) { trunks = draft.trunks }

    public static let none = OutsideSettings()

    /// The trunks that may be used, first choice first.
    public var usableTrunks: [TrunkAccess] {
        trunks.values.filter(\.trunk.isEnabled).sorted {
            ($0.trunk.priority, $0.trunk.name) < ($1.trunk.priority, $1.trunk.name)
        }
    }

    func applying(_ change: OutsideChange) -> OutsideSettings {
        var draft = Draft(trunks: trunks)
        draft.apply(change)
        return OutsideSettings(draft)
    }

    private struct Draft {
        var trunks: [TrunkName: TrunkAccess]

        mutating func apply(_ change: OutsideChange) {
            switch change {
            case .putTrunk(let access): trunks[access.trunk.name] = access
            case .removeTrunk(let name): trunks[name] = nil
            }
        }
    }
}

/// One change of ``OutsideSettings``.
public enum OutsideChange: Sendable {
    /// Adds a trunk, or replaces the one with its name.
    case putTrunk(TrunkAccess)
    case removeTrunk(TrunkName)
}
