// SPDX-License-Identifier: Apache-2.0

public import Model

/// What people are told of calls that cost money and look like somebody else's: at once, with what the system did by itself, and with
/// the command that cuts off whoever did it.
public enum FraudAlertRules {
    /// - Returns: `nil` where it is about something else, or the list of events is enough.
    public static func alert(of event: SecurityEvent) -> Finding? {
        guard event.kind.group == .fraud, let alarm = event.kind.traits.alarm else { return nil }
        return Finding(event, alarm)
    }

    /// What stops it, so that nobody has to look for it at night.
    static func isolation(of subject: EventSubject?) -> String {
        switch subject {
        case .extension(let number), .phone(_, let number, _):
            "If nobody of yours does that, cut the extension off: ringfence extension disable \(number)"
        case .trunk(let name): "If nobody of yours does that, cut the trunk off: ringfence trunk disable \(name)"
        case .account, .operator, nil: "See who calls what at this moment: ringfence call list"
        }
    }
}
