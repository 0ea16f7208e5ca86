// SPDX-License-Identifier: Apache-2.0

import Admin
public import Audit
import Calls
import Foundation
import Glibc
import Guard
import Media
import Model
import NIOPosix
import Primitives
public import Store

extension RingfenceServer {
    /// The running system as the audit sees it: what is really there, read now.
    ///
    /// - Parameters:
    ///   - directory: The folder of the installation.
    ///   - host: The name that phones verify in the certificate.
    ///   - authority: The PEM file of our own authority; `nil` when phones know it without.
    public func liveSystem(
        store: RingfenceStore,
        directory: String,
        host: String,
        authority: String?
    ) async throws -> LiveSystem {
        let probe = try NetworkWire(host: host, address: sipTLS.ip.reachable, authority: authority, hasOwnSource: true)
        let port = sipTLS.port
        let facts = await hop.ask { [own = probe.own] in AuditFacts($0.loop, askedFrom: own) } ?? AuditFacts()
        let live = await live([.registrations, .listeners])
        let kept = BusinessStore(store)
        let records = (try? await kept.read { try $0.records(limit: Audit.Limits.recordsExamined) }) ?? []
        var system = LiveSystem(
            now: SystemClock.wall,
            snapshot: store.snapshot,
            files: StoredFile.all(in: directory),
            open: { FileBlocks.reading($0.path) },
            sealKey: FileBlocks.reading(directory + "/seal.key").map { Redacted($0.next()) },
            declared: live.listeners,
            sockets: { [machine, business = hop.business] in
                await machine.census.look(for: business)
            },
            sayInTheClear: { bytes, patience in await probe.say(bytes, within: patience, port: port) },
            askAsStranger: { requests in await probe.ask(requests, port: port) },
            connections: live.registrations.map(ConnectionFacts.init) + facts.legs,
            media: MediaFacts(legs: facts.mediaLegs, suites: Switchboard.protectionSuites, drops: media.counters.drops),
            sources: facts.sources,
            records: records,
            verifyJournal: { await JournalFacts(kept) },
            operators: await OperatorFacts.all(kept),
            account: OwnerRules.Account(user: geteuid(), name: LocalAccounts.numbered(geteuid()).name),
            outside: await outsideFacts(kept)
        )
        system.trunks = facts.trunks
        system.forwards = await ForwardFacts.all(kept)
        system.uses = try? await kept.read { try $0.uses() }
        system.registered = Set(live.registrations.map(\.extension))
        system.alerts = await alertFacts(kept)
        system.kept = await KeptFacts.read(kept, directory: directory)
        let places = live.listeners.filter { $0.purpose == .portal }.compactMap { SocketAddress(parsing: $0.address) }
        system.portal = await PortalFacts.read(kept, places: places, over: probe)
        system.portalHost = host
        return system
    }
}

extension OperatorFacts {
    fileprivate static func all(_ store: BusinessStore) async -> [OperatorFacts] {
        let lastSeen = (try? await store.read { try $0.operatorsLastSeen() }) ?? [:]
        return store.snapshot.operators.map { value in
            let user = LocalAccounts.named(value.account)?.user
            return OperatorFacts(value, lastSeen: lastSeen[value.account], userNow: user)
        }
    }
}

/// What the signalling loop knows that an audit asks for.
private struct AuditFacts: Sendable {
    var legs: [ConnectionFacts] = []
    var trunks: [TrunkConnectionFacts] = []
    var mediaLegs: [MediaFacts.Leg] = []
    var sources = SourceFacts(strangers: 0, strangerLimit: 0, refused: 0, challenged: 0, places: 0)

    init() {}

