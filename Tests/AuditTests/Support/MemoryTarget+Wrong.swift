// SPDX-License-Identifier: Apache-2.0

@testable import Audit

// What a weak server says instead of what the switchboard would.
extension MemoryTarget {
    func wrongAnswer(to message: HeardMessage) -> [UInt8]? {
        guard let weakness, let method = message.method else { return nil }
        let login = message.value("authorization")
        let to = message.value("to") ?? ""
        switch weakness {
        case .acceptsReplays:
            guard let login, !isNew(login) else { return nil }
            return reply("200 OK", to: message)
        case .acceptsWeakDigests:
            return login.map { !$0.contains("algorithm=SHA-256") || !$0.contains("qop") } == true
                ? reply("200 OK", to: message) : nil
        case .notifiesStrangers: return message.value("event") == nil ? nil : reply("200 OK", to: message)
        case .takesReadableAudio:
            let isReadable = login != nil && String(decoding: message.body, as: UTF8.self).contains("RTP/AVP ")
            return isReadable ? reply("480 Temporarily Unavailable", to: message) : nil
        case .answersScanners:
            return message.value("user-agent") == "sipcli/v1.8" ? reply("401 Unauthorized", to: message) : nil
        case .knowsExtensions:
            return login == nil && !to.contains("701@") && !to.contains("702@")
                ? reply("404 Not Found", to: message) : nil
        case .knowsLogins:
            let isKnown = TestOffice.usernames.contains { login?.contains("\"\($0)\"") == true }
            return login != nil && !isKnown ? reply("403 Forbidden", to: message) : nil
        case .guestsMayCall:
            return method == "INVITE" && login == nil && to.contains("+44")
                ? reply("180 Ringing", to: message) + reply("200 OK", to: message) : nil
        case .relays:
            guard message.firstLine.contains("transport=udp") else { return nil }
            for (id, peer) in peers where message.firstLine.contains("@\(peer.local);") { put(message.bytes, to: id) }
            return nil
        case .believesTags: return method == "BYE" ? reply("200 OK", to: message) : nil
        case .believesFrom:
            return login != nil && message.value("from")?.contains("702@") == true ? reply("200 OK", to: message) : nil
        case .takesAnyContact:
            return login != nil && message.value("contact")?.contains("192.0.2.") == true
                ? reply("200 OK", to: message) : nil
        case .remembersStrangers:
            memory.add(8_192)
            return nil
        case .commonPassword, .storesPasswords, .handsOutConfigurations, .agreesToOldTLS, .compresses, .talksInTheClear,
            .foreignCertificate, .reflectsMedia, .latches, .forwardsForgeries, .saysWhatItIs, .slowerForExtensions,
            .slowerForLogins, .waitsForLength, .takesBareLF, .neverCloses, .leavesServicesOpen, .answersDatagrams,
            .forgivesEdits, .forgivesCuts:
            return nil
        }
    }

    /// The switchboard's own answer, with what a weak server adds.
    func adorned(_ bytes: [UInt8]) -> [UInt8] {
        guard weakness == .saysWhatItIs else { return bytes }
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(
            text.components(at: "Content-Length:").joined(separator: "Server: Ringfence 1.0\r\nContent-Length:").utf8
        )
    }

    private func reply(_ status: String, to request: HeardMessage) -> [UInt8] {
        var lines = ["SIP/2.0 \(status)"] + request.values("via").map { "Via: \($0)" }
        for name in ["From", "To", "Call-ID", "CSeq"] {
            lines.append("\(name): \(request.value(name.lowercased()) ?? "")")
        }
        return Array((lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n").utf8)
    }
}
