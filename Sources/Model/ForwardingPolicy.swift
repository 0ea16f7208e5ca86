// SPDX-License-Identifier: Apache-2.0

/// Where the phones of an extension may forward its calls to (RFC 5359 §2.7 to §2.9). The raw value is what an operator types.
public enum ForwardingPolicy: String, Hashable, Sendable, Codable, CaseIterable {
    case nobody
    /// Other extensions of the business.
    case colleagues
    /// Those, and numbers outside that the extension may dial and that the business lets calls be sent to.
    case outside
}
