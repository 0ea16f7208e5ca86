// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Store

extension Installation {
    /// Where an installation is reached that nobody has said it of.
    ///
    /// - Returns: Its address, port 5061 (RFC 3261 §19.1.2), and ports 40000 and 40001 for media.
    func usualNetwork() throws(Refusal) -> NetworkSettings {
        let first = MediaPorts.defaultFirst
        guard let media = MediaPorts(address: address, first: first, last: first + 1) else {
            throw .damaged(Self.settingsPath(directory))
        }
        return NetworkSettings(
            listeners: [EncryptedListener(.tls, SocketAddress(ip: address, port: 5061))],
            media: [media]
        )
    }

    /// At the first start, writes down where the business is reached: what `init` left open. One of a version that was told at
    /// each start takes over what it was told this time. Later starts change nothing.
    ///
    /// - Parameter told: By options of `serve`.
    func begin(_ store: RingfenceStore, with told: NetworkSettings) throws {
        let present = store.snapshot.network
        let hasPlaceForPhones = present.listeners.contains { $0.kind == .tls }
        guard !hasPlaceForPhones || present.media.isEmpty else { return }
        let usual = try usualNetwork()
        var new = NetworkSettings()
        if !hasPlaceForPhones {
            let listeners = told.listeners.contains { $0.kind == .tls } ? [] : usual.listeners
            new.listeners = (listeners + told.listeners).filter { !present.listeners.contains($0) }
        }
        if present.media.isEmpty { new.media = told.media.isEmpty ? usual.media : told.media }
        new.sites = told.sites.filter { !present.sites.contains($0) }
        new.origins = told.origins.filter { !present.origins.contains($0) }
        if present.clientAuthority == nil { new.clientAuthority = told.clientAuthority }
        let entry = try new.draft("network.begin", by: "ringfence")
        _ = try store.change(new.changes, journal: [entry], at: SystemClock.wall)
    }
}

extension NetworkSettings {
    /// What the journal says when all of it becomes so at once.
    func draft(_ action: String, by actor: String) throws -> JournalDraft {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let detail = String(decoding: try encoder.encode(["new": self]), as: UTF8.self)
        return JournalDraft(actor: actor, action: action, subject: "network", detail: detail)
    }
}
