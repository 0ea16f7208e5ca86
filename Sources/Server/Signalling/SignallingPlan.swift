// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Logging
import Media
import Model
import NIOCore
import Primitives
import Store

/// What the signalling loop is made from: everything that is known before it runs.
struct SignallingPlan: Sendable {
    private let settings: SwitchboardSettings
    private let snapshot: Snapshot
    private let bans: [Ban]
    private let logins: [PhoneLogin]
    private let charges: [LegCharge]
    private let counted: CountedKeeper.Kept
    private let share: Share
    private let census: SocketCensus
    private let entropy: Entropy
    private let media: [Listener]
    private let mediaPorts: [MediaPorts]
    private let origins: [WebOrigin]
    private let logger: Logger

    init(
        _ configuration: ServerConfiguration,
        address: Primitives.SocketAddress,
        snapshot: Snapshot,
        bans: [Ban],
        logins: [PhoneLogin],
        charges: [LegCharge],
        counted: CountedKeeper.Kept,
        machine: Machine,
        logger: Logger
    ) {
        entropy = SystemEntropy.make()
        var settings = SwitchboardSettings(
            hostNames: configuration.hostNames,
            sipPort: address.port,
            mediaAddress: configuration.media[0].address,
            mediaPort: configuration.media[0].first,
            otherMedia: configuration.media.dropFirst().first?.rtp,
            nonceKey: entropy.bytes(32)
        )
        (settings.calls, settings.nonces) = (machine.share.calls, machine.share.nonces)
        settings.registrationRate = machine.share.registrations
        self.settings = settings
        media = configuration.media.flatMap { [$0.rtp, $0.rtcp] }.map {
            Listener(purpose: .media, address: $0.description)
        }
        mediaPorts = configuration.media
        (origins, self.bans) = (configuration.ownOrigins, bans)
        (share, census) = (machine.share, machine.census)
        (self.snapshot, self.logins, self.logger) = (snapshot, logins, logger)
        (self.charges, self.counted) = (charges, counted)
    }

    /// Builds everything on the loop and begins to accept.
    ///
    /// - Parameters:
    ///   - listeners: To accept on there.
    ///   - shared: Where others accept for it.
    func start(
        _ listeners: [BoundListener],
        shared: [EncryptedListener],
        identity: TLSIdentity,
        outlets: SignallingLoop.Outlets,
        hop: SignallingHop
    ) async throws {
        try await hop.eventLoop.flatSubmit {
            let signalling = signalling(identity, outlets, hop)
            hop.lead(to: signalling)
            return signalling.start(listeners, shared: shared, charges: charges, counted: counted)
        }.get()
    }

    private func signalling(
        _ identity: TLSIdentity,
        _ outlets: SignallingLoop.Outlets,
        _ hop: SignallingHop
    ) -> Signalling {
        let plain = share.plainPorts(of: hop.business, in: mediaPorts)
        var settings = settings
        settings.plainMedia = plain.compactMap(PlainPorts.init)
        let loop = SignallingLoop(
            eventLoop: hop.eventLoop,
            switchboard: Switchboard(settings: settings, snapshot: snapshot, entropy: entropy, logins: logins),
            admission: Admission(
                sites: snapshot.network.sites,
                share: share,
                loop: hop.gate,
                bans: bans,
                logins: logins,
                seed: (entropy.next(), entropy.next())
            ),
            budget: share.phones,
            outlets: outlets
        )
        return Signalling(
            loop: loop,
            others: media,
            plainRanges: plain,
            business: hop.business,
            census: census,
            origins: origins,
            identity: identity,
            snapshot: snapshot,
            logger: logger
        )
    }
}

extension SignallingLoop.Outlets {
    init(
        media: MediaLine,
        records: RecordWriter,
        events: EventHub,
        features: FeatureDesk,
        voice desk: VoiceDesk,
        hop: SignallingHop
    ) {
        self.media = { media.send($0, upTo: $1) }
        remember = { record, ticket in
            guard let ticket else { return records.enqueue(record, isAwaited: false) }
            records.enqueue(record) { isStored in hop.tell { $0.stored(ticket, ok: isStored) } }
        }
        keep = { records.enqueue($0) }
        change = { ask, ticket in features.ask(ask, ticket, hop) }
        voice = { desk.perform($0, media, hop) }
        self.events = events
    }
}
