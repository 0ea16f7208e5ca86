// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Admin

/// A business with a portal, and a clock that tests move.
final class SignInScene: Sendable {
    let administrator: Administrator
    let desk: SignInDesk
    let store: RingfenceStore
    let notes: Notes
    private let door = FakeDoor()
    private let path: String
    private let clock = Clock()
    let hasher = PlainHasher()

    /// How long the scene has gone on.
    private final class Clock: Sendable {
        private let elapsed = Mutex(Duration.zero)

        var time: Duration { elapsed.withLock { $0 } }
        func wait(_ time: Duration) { elapsed.withLock { $0 += time } }
    }

    /// Passwords are kept as they are: hashing them is somebody else's test.
    final class PlainHasher: PasswordHasher {
        /// What happens while a password is looked at, once.
        let meanwhile = Mutex<(@Sendable () async throws -> Void)?>(nil)
        let isBusy = Mutex(false)

        func hash(_ password: Redacted<String>) async throws(Refusal) -> Redacted<String> { password }

        func verify(_ password: Redacted<String>, against hash: Redacted<String>?) async throws(Refusal) -> Bool {
            if isBusy.withLock({ $0 }) { throw Refusal(problem: "Busy.", reason: "a test", remedy: "wait") }
            let work = meanwhile.withLock { work in
                defer { work = nil }
                return work
            }
            try? await work?()
            guard let hash else { return false }
            return password.reveal { mine in hash.reveal { theirs in copy mine == copy theirs } }
        }
    }

    init() throws {
        path = NSTemporaryDirectory() + "ringfence-sign-in-" + UUID().uuidString
        let domain = try #require(DomainName(parsing: "pbx.example"))
        store = try RingfenceStore.create(directory: path, domain: domain, by: "test", at: noon)
        _ = try store.change(
            [.servePortal([SocketAddress(ip: IPAddress(v4: 0xC000_020A), port: 8_443)])],
            journal: [JournalDraft(actor: "test", action: "portal.listen", subject: "portal")],
            at: noon
        )
        notes = Notes(store)
        let now: @Sendable () -> WallTime = { [clock] in noon + clock.time }
        administrator = Administrator(
            store: store,
            engine: FakeEngine(),
            events: notes,
            doorkeeper: door,
            enrolment: EnrolmentFacts(host: "sip.pbx.example", port: 5_061, authority: nil),
            entropy: Entropy { UInt64.random(in: .min ... .max) },
            now: now,
            audit: { AuditSummary(at: noon, holds: true, outcomes: [], text: "", json: "{}") }
        )
        desk = SignInDesk(for: administrator, hasher: hasher) { [clock] in
            MonotonicTime(nanoseconds: 1_000_000_000) + clock.time
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var now: WallTime { noon + clock.time }

    func wait(_ time: Duration) { clock.wait(time) }

    static let password = "lantern orchid gravel tuba"

    func visitor(
        _ address: String = "192.0.2.9",
        browser: String? = nil,
        session: String? = nil
    ) throws -> SignInDesk.Visitor {
        SignInDesk.Visitor(
            address: try #require(IPAddress(parsing: address)),
            agent: "Test/1",
            browser: browser,
            session: session
        )
    }

    /// - Returns: What stands at the end of the link.
    func invite(_ name: String, _ role: Role? = .owner) async throws -> String {
        let root = Actor(.account(LocalAccount(name: "root", user: 0)), role: .owner)
        let link = try await administrator.perform(InviteOperator(name: name, role: role), by: root).link
        return String(try #require(link.split(separator: "/").last))
    }

    struct Person: Sendable {
        let name: String
        let secret: Redacted<[UInt8]>
        let codes: [String]
        let session: String
        let browser: String
    }

    /// Somebody who has used a link.
    func enrol(_ name: String, _ role: Role = .owner) async throws -> Person {
        let token = try await invite(name, role)
        let offer = try #require(await desk.offer(token))
        let welcome = try await desk.accept(
            token,
            password: Redacted(Self.password),
            code: Redacted(code(of: offer.secret)),
            visitor: visitor(),
            isStolen: { _ in false }
        )
        wait(.seconds(60))
        return Person(
            name: name,
            secret: offer.secret,
            codes: welcome.recoveryCodes.map { code in code.reveal { copy $0 } },
            session: welcome.session.token.reveal { copy $0 },
            browser: welcome.session.browser.reveal { copy $0 }
        )
    }

    func code(of secret: Redacted<[UInt8]>) -> String {
        OneTimeCode.code(of: secret, step: SecondFactorRules.step(at: now))
    }

    func signIn(
        _ name: String,
        password: String = SignInScene.password,
        code: String,
        from visitor: SignInDesk.Visitor
    ) async -> SignInDesk.Outcome {
        await desk.signIn(
            SignInDesk.Attempt(name: name, password: Redacted(password), code: Redacted(code), visitor: visitor)
        )
    }
}

extension SignInDesk.Outcome {
    var token: String? {
        if case .signedIn(let new) = self { new.token.reveal { copy $0 } } else { nil }
    }

    var isRefused: Bool { if case .refused = self { true } else { false } }
    var wait: Duration? { if case .wait(let wait) = self { wait } else { nil } }
}

extension Notes {
    var noticed: [SecurityEvent] {
        all.compactMap { if case .noticed(let event) = $0 { event } else { nil } }
    }

    var kinds: Set<SecurityEventKind> { Set(noticed.map(\.kind)) }
    var subjects: [String] { noticed.compactMap { $0.subject?.description } }
}
