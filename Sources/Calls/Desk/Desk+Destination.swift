// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import SIP

/// Whom a request is for, which a stranger never learns (row S02): every one of his gets the same challenge.
extension Desk {
    /// Whom the Request-URI means.
    func addressee(of request: Message) -> Addressee {
        if request.asksForHelp { return Addressee(number: dialPlan.emergency.general.text) }
        return readingHelp(registrar.addressee(of: request))
    }

    /// The same of a URI that stands elsewhere.
    func addressee(_ uri: SIPURI, in bytes: Span<UInt8>) -> Addressee {
        readingHelp(registrar.addressee(uri, in: bytes))
    }

    /// A number for help is one whatever is said of where it counts (RFC 3966 §5.1.5, RFC 3261 §19.1.6): nobody is lost for a
    /// `phone-context`.
    private func readingHelp(_ addressee: Addressee) -> Addressee {
        guard let end = addressee.number.utf8.firstIndex(of: UInt8(ascii: ";")) else { return addressee }
        let digits = String(addressee.number[..<end])
        return isHelp(digits) ? Addressee(number: digits) : addressee
    }

    /// Whether the Request-URI names this business. No packet ever leaves for a host that only a request names.
    func isForUs(_ request: Message, on flow: Flow) -> Bool {
        if request.asksForHelp { return true }
        guard let target = try? SIPURI.parse(request, request.requestURI) else { return false }
        return target.scheme == .tel || isServed(request.bytes(target.host), on: flow)
    }

    /// A Route that was loaded before the request came here may name us, because phones do that with their outbound
    /// proxy (RFC 3261 §8.1.1.1), and nobody else.
    ///
    /// - Returns: What somebody with a login is told; `nil` when there is nothing wrong.
    func refusalOfRoute(_ request: Message, on flow: Flow) -> Int? {
        guard request.count(.route) > 0 else { return nil }
        guard let routes = try? request.routes() else { return 400 }
        let areOurs = routes.allSatisfy { route in
            // The user part of an outbound proxy means nothing (§16.4): as a flow token it could only be forged, because we
            // give out none (RFC 5626 §5.3), and it leads nowhere.
            route.uri.map { isServed(request.bytes($0.host), on: flow) } == true
        }
        return areOurs ? nil : 403
    }
}
