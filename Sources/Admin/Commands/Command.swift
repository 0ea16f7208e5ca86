// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// Something that an operator can ask for, whatever the front end: a noun and a verb, with what it is done to.
///
/// Its stored properties are what stands in `with` on the control socket. ``CommandRegistry`` lists every one of them.
public protocol Command: Codable, Hashable, Sendable {
    /// What it is answered with when it is not refused.
    associatedtype Reply: Codable & Sendable

    /// Noun and verb, in requests and in the journal: `extension.add`.
    static var name: String { get }
    /// What somebody needs who wants it done: all of them.
    static var rights: [Right] { get }
    /// The same for this one: all of ``rights``, and more where what is asked for goes further than usual.
    var needed: [Right] { get }
    /// Whose things somebody wants to look at who may not look at all of them. What changes something is for those who may.
    var subject: Authoriser.Subject { get }

    /// One that nothing comes of if it is carried out: it looks, or changes only what is not there. For attacks on the roles.
    ///
    /// - Parameter number: The extension that is looked at, where one is.
    static func harmless(_ number: ExtensionNumber) -> Self

    /// Does it. Whether the caller may is decided already.
    func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply
}

extension Command {
    public var needed: [Right] { Self.rights }

    public var subject: Authoriser.Subject { .any }

    /// Whether it may leave anything different from how it found it. An audit only looks.
    public static var changesSomething: Bool { rights.contains(where: \.changesSomething) }
}

/// A command whose answer holds what belongs to extensions. Each that the role own-extension is for is one.
public protocol ExtensionCommand: Command {
    /// For each thing in an answer, the extensions that it belongs to.
    static func owners(of reply: Reply) -> [[ExtensionNumber]]
}

/// Somebody who was let through to a command.
public struct Caller: Sendable {
    /// As the journal names them.
    let name: String
    /// What the answer may speak of.
    let permit: Permit
    /// For what takes two people.
    private let person: LocalAccount?

    init(_ actor: Actor, permit: Permit) { (name, self.permit, person) = (actor.name, permit, actor.account) }

    /// - Throws: Where nobody can be held to it.
    func account() throws(Refusal) -> LocalAccount {
        guard let person else {
            throw Refusal(
                .roles,
                problem: "\(name) cannot do this.",
                reason: "it takes two people, and it is not known which account this is",
                remedy: "do it on the machine itself, by an account of your own: ringfence operator list"
            )
        }
        return person
    }
}
