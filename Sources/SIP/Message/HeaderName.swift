// SPDX-License-Identifier: Apache-2.0

/// The header fields that have a name of their own in this module; every other one is ``other`` and is found by its text.
public enum HeaderName: UInt8, Sendable, CaseIterable {
    case via, from, to, callID, cseq, contact, maxForwards, route, recordRoute, expires, minExpires, authorization,
        proxyAuthorization, wwwAuthenticate, proxyAuthenticate, authenticationInfo, contentType, contentLength,
        contentEncoding, contentDisposition, allow, supported, require, proxyRequire, unsupported, userAgent, server,
        accept, reason, retryAfter, warning, date, event, subscriptionState, replaces, referTo, referredBy,
        sessionExpires, minSE, rack, rseq, privacy, pAssertedIdentity, allowEvents, alertInfo, callInfo, subject,
        path, historyInfo, diversion, identity, other

    /// The name as RFCs write it. Empty for ``other``.
    public var canonical: StaticString {
        switch self {
        case .via: "Via"
        case .from: "From"
        case .to: "To"
        case .callID: "Call-ID"
        case .cseq: "CSeq"
        case .contact: "Contact"
        case .maxForwards: "Max-Forwards"
        case .route: "Route"
        case .recordRoute: "Record-Route"
        case .expires: "Expires"
        case .minExpires: "Min-Expires"
        case .authorization: "Authorization"
        case .proxyAuthorization: "Proxy-Authorization"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .authenticationInfo: "Authentication-Info"
        case .contentType: "Content-Type"
        case .contentLength: "Content-Length"
        case .contentEncoding: "Content-Encoding"
        case .contentDisposition: "Content-Disposition"
        case .allow: "Allow"
        case .supported: "Supported"
        case .require: "Require"
        case .proxyRequire: "Proxy-Require"
        case .unsupported: "Unsupported"
        case .userAgent: "User-Agent"
        case .server: "Server"
        case .accept: "Accept"
        case .reason: "Reason"
        case .retryAfter: "Retry-After"
        case .warning: "Warning"
        case .date: "Date"
        case .event: "Event"
        case .subscriptionState: "Subscription-State"
        case .replaces: "Replaces"
        case .referTo: "Refer-To"
        case .referredBy: "Referred-By"
        case .sessionExpires: "Session-Expires"
        case .minSE: "Min-SE"
        case .rack: "RAck"
        case .rseq: "RSeq"
        case .privacy: "Privacy"
        case .pAssertedIdentity: "P-Asserted-Identity"
        case .allowEvents: "Allow-Events"
        case .alertInfo: "Alert-Info"
        case .callInfo: "Call-Info"
        case .subject: "Subject"
        case .path: "Path"
        case .historyInfo: "History-Info"
        case .diversion: "Diversion"
        case .identity: "Identity"
        case .other: ""
        }
    }

    /// The one letter that may stand for the name (RFC 3261 §7.3.3 and the RFC of each extension).
    public var compact: Character? {
        switch self {
        case .via: "v"
        case .from: "f"
        case .to: "t"
        case .callID: "i"
        case .contact: "m"
        case .contentType: "c"
        case .contentLength: "l"
        case .contentEncoding: "e"
        case .supported: "k"
        case .event: "o"
        case .referTo: "r"
        case .referredBy: "b"
        case .sessionExpires: "x"
        case .allowEvents: "u"
        case .subject: "s"
        case .identity: "y"
        case .cseq, .maxForwards, .route, .recordRoute, .expires, .minExpires, .authorization, .proxyAuthorization,
            .wwwAuthenticate, .proxyAuthenticate, .authenticationInfo, .contentDisposition, .allow, .require,
            .proxyRequire, .unsupported, .userAgent, .server, .accept, .reason, .retryAfter, .warning, .date,
            .subscriptionState, .replaces, .minSE, .rack, .rseq, .privacy, .pAssertedIdentity, .alertInfo, .callInfo,
            .path, .historyInfo, .diversion, .other:
            nil
        }
    }

    /// The header field of a full or compact name in any case; ``other`` for a name that is not in the list.
    public init(named text: String) {
        let utf8 = Array(text.utf8)
        self = Self.find(HeaderKey(utf8.span, 0..<utf8.count)) ?? .other
    }
}
