// SPDX-License-Identifier: Apache-2.0

/// What a request asks for (RFC 3261 §7.1). Case matters: `invite` is another method than `INVITE`.
public enum Method: Hashable, Sendable {
    case invite, ack, bye, cancel, register, options, info, prack, update, refer, subscribe, notify, message, publish
    /// A token that is none of the others.
    case other(String)

    public init(_ text: String) {
        self = Self.known.first { $0.text == text } ?? .other(text)
    }

    public var text: String {
        switch self {
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .register: "REGISTER"
        case .options: "OPTIONS"
        case .info: "INFO"
        case .prack: "PRACK"
        case .update: "UPDATE"
        case .refer: "REFER"
        case .subscribe: "SUBSCRIBE"
        case .notify: "NOTIFY"
        case .message: "MESSAGE"
        case .publish: "PUBLISH"
        case .other(let text): text
        }
    }

    /// Every method that has a case of its own.
    public static let known: [Self] = [
        .invite, .ack, .bye, .cancel, .register, .options, .info, .prack, .update, .refer, .subscribe, .notify,
        .message, .publish,
    ]
}

extension Method {
    /// Reads a token. Allocates only for a method of more than 15 letters that nobody knows.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        if let method = Self.named(bytes.exactWord(range)) {
            self = method
        } else if bytes.equalsExactly(range, "SUBSCRIBE") {
            self = .subscribe
        } else {
            self = .other(bytes.text(range))
        }
    }

    /// The methods of up to eight letters, by their ASCII with the first letter lowest.
    @inline(__always)
    private static func named(_ word: UInt64) -> Self? {
        switch word {
        case 0x4554_4956_4E49: .invite
        case 0x4B_4341: .ack
        case 0x45_5942: .bye
        case 0x4C45_434E_4143: .cancel
        case 0x5245_5453_4947_4552: .register
        case 0x53_4E4F_4954_504F: .options
        case 0x4F46_4E49: .info
        case 0x4B_4341_5250: .prack
        case 0x4554_4144_5055: .update
        case 0x52_4546_4552: .refer
        case 0x5946_4954_4F4E: .notify
        case 0x45_4741_5353_454D: .message
        case 0x48_5349_4C42_5550: .publish
        default: nil
        }
    }
}
