// SPDX-License-Identifier: Apache-2.0

/// One thing that was looked at, and what a person should know or do about it.
public struct Diagnosis: Hashable, Codable, Sendable {
    public enum Severity: String, Codable, Sendable, CaseIterable {
        case good
        /// Works now, and will not for ever or not for everybody.
        case warning
        /// Calls fail because of it, or somebody can listen.
        case wrong
    }

    /// Its name for scripts. Never changes once released.
    public enum Code: String, Codable, Sendable, CaseIterable {
        case folder
        case certificate
        case certificateNames = "certificate-names"
        case hostName = "host-name"
        case clock
        case server
        case signallingPort = "signalling-port"
        case clearPort = "clear-port"
        case mediaPorts = "media-ports"
        case fileDescriptors = "file-descriptors"
        case diskSpace = "disk-space"
        /// What the running server says of itself.
        case reported
    }

    public let code: Code
    public let severity: Severity
    /// What was found, as a heading: `The certificate is valid until 2027-11-21`.
    public let title: String
    /// Why it matters and which command to run; empty when all is good.
    public let text: String

    public init(_ code: Code, _ severity: Severity, _ title: String, text: String = "") {
        (self.code, self.severity, self.title, self.text) = (code, severity, title, text)
    }
}