    init(_ loop: SignallingLoop, askedFrom own: IPAddress) {
        let calls = loop.switchboard.calls()
        legs = calls.filter(\.isAnswered).flatMap { call in
            let sides = [
                ("caller", call.record.caller, call.callerMedia), ("callee", call.record.callee, call.calleeMedia),
            ]
            return zip(call.record.protections, sides).map { protection, side in
                ConnectionFacts(
                    subject: "the \(side.0) of call \(call.record.id)",
                    protection: protection ?? LegProtection(transport: "unknown"),
                    carriesAudio: true,
                    trunk: side.1?.isOutside == true ? call.record.trunk : nil,
                    source: side.2.locked?.ip
                )
            }
        }
        trunks = loop.trunkFacts
        mediaLegs = calls.flatMap { call in
            [(call.callerMedia, "caller"), (call.calleeMedia, "callee")].map { media, side in
                MediaFacts.Leg(
                    name: "\(call.record.id)/\(side)",
                    packets: media.packets,
                    authenticationFailures: media.authenticationFailures,
                    replays: media.replays,
                    locked: media.locked
                )
            }
        }
        let bans = loop.admission.bans.list(at: SystemClock.wall)
        sources = SourceFacts(
            strangers: loop.admission.strangers,
            strangerLimit: loop.admission.strangerLimit,
            refused: loop.figures.droppedMessages + loop.figures.refusedConnections,
            challenged: loop.switchboard.figures.challenges,
            places: loop.admission.total,
            bans: bans,
            bannedPhones: loop.switchboard.registrations()
                .filter { loop.admission.bans.shutsOut($0.source.ip, at: SystemClock.wall) }
                .map { "phone \($0.device) of extension \($0.number) at \($0.source)" },
            auditBan: bans.first { $0.source.address == own.accountable }
        )
    }
}

extension RelayCounters {
    /// Packets that went nowhere, by reason; only reasons that there were.
    var drops: [String: UInt64] {
        let counted = DropReason.allCases.map { (String(describing: $0), self[$0]) }
        return Dictionary(uniqueKeysWithValues: counted.filter { $0.1 > 0 })
    }
}

extension ConnectionFacts {
    fileprivate init(_ registration: RegistrationReport) {
        self.init(
            subject: "phone \(registration.phone) of extension \(registration.extension)",
            protection: LegProtection(
                transport: registration.transport,
                tlsVersion: registration.tlsVersion,
                cipher: registration.cipher
            ),
            carriesAudio: false
        )
    }
}

extension JournalFacts {
    fileprivate init(_ store: BusinessStore) async {
        do {
            let verification = try await store.read { try $0.verifyJournal() }
            let fault = verification.firstWrong.map { "entry \($0): \(verification.problem ?? "does not fit")" }
            self.init(entries: verification.entries, fault: fault, anchorFault: nil)
        } catch {
            self.init(entries: 0, fault: "it cannot be read: \(error)", anchorFault: nil)
        }
    }
}

extension IPAddress {
    /// Where a listener can be reached from this machine: one that listens everywhere, on loopback.
    var reachable: IPAddress {
        isUnspecified ? (isIPv4 ? IPAddress(v4: 0x7F00_0001) : IPAddress(high: 0, low: 1)) : self
    }
}

extension NetworkWire {
    /// Says bytes over a new connection without TLS, and returns what comes back.
    fileprivate func say(_ bytes: [UInt8], within patience: Duration, port: UInt16) async -> [UInt8] {
        guard let link = try? await wire.connect(Endpoint(.tcp, port: port)) else { return [] }
        _ = try? await link.send(bytes)
        let arrival = await link.receive(patience)
        await link.close()
        if case .bytes(let answer, _) = arrival { return answer }
        return []
    }

    /// Sends requests over one new TLS connection; one answer for each, `nil` where none comes within a second.
    fileprivate func ask(_ requests: [[UInt8]], port: UInt16) async -> [[UInt8]?] {
        guard let link = try? await wire.connect(Endpoint(.tls, port: port)) else { return requests.map { _ in nil } }
        var answers: [[UInt8]?] = []
        for request in requests {
            _ = try? await link.send(request)
            if case .bytes(let answer, _) = await link.receive(.seconds(1)) {
                answers.append(answer)
            } else {
                answers.append(nil)
            }
        }
        await link.close()
        return answers
    }
}
