// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Primitives

/// The cookies of the portal. By their names browsers take them over TLS only, for this host only and for all of it
/// (RFC 6265bis §4.1.3.2), and no other host can set them.
enum PortalCookie: String {
    /// Somebody is signed in; ends with the browser.
    case session = "__Host-session"
    /// Somebody signed in here before.
    case browser = "__Host-browser"
    /// Was asked for a passkey to sign in with; for five minutes.
    case ticket = "__Host-ticket"

    func value(in request: Request) -> String? {
        // What is ours is in hexadecimal; nobody else's is looked at.
        request.cookies[rawValue].flatMap { cookie in
            let text = cookie.value
            return text.utf8.count == 64 && text.utf8.allSatisfy { Hex.value($0) != nil } ? text : nil
        }
    }

    /// - Parameter age: Seconds; `nil` for until the browser ends.
    func setting(_ value: Redacted<String>, age: Int? = nil) -> String {
        let rest = age.map { "; Max-Age=\($0)" } ?? ""
        return value.reveal { "\(rawValue)=\(copy $0); Path=/; Secure; HttpOnly; SameSite=Strict\(rest)" }
    }

    var removing: String { "\(rawValue)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0" }
}
