// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Guard
public import Model
public import Primitives
import Store

/// The page of a link: a password and a second factor, once.
extension SignInDesk {
    /// What the page of a link shows.
    public struct Offer: Sendable {
        public let name: String
        public let role: Role
        /// What an authenticator app makes codes from.
        public let secret: Redacted<[UInt8]>
    }

    /// What somebody gets who has used a link.
    public struct Welcome: Sendable {
        public let session: NewSession
        /// Shown this once.
        public let recoveryCodes: [Redacted<String>]
    }

    /// When a link begins to work that does not yet; `nil` for any other.
    public func waiting(_ token: String) -> WallTime? {
        guard let invitation = try? store.invitation(OneTimeToken.hash(token)), now() < invitation.from else {
            return nil
        }
        return invitation.from
    }

    /// - Returns: `nil` when the link is none, was used, is too old, or does not work yet.
    public func offer(_ token: String) -> Offer? {
        let hash = OneTimeToken.hash(token)
        guard let invitation = try? store.invitation(hash), now() >= invitation.from, now() < invitation.until,
            let role = role(of: invitation.name)
        else {
            offered[hash] = nil
            return nil
        }
        if offered.count > Guard.Limits.operators { offered = [:] }
        let secret = offered[hash] ?? Redacted(entropy.bytes(SecondFactorRules.secretBytes))
        offered[hash] = secret
        return Offer(name: invitation.name, role: role, secret: secret)
    }

    /// The link that would take away what somebody signs in with; `nil` where there is none.
    public func replacement(of name: String) -> Invitation? {
        guard let links = try? store.invitations() else { return nil }
        return links.first { $0.name == name && now() < $0.until }
    }

    /// How many recovery codes somebody has left; `nil` for whoever does not sign in.
    public func recoveryCodes(of name: String) -> Int? { try? store.signIn(of: name)?.recoveryCodes.count }

    /// Somebody says no to a link that would take away what they sign in with.
    public func refuseReplacement(of name: String) {
        let person = Identity.signedIn(name: name).description
        let draft = JournalDraft(actor: person, action: WithdrawInvitation.name, subject: name)
        guard (try? store.withdraw(invitationOf: name, journal: draft, at: now())) == true else { return }
        events.publish(.noticed(.replacementRefused(of: name, by: person, at: now())))
    }

    /// Sets password and second factor, and signs in.
    ///
    /// - Parameter isStolen: Whether a text, in lower case, is one of the passwords that attackers try first.
    /// - Throws: What is wrong with the password or the code; the link is good still.
    public func accept(
        _ token: String,
        password: Redacted<String>,
        code: Redacted<String>,
        visitor: Visitor,
        isStolen: @Sendable (String) -> Bool
    ) async throws(Refusal) -> Welcome {
        guard let offer = offer(token) else { throw .noInvitation }
        let source = [SignInGate.Subject.source(visitor.address.accountable)]
        if let wait = gate.enter(source, at: clock()) { throw .tooManyTries(wait) }
        let rule = password.reveal {
            OperatorPasswordRules.refusal(
                of: copy $0,
                for: offer.name,
                business: store.snapshot.domain,
                isStolen: isStolen
            )
        }
        let step = code.reveal { typed in
            SecondFactorRules.step(of: copy typed, at: now()) { OneTimeCode.code(of: offer.secret, step: $0) }
        }
        if let rule {
            gate.succeed(source)
            throw rule
        }
        guard let step else { throw .wrongCode }
        gate.succeed(source)
        let hash = try await hasher.hash(password)
        let codes = (0..<SecondFactorRules.recoveryCodes).map { _ in OneTimeCode.recoveryCode(using: entropy) }
        let signIn = SignIn(
            name: offer.name,
            password: hash,
            secret: offer.secret,
            recoveryCodes: codes.map(OneTimeCode.hash(recoveryCode:)),
            since: now()
        )
        // The role may have been taken while the password was hashed.
        guard let role = role(of: offer.name) else { throw .noInvitation }
        do {
            let person = Identity.signedIn(name: offer.name).description
            let draft = JournalDraft(actor: person, action: "portal.enrol", subject: offer.name)
            let key = OneTimeToken.hash(token)
            guard try store.accept(key, signIn, step: step, journal: draft, at: now()) else {
                throw Refusal.noInvitation
            }
            offered[key] = nil
            return Welcome(
                session: try begin(for: offer.name, role, visitor),
                recoveryCodes: codes.map { Redacted($0) }
            )
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .cannotWrite(error)
        }
    }
}

extension Refusal {
    /// Whether there never was one, it was used, or it is too old: one answer for all.
    public static let noInvitation = Self(
        problem: "This link does not let you in.",
        reason: "each works once and for 24 hours, and a newer one takes its place",
        remedy: "ask an owner for a new one: ringfence operator invite NAME"
    )

    public static let wrongCode = Self(
        .secondFactor,
        problem: "The code did not match.",
        reason: "it changes every 30 seconds, and the clock of the telephone has to be right",
        remedy: "type in the code that the app shows now"
    )

    public static func tooManyTries(_ wait: Duration) -> Self {
        Self(
            .loginProtection,
            problem: "That was too often.",
            reason: "whoever guesses must not go fast",
            remedy: "wait \(max(1, wait.components.seconds + 1)) seconds, then try again"
        )
    }
}

extension SecurityEvent {
    /// That a link by which somebody would get a new password and a new second factor works no more.
    static func replacementRefused(of name: String, by person: String, at now: WallTime) -> Self {
        SecurityEvent(
            at: now,
            kind: .replacementRefused,
            source: .machine,
            subject: .operator(Identity.signedIn(name: name).description),
            detail: "\(person) took the link back by which \(name) was to get a new password and a new second factor"
        )
    }
}
