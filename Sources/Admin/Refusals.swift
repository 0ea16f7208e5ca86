// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// Every way this module says no, so that the words stand in one place.
extension Refusal {
    static func noNumber(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not an extension number.",
            reason: "extensions have 2 to 6 digits and nothing else",
            remedy: "choose a number such as 204: ringfence extension add 204"
        )
    }

    static func noExtension(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) does not exist.",
            reason: "nobody has added it, or it was removed",
            remedy: "see which ones there are: ringfence extension list"
        )
    }

    static func extensionExists(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) cannot be added.",
            reason: "it exists already, and adding it again would leave its phones with nobody to answer for them",
            remedy: "enrol a phone for it: ringfence phone enrol \(number)"
        )
    }

    static func extensionTwice(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) cannot be added twice.",
            reason: "it is named more than once in this command",
            remedy: "name each extension once"
        )
    }

    static func tooManyExtensions() -> Self {
        Self(
            problem: "No more extensions can be added.",
            reason: "a business on one machine has at most \(Limits.extensions) of them",
            remedy: "remove those that nobody uses: ringfence extension list"
        )
    }

    static func badGroup(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be used as a pick-up group.",
            reason: "groups have 1 to 32 letters, digits and hyphens",
            remedy: "choose such a name: ringfence extension group 101 sales"
        )
    }

    static func badName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be used as a name.",
            reason:
                "names have 1 to 64 bytes and no control or invisible characters, because phones and logs show them",
            remedy: "choose a shorter, plain name"
        )
    }

    static func extensionDisabled(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "No phone can be enrolled for extension \(number).",
            reason: "it is disabled, so the phone could not register",
            remedy: "enable it first: ringfence extension enable \(number)"
        )
    }

    static func digestNobodySpeaks() -> Self {
        Self(
            problem: "A phone cannot be held to SHA-512/256.",
            reason: "no phone that we know computes it, so none is ever asked for it, and this one could not log in",
            remedy: "choose sha256, the strongest digest that phones speak: --minimum-digest sha256"
        )
    }

    static func alreadySo(_ number: ExtensionNumber, isEnabled: Bool) -> Self {
        Self(
            problem: "Extension \(number) is \(isEnabled ? "enabled" : "disabled") already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence extension show \(number)"
        )
    }

    static func tooManyPhones(_ number: ExtensionNumber) -> Self {
        Self(
            .sipPasswords,
            problem: "No more phones can be enrolled for extension \(number).",
            reason: "it has \(Guard.Limits.devicesPerExtension) already, and each is a password that can be stolen",
            remedy: "revoke one that is no longer used: ringfence phone list"
        )
    }

    static func noPhone(_ text: String) -> Self {
        Self(
            problem: "Phone \(quoted(text)) does not exist.",
            reason: "nobody has enrolled it, or it was revoked",
            remedy: "see which ones there are: ringfence phone list"
        )
    }

    static func noCall(_ id: String) -> Self {
        Self(
            problem: "Call \(quoted(id)) cannot be ended.",
            reason: "there is no such call now",
            remedy: "see which ones there are: ringfence call list"
        )
    }

    public static func noTrial(over name: TrunkName) -> Self {
        Self(
            problem: "The way to help over trunk \(name) was not tried.",
            reason: "the server does not run, or has just stopped",
            remedy: "start it and try again: ringfence emergency test \(name)"
        )
    }

    static func callForHelp(_ id: String) -> Self {
        Self(
            .emergencyCalls,
            problem: "Call \(quoted(id)) was not ended.",
            reason: "somebody calls for help, and only they or the emergency centre may hang up",
            remedy: "see who it is: ringfence call list"
        )
    }

    static func needsNumbers(of lost: [ExtensionNumber], in region: Region, _ routing: RoutingSettings) -> Self {
        let owner = routing.owner(of: lost[0])
        let what = owner.map { "\($0), \(lost[0])," } ?? "extension \(lost[0])"
        return Self(
            .emergencyCalls,
            problem: "The business was not put into \(region.name).",
            reason:
                "dialled like that the number of \(what) means help, and nobody could call \(lost.count == 1 ? "it" : "\(lost.count) such numbers")",
            remedy: owner.map {
                "give it another number first: ringfence \($0.replacing(" ", with: " change ")) --number NUMBER"
            }
                ?? "give its phones another number first: ringfence extension add NUMBER, then ringfence extension remove \(lost[0])"
        )
    }

    static func noException(_ address: String) -> Self {
        Self(
            problem: "There is no exception for \(quoted(address)) to take back.",
            reason: "nobody opened a listener without encryption there",
            remedy: "see which ones are open: ringfence listener list"
        )
    }

    static func noSource(_ text: String) -> Self {
        Self(
            .intrusionDetection,
            problem: "\(quoted(text)) cannot be banned or let in again.",
            reason: "a ban is for one address, or for the /64 that an IPv6 address is in, so that it hits nobody else",
            remedy: "name an address such as 203.0.113.7: ringfence ban list"
        )
    }

    static func noBanReason(_ source: BanSource) -> Self {
        Self(
            .intrusionDetection,
            problem: "\(source) was not banned.",
            reason: "a ban without a reason is never lifted, because nobody knows what it was for",
            remedy: "say what was seen and who decided, in 1 to 240 characters: --reason TEXT"
        )
    }

    static func badBanLength(_ source: BanSource) -> Self {
        Self(
            .intrusionDetection,
            problem: "\(source) was not banned.",
            reason: "a ban lasts 1 to \(Guard.Limits.longestDecidedBanHours) hours, because addresses change hands",
            remedy: "choose a number of hours in that range: --hours COUNT"
        )
    }

    static func protected(_ source: BanSource, _ protection: BanRules.Protection) -> Self {
        Self(
            .intrusionDetection,
            problem: "\(source) was not banned.",
            reason: protection.words,
            remedy: "revoke or disable the phones that misbehave instead: ringfence registration list"
        )
    }

    static func noBan(_ source: BanSource) -> Self {
        Self(
            problem: "There is no ban of \(source) to lift.",
            reason: "it is not shut out now; a ban also ends by itself",
            remedy: "see who is: ringfence ban list"
        )
    }

    static func nothingAsked() -> Self {
        Self(
            problem: "Nothing was done.",
            reason: "the command names nothing to do it to",
            remedy: "name at least one extension"
        )
    }

    static func tooMuchAsked() -> Self {
        Self(
            problem: "Nothing was done.",
            reason: "one command may name \(Limits.perCommand) things at most",
            remedy: "split it into several commands"
        )
    }

    /// The problem of ``cannotWrite(_:)``.
    static let notMade = "The change was not made."

    static func cannotWrite(_ error: any Error) -> Self {
        if case .database(.locked, _)? = StoreError(error) {
            return Self(
                problem: notMade,
                reason: "another program has the database locked",
                remedy:
                    "end it, then try again; see which it is with fuser -v on ringfence.sqlite in the folder of the phone system"
            )
        }
        return Self(
            problem: notMade,
            reason: "the database did not take it: \(error)",
            remedy: "make sure that the disk is there and has room, then try again: ringfence doctor"
        )
    }

    static func cannotRead(_ error: any Error) -> Self {
        Self(
            problem: "The database cannot be read.",
            reason: "it answered: \(error)",
            remedy: "see what is wrong: ringfence doctor"
        )
    }

    /// What somebody typed, short and harmless to a terminal.
    public static func quoted(_ text: String) -> String {
        let shown = text.prefix(32).unicodeScalars.map {
            $0.isASCII && !$0.properties.isWhitespace && $0.value > 32 ? Character($0) : "·"
        }
        return "'\(String(shown))'"
    }
}
