// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Model
public import Primitives

/// Where a running server listens.
public struct Serving: Sendable {
    public let sipTLS: SocketAddress
    /// For browsers.
    public let sipWSS: [SocketAddress]
    public let media: MediaPorts
    /// Over the other version of IP.
    public let otherMedia: MediaPorts?

    public init(
        sipTLS: SocketAddress,
        sipWSS: [SocketAddress] = [],
        media: MediaPorts,
        otherMedia: MediaPorts? = nil
    ) {
        (self.sipTLS, self.sipWSS, self.media, self.otherMedia) = (sipTLS, sipWSS, media, otherMedia)
    }

    /// `serving.json`, in the installation's folder while the server runs, for programs beside it.
    fileprivate struct File: Codable {
        let sipTLS: String
        let sipWSS: [String]
        let media: MediaPorts
        let otherMedia: MediaPorts?
    }
}

extension Installation {
    /// What a running server said of itself. It may be left from one that was killed: ask the control socket as well.
    public var serving: Serving? {
        guard let text = try? PrivateFiles.read(servingFile),
            let file = try? JSONDecoder().decode(Serving.File.self, from: Data(text.utf8)),
            let sipTLS = SocketAddress(parsing: file.sipTLS)
        else { return nil }
        return Serving(
            sipTLS: sipTLS,
            sipWSS: file.sipWSS.compactMap { SocketAddress(parsing: $0) },
            media: file.media,
            otherMedia: file.otherMedia
        )
    }

    func announce(_ serving: Serving) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let file = Serving.File(
            sipTLS: serving.sipTLS.description,
            sipWSS: serving.sipWSS.map(\.description),
            media: serving.media,
            otherMedia: serving.otherMedia
        )
        try PrivateFiles.replace(servingFile, String(decoding: encoder.encode(file), as: UTF8.self) + "\n", mode: 0o600)
    }

    func withdrawAnnouncement() { try? FileManager.default.removeItem(atPath: servingFile) }
}
