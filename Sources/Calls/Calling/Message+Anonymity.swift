// SPDX-License-Identifier: Apache-2.0

import SIP

/// How a phone says that its user wants to stay unknown to the called side. Who it is stays the credential's word.
extension Message {
    /// Whether the callee may not learn who calls: by Privacy (RFC 3323 §4.2, RFC 3325 §9.3), by a From of nobody (RFC 3323
    /// §4.1.1.3), or by Remote-Party-ID, which older phones write (draft-ietf-sip-privacy-04 §5.1).
    var hidesCaller: Bool {
        if first(.privacy) != nil, privacy().hidesIdentity { return true }
        return isFromNobody || asksForPartyPrivacy
    }

    /// Whether From is the one of nobody. It names no extension, whatever its host: a number has digits only, and a user name
    /// of ours sixteen characters.
    var isFromNobody: Bool {
        guard let uri = try? from().uri else { return false }
        if let user = uri.user { return holds(user, ignoringCase: "anonymous") }
        return holds(uri.host, ignoringCase: "anonymous.invalid")
    }

    private var asksForPartyPrivacy: Bool {
        guard let value = first(named: "Remote-Party-ID") else { return false }
        let words = string(value).lowercased().split(separator: ";").dropFirst()
        return words.contains { word in
            let parts = word.split(separator: "=", maxSplits: 1).map {
                $0.filter { $0 != " " && $0 != "\"" && $0 != "\t" }
            }
            return parts.count == 2 && parts[0] == "privacy" && ["full", "name", "uri"].contains(parts[1])
        }
    }
}
