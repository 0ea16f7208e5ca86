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
    private let sites: [IPPrefix]
    private let bans: [Ban]
    private let descriptors: Int
    private let entropy: Entropy
    private let media: [Listener]
    private let origins: [WebOrigin]
    private let logger: Logger

    init(
        _ configuration: ServerConfiguration,
        address: Primitives.SocketAddress,
        snapshot: Snapshot,
        bans: [Ban],
        logger: Logger
    ) {
        entropy = SystemEntropy.make()
        settings = SwitchboardSettings(
            hostNames: configuration.hostNames,
            sipPort: address.port,
            mediaAddress: configuration.media[0].address,
            mediaPort: configuration.media[0].first,
            otherMedia: configuration.media.dropFirst().first?.rtp,
            nonceKey: entropy.bytes(32),
            sites: configuration.sites
        )
        media = configuration.media.flatMap { [$0.rtp, $0.rtcp] }.map {
            Listener(purpose: .media, address: $0.description)
        }
        (sites, origins, self.bans) = (configuration.sites, configuration.origins, bans)
        descriptors = DescriptorLimit.raise()
        (self.snapshot, self.logger) = (snapshot, logger)
    }

    /// Builds everything on the loop and begins to accept.
    func start(
        _ listeners: [BoundListener],
        identity: TLSIdentity,
        outlets: SignallingLoop.Outlets,
        hop: SignallingHop
    ) async throws {
        let eventLoop = hop.eventLoop
        try await eventLoop.flatSubmit {
            let signalling = signalling(on: eventLoop, identity, outlets)
            hop.lead(to: signalling)
            return signalling.start(listeners)
        }.get()
    }

    private func signalling(
        on eventLoop: any EventLoop,
        _ identity: TLSIdentity,
        _ outlets: SignallingLoop.Outlets
    ) -> Signalling {
        let loop = SignallingLoop(
            eventLoop: eventLoop,
            switchboard: Switchboard(settings: settings, snapshot: snapshot, entropy: entropy),
            admission: Admission(
                sites: sites,
                descriptors: descriptors,
                bans: bans,
                seed: (entropy.next(), entropy.next())
            ),
            outlets: outlets
        )
        for ban in bans where ban.holds(at: SystemClock.wall) { outlets.bans(.known(ban)) }
        return Signalling(
            loop: loop,
            others: media,
            origins: origins,
            identity: identity,
            snapshot: snapshot,
            logger: logger
        )
    }
}

extension SignallingLoop.Outlets {
    init(media: MediaLoop, records: RecordWriter, bans: BanKeeper, hop: SignallingHop, logger: Logger) {
        self.media = { media.send($0) }
        remember = { record, ticket in
            records.enqueue(record, isAwaited: ticket != nil) { isStored in
                if ticket != nil || !isStored { hop.tell { $0.stored(ticket, ok: isStored) } }
            }
        }
        self.bans = { change in
            switch change {
            case .imposed(let ban): bans.keep(ban)
            case .known, .lifted: break
            }
        }
        report = { events in
            for event in events {
                records.enqueue(event)
                logger.warning("\(event.kind.rawValue) from \(event.source), \(event.count) times: \(event.detail)")
            }
        }
    }
}
