// SPDX-License-Identifier: Apache-2.0

import Guard
import SIP

/// What can be subscribed to (RFC 6665 §7.2).
enum EventPackage: String, CaseIterable, Sendable {
    /// Lamps: the calls of an extension (RFC 4235).
    case dialog
    /// How many voice messages wait (RFC 3842).
    case messageSummary = "message-summary"
    /// Whether an extension can be reached (RFC 3856).
    case presence
    /// Where a phone itself is registered (RFC 3680).
    case reg

    /// As it stands in Allow-Events.
    static let all = allCases.map(\.rawValue).joined(separator: ", ")

    /// The package that a request names in Event, and its `id`; `nil` for one that is not known here.
    static func named(in request: Message) -> (package: EventPackage, id: [UInt8]?)? {
        guard let event = request.first(.event) else { return nil }
        let name = request.bytes(event).prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != 9 }
        // Event types compare with regard to case (RFC 6665 §8.2.1).
        guard let package = allCases.first(where: { name.elementsEqual($0.rawValue.utf8) }) else { return nil }
        return (package, request.parameter(named: "id", of: .event).map { Array(request.bytes($0)) })
    }

    var state: WatchedState {
        switch self {
        case .dialog: .calls
        case .messageSummary: .mailbox
        case .presence: .presence
        case .reg: .registration
        }
    }

    var contentType: StaticString {
        switch self {
        case .dialog: "application/dialog-info+xml"
        case .messageSummary: "application/simple-message-summary"
        case .presence: "application/pidf+xml"
        case .reg: "application/reginfo+xml"
        }
    }

    /// Between two notifications of one subscription (RFC 3856 §6.10, RFC 3680 §4.10; a lamp may not lag behind).
    var pause: Duration {
        switch self {
        case .dialog, .messageSummary: .seconds(1)
        case .presence, .reg: .seconds(5)
        }
    }

    /// Whether a request takes our content type (RFC 3261 §20.1). Without Accept it takes the package's own.
    func isAccepted(by request: Message) -> Bool {
        guard request.first(.accept) != nil else { return true }
        let own = "\(contentType)"
        var isThere = false
        request.forEach(.accept) { value in
            for range in request.bytes(value).split(separator: UInt8(ascii: ",")) {
                let type = String(decoding: range.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
                    .filter { $0 != " " && $0 != "\t" }.lowercased()
                if type == own || type == "*/*" || type == "application/*" { isThere = true }
            }
        }
        return isThere
    }
}
