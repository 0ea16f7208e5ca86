// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// An automatic attendant: says what there is to choose from, and takes a key or, where the menu lets callers, an extension.
struct MenuService: VoiceService {
    private enum State: Sendable {
        /// The digits of an extension so far.
        case choosing(String)
        /// It rings where the caller wanted to go.
        case ringing(isDialled: Bool)
        case leaving(String)
    }

    let menu: VoiceMenu
    /// How often nothing was chosen, or nothing that there is: in all menus of the call together.
    private(set) var misses: Int
    private var state = State.choosing("")

    init(_ menu: VoiceMenu, misses: Int = 0) { (self.menu, self.misses) = (menu, misses) }

    var patience: Duration? {
        switch state {
        case .choosing(let digits): digits.isEmpty ? Limits.menuPatience : Limits.digitPatience
        case .ringing, .leaving: nil
        }
    }

    mutating func take(_ input: VoiceInput) -> [VoiceStep] {
        switch (state, input) {
        case (.leaving(let reason), .said): return [.leave(reason)]
        case (.leaving, _): return []
        case (.choosing, .began): return [.say(prompt)]
        case (.choosing(let digits), .pressed(let key)): return press(key, digits)
        case (.choosing(let digits), .waited): return digits.isEmpty ? miss([]) : submit(digits)
        case (.ringing, .said): return [.say([.ringback])]
        case (.ringing(let isDialled), .untaken(let rang)):
            // What cannot be rung sounds as what does not exist.
            if isDialled, !rang { return miss(.phrases(.invalid)) }
            return leave(.phrases(.nobodyAvailable), "nobody took the call")
        case (_, .unkept): return leave([], "its sound was lost")
        case (_, .began), (_, .said), (_, .pressed), (_, .recorded), (_, .answered), (_, .waited), (_, .untaken),
            (_, .room), (_, .queue):
            return []
        }
    }

    /// What was recorded for it, or else what can be said of it.
    private var prompt: [Utterance] {
        let choices = menu.choices.flatMap { choice -> [Utterance] in
            guard case .to(.extension(let number)) = choice.target else { return [] }
            let key: Utterance = choice.key.isDigit ? .digits(String(choice.key.character)) : .phrase(choice.key.name)
            return .phrases(.for, .extension) + [.digits(number.text)] + .phrases(.press) + [key, .pause]
        }
        let dialling: [Utterance] = menu.dialsExtensions ? .phrases(.enterNumber) : []
        return [.recorded(.menu(menu.name), else: choices + dialling), .pause]
    }

    private mutating func press(_ key: PhoneKey, _ digits: String) -> [VoiceStep] {
        guard menu.dialsExtensions, key.isDigit || !digits.isEmpty else {
            guard let key = MenuKey(key.character), let target = menu[key] else { return miss(.phrases(.invalid)) }
            return go(target)
        }
        switch key.character {
        case "#": return submit(digits)
        case "*":
            state = .choosing("")
            return [.say(prompt)]
        default:
            let dialled = digits + String(key.character)
            guard dialled.count < Model::Limits.extensionDigits.upperBound else { return submit(dialled) }
            state = .choosing(dialled)
            return digits.isEmpty ? [.say([])] : []
        }
    }

    /// One digit alone is a key of the menu, more are an extension.
    private mutating func submit(_ digits: String) -> [VoiceStep] {
        state = .choosing("")
        if digits.count == 1, let key = digits.first.flatMap(MenuKey.init), let target = menu[key] { return go(target) }
        guard let number = ExtensionNumber(parsing: digits) else { return miss(.phrases(.invalid)) }
        state = .ringing(isDialled: true)
        return [.say([.ringback]), .connect(.extension(number), isDialled: true)]
    }

    private mutating func go(_ target: VoiceMenu.Target) -> [VoiceStep] {
        if let service = target.service {
            state = .leaving("what it chose is gone")
            return [.become(service)]
        }
        guard case .to(let destination) = target else { return leave([], "the menu said goodbye") }
        state = .ringing(isDialled: false)
        return [.say([.ringback]), .connect(destination, isDialled: false)]
    }

    /// Says everything once more, or after some times sends the caller where who chooses nothing goes.
    private mutating func miss(_ words: [Utterance]) -> [VoiceStep] {
        misses += 1
        state = .choosing("")
        guard misses >= Limits.menuMisses else { return [.say(words + prompt)] }
        // Once: where it leads is not tried again and again.
        guard misses == Limits.menuMisses else { return leave(words, "nothing was chosen that there is") }
        return go(menu.fallback)
    }

    private mutating func leave(_ words: [Utterance], _ reason: String) -> [VoiceStep] {
        state = .leaving(reason)
        return [.say(words + .phrases(.goodbye))]
    }
}

extension MenuKey {
    /// Of the keys that are no digits.
    fileprivate var name: Phrase { character == "*" ? .star : .pound }
}
