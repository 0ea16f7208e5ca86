// SPDX-License-Identifier: Apache-2.0

import Model
import Testing

@Suite("Control intrusion-detection: what follows from the kind of an event")
struct EventTraitsTests {
    private func kinds(_ isWanted: (EventTraits) -> Bool) -> Set<SecurityEventKind> {
        Set(SecurityEventKind.allCases.filter { isWanted($0.traits) })
    }

    @Test func `these are offences of their source`() {
        #expect(kinds { $0.offence == .guessing } == [.failedLogin])
        #expect(kinds { $0.offence == .scanning } == [.scanner])
        #expect(kinds { $0.offence == .malformed } == [.malformed])
        #expect(kinds { $0.offence == .forging } == [.identityMismatch, .replayedNonce, .forgedInDialog])
        #expect(kinds { $0.offence == .flooding } == [.flood])
        #expect(kinds { $0.offence == .decision } == [])
    }

    @Test func `only an answer to our nonce proves the address`() {
        #expect(
            kinds(\.provesAddress) == [
                .failedLogin, .stalePhone, .accountGuarded, .identityMismatch, .replayedNonce, .bindingLimit,
                .accountLimit, .otherInstance,
            ]
        )
    }

    @Test func `a source pays for guesses and for abuse and for nothing else`() {
        #expect(kinds { $0.charge == .failedLogin } == [.failedLogin, .stalePhone, .accountGuarded])
        #expect(
            kinds { $0.charge == .abuse } == [
                .identityMismatch, .scanner, .malformed, .replayedNonce, .forgedInDialog, .spoofSuspected,
            ]
        )
    }

    @Test
    func `people are told at once of an attack in progress and of a broken journal, and not of one wrong password`() {
        #expect(SecurityEventKind.suspicious.traits.alarm?.severity == .warning)
        #expect(SecurityEventKind.journalBroken.traits.alarm?.severity == .critical)
        #expect(SecurityEventKind.foreignMedia.traits.alarm?.severity == .critical)
        #expect(SecurityEventKind.failedLogin.traits.alarm == nil)
    }
}
