// SPDX-License-Identifier: Apache-2.0

import SIP

/// A request with an Authorization that a test can bend.
struct Login {
    var algorithm = DigestAlgorithm.sha256
    var username = "k3jd9s8a7f6g5h4j"
    var realm = "pbx.example"
    var password = "correct horse battery"
    var nonce = "00f1"
    var cnonce: String? = "c0ffee"
    var nc = "00000001"
    var method = Method.register
    var requestURI = "sip:pbx.example"
    /// `nil`: the Request-URI.
    var digestURI: String?
    /// What the field says; `nil` leaves the parameter out.
    var algorithmText: String?
    var qop: String? = "auth"
    /// Appended to the field as it is.
    var suffix = ""
    /// `nil`: the right one.
    var response: String?

    init(_ algorithm: DigestAlgorithm = .sha256, _ change: (inout Self) -> Void = { _ in }) {
        self.algorithm = algorithm
        algorithmText = algorithm.rawValue
        change(&self)
    }

    var ha1: HA1 { HA1(algorithm: algorithm, username: username, realm: realm, password: password) }

    private var uri: String { digestURI ?? requestURI }

    /// The response as a client makes it, whatever the field says.
    var rightResponse: String {
        Digest.response(
            ha1: ha1,
            nonce: nonce,
            nc: UInt32(nc, radix: 16) ?? 1,
            cnonce: cnonce ?? "",
            qop: qop,
            method: method,
            uri: uri
        )
    }

    var field: String {
        var text = "Digest username=\"\(username)\", realm=\"\(realm)\", nonce=\"\(nonce)\", uri=\"\(uri)\""
        text += ", response=\"\(response ?? rightResponse)\""
        if let algorithmText { text += ", algorithm=\(algorithmText)" }
        if let cnonce { text += ", cnonce=\"\(cnonce)\"" }
        if let qop { text += ", qop=\(qop), nc=\(nc)" }
        return text + suffix
    }

    func message(authorization: String? = nil) throws -> Message {
        let text = """
            \(method.text) \(requestURI) SIP/2.0\r
            Via: SIP/2.0/TLS 192.0.2.1:40000;branch=z9hG4bK1\r
            From: <sip:204@pbx.example>;tag=1\r
            To: <sip:204@pbx.example>\r
            Call-ID: 1\r
            CSeq: 1 \(method.text)\r
            Authorization: \(authorization ?? field)\r
            Content-Length: 0\r
            \r

            """
        let bytes = Array(text.utf8)
        return try Message(parsing: bytes.span)
    }

    /// What the server makes of it, with the HA1 of this login or another.
    func isAccepted(by ha1: HA1? = nil) throws -> Bool {
        let message = try message()
        guard let credentials = try message.credentials() else { return false }
        return Digest.matches(credentials, in: message, method: method, ha1: ha1 ?? self.ha1)
    }
}

extension Digest {
    /// Both checks of a login, in their order.
    static func matches(_ credentials: Credentials, in message: Message, method: SIP.Method, ha1: HA1) -> Bool {
        meant(credentials, for: message).map { matches($0, in: message, method: method, ha1: ha1) } ?? false
    }
}
