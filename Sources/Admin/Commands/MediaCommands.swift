// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Where media arrives.
public struct ShowMedia: Command {
    public static let name = "media.show"
    public static let rights: [Right] = [.seeNetwork]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [MediaPorts] {
        administrator.store.snapshot.network.media
    }
}

/// Lets media arrive on other ports, from the next start on: those of now are in the calls of this moment.
public struct SetMediaPorts: Command {
    public static let name = "media.ports"
    public static let rights: [Right] = [.changeNetwork]

    /// `192.0.2.10:40000-40001`, as typed: one, or one for each version of IP.
    public let ports: [String]

    public init(ports: [String]) { self.ports = ports }

    public static func harmless(_: ExtensionNumber) -> Self { Self(ports: []) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> [MediaPorts] {
        var ranges: [MediaPorts] = []
        for text in ports {
            guard let range = MediaPorts(parsing: text) else { throw .noPorts(text) }
            ranges.append(range)
        }
        guard let new = [MediaPorts](checking: ranges) else { throw .twoOfAKind }
        let old = administrator.store.snapshot.network.media
        try await administrator.change(
            [.receiveMedia(new)],
            [caller.draft(Self.name, new[0].description, JournalDetail.of(old, became: new))],
            notice: "Media arrives on \(new[0]) from the next start on, by \(caller.name)"
        )
        return new
    }
}

extension Refusal {
    public static let twoOfAKind = Self(
        problem: "Ringfence cannot receive media on these ports.",
        reason: "phones are told one address for IPv4 and one for IPv6, and these are none, or two of one kind",
        remedy: "give one range, or one of each: "
            + "ringfence media ports 192.0.2.10:40000-40001 [2001:db8::10]:40000-40001"
    )

    fileprivate static func noPorts(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no address with a range of ports.",
            reason: "phones send their audio to one address of this machine, to an even port and the next one",
            remedy: "give one like this: ringfence media ports 192.0.2.10:40000-40001"
        )
    }
}
