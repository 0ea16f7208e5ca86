// SPDX-License-Identifier: Apache-2.0

public import Model

/// Which pages may open a WebSocket (row P06): those of named sites, so that a page of somebody else cannot use the
/// browser of a person who is on the business's network.
public enum OriginRules {
    /// - Parameters:
    ///   - origin: What the client says (RFC 6455 §10.2). A browser always says it and a script cannot change it; `nil` is
    ///     therefore no browser, which nobody's page can misuse.
    ///   - allowed: The sites the owner named.
    public static func allows(_ origin: String?, among allowed: [WebOrigin]) -> Bool {
        guard let origin else { return true }
        return WebOrigin(parsing: origin).map(allowed.contains) ?? false
    }
}
