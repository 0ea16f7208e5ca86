// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// Calls for help (control `emergency-calls`): whoever has a phone of the business may place one. No price, country, budget, hour,
/// pattern or limit is asked, and a disabled extension may too.
public enum HelpRules {
    /// - Parameter way: How the call comes about. A person asks for help; a setting or a program does not.
    static func decide(
        _ number: DigitString,
        _ way: DialingWay,
        for attempt: CallAttempt,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        guard way.asksForHelp else { return .refused(.notByItself) }
        guard snapshot.devices[attempt.caller.username]?.id == attempt.caller.id else { return .refused(.notEnrolled) }
        if let refusal = attempt.media.refusal { return .refused(refusal) }
        guard snapshot.outside.trunks.values.contains(where: \.trunk.isEnabled) else { return .refused(.noWay) }
        let place = snapshot.outside.emergency.place(of: attempt.caller.id)
        let callback = place.callback.flatMap { snapshot.outside.numbers[$0] == nil ? nil : $0 }
        return .allowed(
            Placement(
                .help(attempt),
                payer: .phone(attempt.caller),
                target: .emergency(number),
                protection: attempt.media,
                outside: OutsideCall(
                    permit: nil,
                    shownNumber: callback
                        ?? snapshot.outside.callerNumber(of: attempt.caller.number, at: attempt.address),
                    address: place.address
                )
            )
        )
    }

    /// Why nothing of the business may have this number; `nil` where it may.
    public static func refusal(ofOwning number: ExtensionNumber, by plan: DialPlan) -> Refusal? {
        plan.emergency.reserves(number) ? .reserved("Extension \(number)") : nil
    }

    /// The same for a number outside, which a trunk would bring.
    public static func refusal(ofOwning number: PhoneNumber, by plan: DialPlan) -> Refusal? {
        plan.help(number.text) == nil ? nil : .reserved("\(number)")
    }

    /// The same for what a speed dial stands for: whoever calls for help dials it.
    public static func refusal(ofSpeedDial target: String, by plan: DialPlan) -> Refusal? {
        guard plan.help(target) != nil else { return nil }
        return Refusal(
            .emergencyCalls,
            problem: "No speed dial stands for \(target).",
            reason: "numbers for help are dialled in full, so that nobody calls them by mistake",
            remedy: "dial it at a phone: every phone may"
        )
    }

    /// Numbers of extensions, groups and menus that a way of dialling leaves nobody to reach, because they mean help in it, in order.
    public static func lost(by numbering: NumberingSettings, in snapshot: Snapshot) -> [ExtensionNumber] {
        let numbers = EmergencyNumbers(in: numbering.home, outsidePrefix: numbering.outsidePrefix)
        let groups = snapshot.outside.routing.groups.values.compactMap(\.number)
        let menus = snapshot.outside.routing.menus.values.compactMap(\.number)
        return (Array(snapshot.extensions.keys) + groups + menus).filter { numbers.reserves($0) }.sorted()
    }
}

extension DialingWay {
    /// Whether a person of the business asks for it at this moment. Whoever calls in from outside, or is sent on by a setting, has a
    /// telephone that reaches help from where they are.
    var asksForHelp: Bool {
        switch self {
        case .dialled, .clicked, .transferred, .conferenced: true
        case .forwarded, .redirected, .calledBack, .dialledIn, .requested: false
        }
    }
}

extension DialPlan {
    /// What the network is asked for when somebody dials this for help; `nil` for any other call. A `#` behind it says that nothing
    /// more follows, as on most telephones.
    public func help(_ dialled: some StringProtocol) -> DigitString? {
        var text = String(dialled)
        while text.utf8.last == UInt8(ascii: "#") { text.removeLast() }
        return switch DialledDigits(text.utf8.span) {
        case .global(let digits), .local(let digits): emergency.number(dialled: digits)
        case .fault: nil
        }
    }
}

extension CallRefusal {
    fileprivate static let notByItself = CallRefusal(
        status: 403,
        control: .emergencyCalls,
        reason: "a call for help is dialled by a person at a phone, and never forwarded or made by a program"
    )
    fileprivate static let notEnrolled = CallRefusal(
        status: 403,
        control: .sipPasswords,
        reason: "the phone is no longer enrolled"
    )
    fileprivate static let noWay = CallRefusal(
        status: 503,
        control: .emergencyCalls,
        reason: "no provider is there that a call for help could leave by; call from a mobile telephone"
    )
}

extension Refusal {
    fileprivate static func reserved(_ what: String) -> Self {
        Self(
            .emergencyCalls,
            problem: "\(what) cannot be added.",
            reason: "who dials it calls for help, so nothing else may have that number",
            remedy: "choose another number"
        )
    }
}
