// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Attacks on the encryption of audio: offers that would make it readable.
enum MediaEncryptionAttack {
    static let all = [weakOffers, mirroredKey]

    private static let weakOffers = Attack(
        .mediaEncryption,
        "M07",
        "Offer a call whose audio can be read",
        attempted:
            "authenticated INVITEs with RTP/AVP, without keys, with unencrypted, unauthenticated, short-tag, wrong-length and unknown suites",
        expected: "488 each time; an offer with a proper key is not refused so",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let phone = phones[0]
            let callee = target.accounts[1].number.text
            let proper = try await offer(
                "RTP/SAVP",
                [OfferText.key(.aes128gcm, using: wire.entropy)],
                by: phone,
                to: callee
            )
            guard let proper else { return .notRun("no answer to a proper offer") }
            if proper == 488 { return .notRun("an offer with a proper key was refused with 488 too") }
            var wrong: [String] = []
            let offers = weak(wire)
            for (name, profile, crypto) in offers {
                let status = try await offer(profile, crypto, by: phone, to: callee)
                if status != 488 { wrong.append("\(name): \(status.map(String.init) ?? "no answer")") }
            }
            if !wrong.isEmpty { return .broken(wrong.joined(separator: "; ")) }
            return .held(
                "\(offers.count) weak offers got 488; a proper one got \(proper) (the phone called is not registered)"
            )
        }
    )

    private static let mirroredKey = Attack(
        .mediaEncryption,
        "M07a",
        "Answer a call with the server's own key",
        attempted: "a call between two phones of the attacker's, whose callee sends back the key that it was offered",
        expected: "the caller is told 488, and no call is up that says it is encrypted and is silent",
        run: { (wire, target) async throws(WireError) in
            let status = try await TestCall.mirror(wire, target)
            let text = "the caller was told \(status.map(String.init) ?? "nothing")"
            return status == 488 ? .held(text) : .broken(text)
        }
    )

    private static func offer(
        _ profile: String,
        _ crypto: [String],
        by phone: TestPhone,
        to callee: String
    ) async throws(WireError) -> Int? {
        var draft = try await phone.draft("INVITE", to: callee)
        draft.contentType = "application/sdp"
        draft.body = OfferText.offer(profile: profile, crypto: crypto)
        let answer = try await phone.ask(draft)
        if let answer { try await phone.acknowledge(answer, to: draft) }
        return answer?.status
    }

    private static func weak(_ wire: Wire) -> [(name: String, profile: String, crypto: [String])] {
        let good = OfferText.key(.aes128cmSHA1_80, using: wire.entropy)
        let key = Base64.encode(wire.entropy.bytes(30))
        let short = Base64.encode(wire.entropy.bytes(16))
        return [
            ("readable audio", "RTP/AVP", []),
            ("readable audio beside a key", "RTP/AVP", [good]),
            ("readable audio with feedback", "RTP/AVPF", [good]),
            ("no key", "RTP/SAVP", []),
            ("unencrypted", "RTP/SAVP", [good + " UNENCRYPTED_SRTP"]),
            ("unauthenticated", "RTP/SAVP", [good + " UNAUTHENTICATED_SRTP"]),
            ("unencrypted control", "RTP/SAVP", [good + " UNENCRYPTED_SRTCP"]),
            ("short tag", "RTP/SAVP", ["1 AES_CM_128_HMAC_SHA1_32 inline:\(key)"]),
            ("no cipher", "RTP/SAVP", ["1 NULL_HMAC_SHA1_80 inline:\(key)"]),
            ("old cipher", "RTP/SAVP", ["1 F8_128_HMAC_SHA1_80 inline:\(key)"]),
            ("short key", "RTP/SAVP", ["1 AES_CM_128_HMAC_SHA1_80 inline:\(short)"]),
            ("empty key", "RTP/SAVP", ["1 AES_CM_128_HMAC_SHA1_80 inline:"]),
            ("key of another suite", "RTP/SAVP", ["1 AEAD_AES_256_GCM inline:\(key)"]),
        ]
    }
}
