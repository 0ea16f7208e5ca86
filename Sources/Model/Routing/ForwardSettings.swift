// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where the calls of an extension go by a setting of the system, and whether it is left alone, or rings while it talks.
public struct ForwardSettings: Hashable, Sendable, Codable {
    /// When calls go elsewhere. The raw value is what an operator types.
    public enum Occasion: String, CaseIterable, Codable, Hashable, Sendable {
        /// Its own phones do not ring.
        case always
        /// A phone says so, the call is declined, or the extension is not to be disturbed.
        case busy
        /// Nobody picks up within ``Forward/seconds``.
        case noAnswer = "no-answer"
        /// No phone is registered, or none of them answers at all.
        case unreachable
    }

    public var forwards: [Occasion: Forward]
    /// Who is looked for one after the other when its own phones do not answer; `nil` for nobody.
    public var follow: FollowMe?
    /// Since when it takes no calls (do not disturb), and by whom; `nil` while it does.
    public var quiet: SettingOrigin?
    /// Since when it is busy while it is in a call (no call waiting), and by whom; `nil` while further calls ring.
    public var oneCall: SettingOrigin?

    public init(
        forwards: [Occasion: Forward] = [:],
        follow: FollowMe? = nil,
        quiet: SettingOrigin? = nil,
        oneCall: SettingOrigin? = nil
    ) {
        (self.forwards, self.follow, self.quiet, self.oneCall) = (forwards, follow, quiet, oneCall)
    }

    public static let none = ForwardSettings()
}

extension ForwardSettings.Occasion: CodingKeyRepresentable {}

/// A forward that somebody set.
public struct Forward: Hashable, Sendable, Codable {
    /// Where it goes.
    public enum Target: Hashable, Sendable {
        case `extension`(ExtensionNumber)
        /// By a trunk, at the expense of the extension.
        case outside(PhoneNumber)
    }

    public let target: Target
    /// How long its phones ring before; of ``ForwardSettings/Occasion/noAnswer`` only.
    public let seconds: Int
    public let origin: SettingOrigin

    /// How long phones ring where nobody says otherwise: four or five times.
    public static let usualSeconds = 20

    /// - Returns: `nil` for a time outside of ``Limits/ringSeconds``.
    public init?(to target: Target, after seconds: Int = Self.usualSeconds, by origin: SettingOrigin) {
        guard Limits.ringSeconds.contains(seconds) else { return nil }
        (self.target, self.seconds, self.origin) = (target, seconds, origin)
    }

    private enum CodingKeys: String, CodingKey { case target, seconds, origin }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let forward = Self(
            to: try container.decode(Target.self, forKey: .target),
            after: try container.decode(Int.self, forKey: .seconds),
            by: try container.decode(SettingOrigin.self, forKey: .origin)
        )
        guard let forward else {
            throw DecodingError.dataCorruptedError(
                forKey: .seconds,
                in: container,
                debugDescription: "a forward after a time that nobody waits"
            )
        }
        self = forward
    }
}

/// Where somebody is looked for, one place after the other, each for a while (follow me).
public struct FollowMe: Hashable, Sendable, Codable {
    public let targets: [Forward.Target]
    /// How long the extension's own phones ring first, and each of these.
    public let seconds: Int
    public let origin: SettingOrigin

    /// - Returns: `nil` for none or more than ``Limits/followed``, for one that comes twice, and for a time outside of
    ///   ``Limits/ringSeconds``.
    public init?(_ targets: [Forward.Target], seconds: Int = Forward.usualSeconds, by origin: SettingOrigin) {
        guard (1...Limits.followed).contains(targets.count), Set(targets).count == targets.count,
            Limits.ringSeconds.contains(seconds)
        else { return nil }
        (self.targets, self.seconds, self.origin) = (targets, seconds, origin)
    }

    private enum CodingKeys: String, CodingKey { case targets, seconds, origin }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let follow = Self(
            try container.decode([Forward.Target].self, forKey: .targets),
            seconds: try container.decode(Int.self, forKey: .seconds),
            by: try container.decode(SettingOrigin.self, forKey: .origin)
        )
        guard let follow else {
            throw DecodingError.dataCorruptedError(
                forKey: .targets,
                in: container,
                debugDescription: "too many places to look for somebody, or none"
            )
        }
        self = follow
    }
}

extension Forward.Target {
    /// `101`, `+493012345`.
    public var text: String {
        switch self {
        case .extension(let number): number.text
        case .outside(let number): number.text
        }
    }

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        if let number = ExtensionNumber(parsing: text) {
            self = .extension(number)
        } else if let number = PhoneNumber(parsing: text) {
            self = .outside(number)
        } else {
            return nil
        }
    }
}

extension Forward.Target: CustomStringConvertible {
    public var description: String { text }
}

extension Forward.Target: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an extension or a telephone number", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

/// Who set something, when, and from where.
public struct SettingOrigin: Hashable, Sendable, Codable {
    /// As the journal names them.
    public let by: String
    public let at: WallTime
    public let from: EventSource

    public init(by name: String, at time: WallTime, from source: EventSource = .machine) {
        (by, at, from) = (name, time, source)
    }
}
