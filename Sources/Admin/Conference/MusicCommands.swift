// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// Whether people on hold hear music.
public struct ShowMusic: Command {
    public static let name = "music.show"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> MusicSettings {
        administrator.store.snapshot.outside.routing.music
    }
}

/// Switches the music on or off.
public struct SetMusic: Command {
    public static let name = "music.set"
    public static let rights: [Right] = [.changeNumbers]

    public let isOn: Bool

    public init(isOn: Bool) { self.isOn = isOn }

    public static func harmless(_: ExtensionNumber) -> Self { Self(isOn: false) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> MusicSettings {
        let old = administrator.store.snapshot.outside.routing.music
        let new = MusicSettings(isOn: isOn)
        guard new != old else { throw .musicIsSo(isOn) }
        try await administrator.change(
            [.outside(.route(.playMusic(new)))],
            [caller.draft(Self.name, "music", JournalDetail.of(old, became: new))],
            notice: "\(new.sentence), by \(caller.name)"
        )
        return new
    }
}

extension MusicSettings {
    /// For people.
    public var sentence: String { isOn ? "People on hold hear music" : "People on hold hear nothing" }
}

extension Refusal {
    fileprivate static func musicIsSo(_ isOn: Bool) -> Self {
        Self(
            problem: "The music is \(isOn ? "on" : "off") already.",
            reason: "there is nothing to change",
            remedy: "switch it the other way: ringfence music set \(isOn ? "off" : "on")"
        )
    }
}
