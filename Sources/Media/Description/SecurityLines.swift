// SPDX-License-Identifier: Apache-2.0

/// The lines about DTLS and ICE of a session or of one of its sections, which may stand at either level (RFC 8122 §5, RFC 4145
/// §4, RFC 8839 §5.4).
struct SecurityLines {
    /// Whether there is a fingerprint, of whatever kind.
    private(set) var hasFingerprint = false
    private var fingerprints: [DTLSFingerprint] = []
    private var read = 0
    private var setup: DTLSSetup?
    private var hasSetup = false
    private var fragment: ArraySlice<UInt8>?
    private var password: ArraySlice<UInt8>?
    private var isLite = false

    /// - Parameter value: What stands after the colon.
    /// - Returns: Whether the line is one of these.
    mutating func take(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Bool {
        if name.isSame(as: "fingerprint") {
            hasFingerprint = true
            read += 1
            guard read <= DescriptionLimits.fingerprints, let fingerprint = DTLSFingerprint(parsing: value) else {
                return true
            }
            fingerprints.append(fingerprint)
        } else if name.isSame(as: "setup") {
            // What is neither part of a handshake (`holdconn`) leaves none for us.
            (hasSetup, setup) = (true, DTLSSetup.allCases.first { $0.rawValue == value.text.lowercased() })
        } else if name.isSame(as: "ice-ufrag") {
            fragment = value
        } else if name.isSame(as: "ice-pwd") {
            password = value
        } else if name.isSame(as: "ice-lite") {
            isLite = true
        } else {
            return false
        }
        return true
    }

    /// What a section says, with what the session says where the section does not.
    func completed(by session: SecurityLines) -> SecurityLines {
        var both = self
        if !hasFingerprint { (both.fingerprints, both.hasFingerprint) = (session.fingerprints, session.hasFingerprint) }
        if !hasSetup { (both.setup, both.hasSetup) = (session.setup, session.hasSetup) }
        both.fragment = fragment ?? session.fragment
        both.password = password ?? session.password
        both.isLite = isLite || session.isLite
        return both
    }

    /// By the best hash that is there. Without `a=setup` its side is the active one (RFC 4145 §4.1).
    var dtls: DTLSDescription? {
        let best = DTLSFingerprint.Algorithm.allCases.lazy.compactMap { kind in
            fingerprints.first { $0.algorithm == kind }
        }.first
        guard let best, let part = hasSetup ? setup : .active else { return nil }
        return DTLSDescription(fingerprint: best, setup: part)
    }

    var ice: ICEDescription? {
        guard let fragment, let password else { return nil }
        return ICEDescription(fragment: fragment, password: password, isLite: isLite)
    }
}
