// SPDX-License-Identifier: Apache-2.0

/// Something that a phone asks the system to change, by a code that is dialled.
public enum FeatureRequest: Hashable, Sendable {
    /// `*78` and `*79`: its extension is not to be disturbed, or is.
    case quiet(Bool)
    /// `*70` and `*71`: its extension takes one call at a time, or more.
    case oneCall(Bool)
    /// `*77` and `*87`: its extension takes no calls of who withholds their number, or does.
    case anonymous(isRejected: Bool)
    /// `*21*102` always, `*67*102` when busy, `*61*102` when nobody answers, `*62*102` when no phone is there, and the same
    /// without a target for nowhere (the codes of mobile networks, 3GPP TS 22.030). With the target as it is dialled.
    case forward(ForwardSettings.Occasion, to: String?)
    /// `*45` leaves all groups that it is in, `*46` comes back; `*45*700` only one, by its number.
    case group(ExtensionNumber?, isAway: Bool)
    /// `*28*1` closes the business, `*28*0` opens it, `*28` lets its hours decide.
    case night(NightMode)
    /// `*75*07*102`: what `*007` stands for at its extension, as it is dialled; `*75*07` for nothing of its own.
    case speedDial(SpeedDials.Key, to: String?)

    /// Reads what was dialled; a `#` at the end, by which some phones dial, is not part of it.
    public init?(dialled: some StringProtocol) {
        // Before anything is copied: anybody with a phone may have written it.
        guard dialled.utf8.first == UInt8(ascii: "*"), (3...Limits.featureBytes).contains(dialled.utf8.count) else {
            return nil
        }
        let text = dialled.hasSuffix("#") ? dialled.dropLast() : dialled[...]
        let parts = text.dropFirst().split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        let (code, rest) = (parts[0], parts.count > 1 ? String(parts[1]) : nil)
        guard rest?.isEmpty != true else { return nil }
        switch (code, rest) {
        case ("78", nil): self = .quiet(true)
        case ("79", nil): self = .quiet(false)
        case ("70", nil): self = .oneCall(true)
        case ("71", nil): self = .oneCall(false)
        case ("77", nil): self = .anonymous(isRejected: true)
        case ("87", nil): self = .anonymous(isRejected: false)
        case ("21", let target): self = .forward(.always, to: target)
        case ("67", let target): self = .forward(.busy, to: target)
        case ("61", let target): self = .forward(.noAnswer, to: target)
        case ("62", let target): self = .forward(.unreachable, to: target)
        case ("45", nil): self = .group(nil, isAway: true)
        case ("46", nil): self = .group(nil, isAway: false)
        case ("45", let number?), ("46", let number?):
            guard let number = ExtensionNumber(parsing: number) else { return nil }
            self = .group(number, isAway: code == "45")
        case ("28", nil): self = .night(.automatic)
        case ("28", "1"): self = .night(.closed)
        case ("28", "0"): self = .night(.open)
        case ("75", let rest?):
            let parts = rest.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = SpeedDials.Key(parsing: parts[0]), parts.count == 1 || !parts[1].isEmpty else { return nil }
            self = .speedDial(key, to: parts.count > 1 ? String(parts[1]) : nil)
        default: return nil
        }
    }

    /// What is dialled for it.
    public var code: String {
        switch self {
        case .quiet(let isQuiet): isQuiet ? "*78" : "*79"
        case .oneCall(let isSo): isSo ? "*70" : "*71"
        case .anonymous(let isRejected): isRejected ? "*77" : "*87"
        case .forward(let occasion, let target): Self.code(of: occasion) + Self.written(target)
        case .group(let number, let isAway): (isAway ? "*45" : "*46") + Self.written(number?.text)
        case .night(.automatic): "*28"
        case .night(.closed): "*28*1"
        case .night(.open): "*28*0"
        case .speedDial(let key, let target): "*75*\(key.text)" + Self.written(target)
        }
    }

    private static func written(_ rest: String?) -> String { rest.map { "*\($0)" } ?? "" }

    private static func code(of occasion: ForwardSettings.Occasion) -> String {
        switch occasion {
        case .always: "*21"
        case .busy: "*67"
        case .noAnswer: "*61"
        case .unreachable: "*62"
        }
    }
}
