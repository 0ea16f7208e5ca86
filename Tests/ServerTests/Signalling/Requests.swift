// SPDX-License-Identifier: Apache-2.0

/// Requests as a stranger writes them.
enum Requests {
    static func register(
        _ number: String = "201",
        branch: Int = 1,
        credentials: String = "",
        domain: String = "pbx.test"
    ) -> String {
        let contact = "Contact: <sip:\(number)@127.0.0.1:5999;transport=tls>\r\n"
        return request("REGISTER", domain, number, branch, contact + credentials)
    }

    /// What phones say besides; an answer over UDP is never longer than its request.
    static let abilities =
        "User-Agent: test\r\nAllow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, UPDATE\r\nSupported: outbound, path, gruu\r\n"

    static func options(branch: Int = 1, domain: String = "pbx.test") -> String {
        request("OPTIONS", domain, "201", branch, "")
    }

    private static func request(
        _ method: String,
        _ domain: String,
        _ user: String,
        _ branch: Int,
        _ more: String
    ) -> String {
        """
        \(method) sip:\(domain) SIP/2.0\r
        Via: SIP/2.0/TLS 127.0.0.1:5999;rport;branch=z9hG4bK-\(branch)\r
        Max-Forwards: 70\r
        From: <sip:\(user)@\(domain)>;tag=a\(branch)\r
        To: <sip:\(user)@\(domain)>\r
        Call-ID: call-\(branch)@test\r
        CSeq: \(branch) \(method)\r
        \(more)Content-Length: 0\r
        \r

        """
    }
}
