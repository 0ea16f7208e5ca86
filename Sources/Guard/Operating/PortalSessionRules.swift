// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How long somebody stays signed in.
public enum PortalSessionRules {
    /// Without asking for anything.
    public static let idle: Duration = .seconds(30 * 60)
    /// In any case.
    public static let longest: Duration = .seconds(12 * 3_600)
    /// How often it is written down that a session is used.
    public static let note: Duration = .seconds(60)
    /// How long a link to sign in for the first time is good.
    public static let invitation: Duration = .seconds(24 * 3_600)
    /// How long a browser counts as known in which somebody signed in.
    public static let knownBrowser: Duration = .seconds(90 * 86_400)
    /// Bits of what stands in a cookie and in a link.
    public static let tokenBits = 256

    /// Whether a session is good at this moment. A clock that was set back ends it.
    ///
    /// - Parameter operators: With another role than before, or none, somebody signs in again.
    public static func holds(_ session: PortalSession, among operators: [Operator], at now: WallTime) -> Bool {
        guard now >= session.since, now - session.since < longest, now - session.lastSeen < idle else { return false }
        return operators.contains { $0.account == session.name && $0.role == session.role }
    }
}
