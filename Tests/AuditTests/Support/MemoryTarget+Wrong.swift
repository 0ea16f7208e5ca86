// SPDX-License-Identifier: Apache-2.0

@testable import Audit

// What a weak server says instead of what the switchboard would.
extension MemoryTarget {
    func wrongAnswer(to message: HeardMessage) -> [UInt8]? {
        if weakness == .believesResponses, message.status == 200 { return reply("481 What", to: message) }
        if weakness == .answersChallenges || weakness == .logsInAnywhere, [401, 407].contains(message.status) {
            return loginOfOurs(message)
        }
        guard let weakness, let method = message.method else { return nil }
        if let wrong = wrongAnswerAboutOutside(to: message) { return wrong }
        let login = message.value("authorization")
        let to = message.value("to") ?? ""
        switch weakness {
        case .acceptsReplays:
            guard let login, !isNew(login) else { return nil }
            return reply("200 OK", to: message)
        case .acceptsWeakDigests:
            return login.map { !$0.contains("algorithm=SHA-256") || !$0.contains("qop") } == true
                ? reply("200 OK", to: message) : nil
        case .notifiesStrangers: return message.value("event") == nil ? nil : reply("200 OK", to: message)
        case .takesReadableAudio:
            let isReadable = login != nil && String(decoding: message.body, as: UTF8.self).contains("RTP/AVP ")
            return isReadable ? reply("480 Temporarily Unavailable", to: message) : nil
        case .answersScanners:
            return message.value("user-agent") == "sipcli/v1.8" ? reply("401 Unauthorized", to: message) : nil
        case .knowsExtensions:
            return login == nil && !to.contains("701@") && !to.contains("702@")
                ? reply("404 Not Found", to: message) : nil
        case .knowsLogins:
            let isKnown = TestOffice.usernames.contains { login?.contains("\"\($0)\"") == true }
            return login != nil && !isKnown ? reply("403 Forbidden", to: message) : nil
        case .guestsMayCall:
            return method == "INVITE" && login == nil && to.contains("+44")
                ? reply("180 Ringing", to: message) + reply("200 OK", to: message) : nil
        case .relays:
            guard message.firstLine.contains("transport=udp") else { return nil }
            for (id, peer) in peers where message.firstLine.contains("@\(peer.local);") { put(message.bytes, to: id) }
            return nil
        case .believesTags: return method == "BYE" ? reply("200 OK", to: message) : nil
        case .believesFrom:
            return login != nil && message.value("from")?.contains("702@") == true ? reply("200 OK", to: message) : nil
        case .tellsOurName:
            return login == nil && message.firstLine.contains("victim.example")
                ? reply("403 Forbidden", to: message) : nil
        case .movesLogins:
            guard method == "INVITE", let login else { return nil }
            return message.firstLine.contains(login.components(at: "uri=\"").last?.components(at: "\"")[0] ?? "")
                ? nil : reply("180 Ringing", to: message) + reply("200 OK", to: message)
        case .believesMangled: return login?.contains("username=\"a\"") == true ? reply("200 OK", to: message) : nil
        case .believesInjection: return login?.contains("' OR '") == true ? reply("200 OK", to: message) : nil
        case .tellsWatchers:
            return method == "SUBSCRIBE" && login == nil ? reply("202 Accepted", to: message) : nil
        case .removesForAnybody:
            return message.value("contact") == "*" && login == nil ? reply("200 OK", to: message) : nil
        case .dialsContacts:
            for (id, peer) in peers where message.value("contact")?.contains("\(peer.local);transport=udp") == true {
                put(message.bytes, to: id)
            }
            return nil
        case .looksUpNames:
            if message.value("contact")?.contains("@.1>") == true { isStuck = true }
            return nil
        case .readsNamesLoosely:
            return message.headers.contains { $0.name.utf8.contains(1) } ? reply("401 Unauthorized", to: message) : nil
        case .readsBodies:
            let isStrange = message.value("content-type")?.contains("sdp") == false
            return method == "INVITE" && login != nil && isStrange ? reply("200 OK", to: message) : nil
        case .fetchesCertificates:
            for (id, peer) in peers where message.value("identity")?.contains("https://\(peer.local)/") == true {
                put([1], to: id)
            }
            return nil
        case .believesEavesdroppers:
            return method == "INVITE" && login == nil && to.contains(";tag=") ? reply("200 OK", to: message) : nil
        case .replacesAnything:
            return method == "INVITE" && message.value("replaces") != nil ? reply("200 OK", to: message) : nil
        case .takesNews: return method == "NOTIFY" && login != nil ? reply("200 OK", to: message) : nil
        case .carriesSpoofs:
            return method == "MESSAGE" && login != nil && message.value("from")?.contains("911@") == true
                ? reply("202 Accepted", to: message) : nil
        case .countsNoHops:
            return login != nil && message.value("max-forwards") == "0" ? reply("480 Later", to: message) : nil
        case .takesAnyTimer:
            return login != nil && message.value("session-expires") == "1" ? reply("480 Later", to: message) : nil
        case .callsForOthers: return method == "REFER" && login != nil ? reply("202 Accepted", to: message) : nil
        case .transfersAnything:
            return method == "REFER" && to.contains(";tag=") ? reply("202 Accepted", to: message) : nil
        case .refusesNobody: return method == "SUBSCRIBE" && login != nil ? reply("200 OK", to: message) : nil
        case .takesAnyContact:
            return login != nil && message.value("contact")?.contains("192.0.2.") == true
                ? reply("200 OK", to: message) : nil
        case .picksUpForAnybody:
            return login != nil && message.firstLine.contains(":**") ? reply("200 OK", to: message) : nil
        case .remembersStrangers:
            memory.add(8_192)
            return nil
        case .commonPassword, .storesPasswords, .handsOutConfigurations, .agreesToOldTLS, .compresses, .talksInTheClear,
            .foreignCertificate, .reflectsMedia, .latches, .forwardsForgeries, .believesTheFirst, .relaysAnyAmount,
            .saysWhatItIs, .slowerForExtensions,
            .slowerForLogins, .waitsForLength, .takesBareLF, .neverCloses, .leavesServicesOpen, .answersDatagrams,
            .forgivesEdits, .forgivesCuts, .bansNobody, .guardsNoAccount, .answersChallenges, .believesResponses,
            .passesHeadersOn, .showsInside, .unescapes, .tripsOverHandshakes, .servesFloods, .losesItself, .amplifies,
            .takesAnySize, .tripsOverRoutes, .letsAnyPageIn, .toleratesFrames, .waitsForPieces, .shutsOutOffices,
            .forgetsRoles, .showsEverything, .renegotiates, .takesEarlyData, .downgrades, .keepsWhoLeft,
            .takesItsOwnKey, .callsAnywhere, .paysForCalls, .transfersAbroad, .transfersToPremium, .followsPhones,
            .readsDisguises, .overspends, .callsWithoutLimit, .watchesNothing, .keepsStopsToItself, .sleepsAtNight,
            .tellsNothingAtNight, .spendsAtNight, .raisesAlone, .keepsSoundReadable, .playsWhatWasChanged,
            .playsForeignSound, .deletesTooEarly, .keepsForEver, .deletesWhatIsHeld, .erasesHalf, .letsItRise,
            .waitsForConfirmation:
            return nil
        case .agreesToLess:
            return login != nil && message.value("require") == "sec-agree" ? reply("200 OK", to: message) : nil
        case .believesProviders:
            let isCall = method == "INVITE" && login == nil && message.value("p-asserted-identity") != nil
            return isCall ? reply("180 Ringing", to: message) + reply("200 OK", to: message) : nil
        case .trustsAnyProvider, .fallsBack, .letsProvidersDial, .logsInAnywhere, .believesCallers, .showsAnyName,
            .showsClaims, .tellsForeignNumbers, .triesEverywhere, .chargesForHelp, .shutsHelpOut,
            .stopsHelpWithTheProvider, .keepsPortsFromHelp, .keepsLeavers, .trustsLeavers, .dialsThrough,
            .transfersForProviders, .forwardsAnything, .hidesGuesses, .hidesFraud, .losesFaults,
            .takesAnyPassword, .countsNoCodes, .asksForNoCode, .takesCodesTwice, .tellsNames, .countsNoSignIns,
            .keepsOwnersOut, .keepsSessions, .forgetsToSignOut,
            .takesForeignForms, .changesByAddress, .answersEveryNetwork, .believesHeaders, .answersAnyHost,
            .answersProbes, .repeatsPaths, .showsPages, .callsTooEarly, .forgetsEnds:
            return nil
        case .tellsLeavers:
            let isOdd = String(decoding: message.body, as: UTF8.self).contains("RTP/AVP ")
            let isOurs = login?.contains("\"\(TestOffice.usernames[0])\"") == true
            return method == "INVITE" && isOurs && isOdd ? reply("488 Not Acceptable Here", to: message) : nil
        case .opensForNumbers:
            return login != nil && message.firstLine.contains(":*97@") && message.value("p-asserted-identity") != nil
                ? reply("200 OK", to: message) : nil
        case .opensByCode:
            return login != nil && message.firstLine.contains(":*97*") ? reply("200 OK", to: message) : nil
        case .opensForStrangers:
            return login == nil && message.firstLine.contains(":*97@") ? reply("200 OK", to: message) : nil
        case .pilesUpChanges:
            return method == "INVITE" && to.contains(";tag=") ? reply("200 OK", to: message) : nil
        }
    }

    /// What the switchboard hears instead: one that takes its own key back is made of one that is told another.
    func misheard(_ bytes: [UInt8]) -> [UInt8] {
        guard weakness == .takesItsOwnKey, HeardMessage(bytes).status == 200 else { return bytes }
        let parts = String(decoding: bytes, as: UTF8.self).components(at: "inline:")
        guard parts.count == 2, let first = parts[1].first else { return bytes }
        return Array((parts[0] + "inline:" + (first == "A" ? "B" : "A") + parts[1].dropFirst()).utf8)
    }

    /// The switchboard's own answer, with what a weak server adds.
    func adorned(_ bytes: [UInt8]) -> [UInt8] {
        let isCall = bytes.starts(with: Array("INVITE ".utf8))
        if isCall, weakness == .downgrades {
            let text = String(decoding: bytes, as: UTF8.self)
            return Array(text.components(at: "sips:").joined(separator: "sip:").utf8)
        }
        guard let weakness, isCall || weakness == .saysWhatItIs, let header = Self.additions[weakness] else {
            return bytes
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return Array(text.components(at: "Content-Length:").joined(separator: "\(header)\r\nContent-Length:").utf8)
    }

    private static let additions: [Weakness: String] = [
        .saysWhatItIs: "Server: Ringfence 1.0", .passesHeadersOn: "X-Account: 1",
        .showsInside: "X-From: 10.11.12.13", .unescapes: "X-Evil: 1",
        .showsClaims: "P-Asserted-Identity: \"The owner\" <sip:100@office.example>",
    ]

    /// The request again, with a login as whoever asked for one would like it.
    private func loginOfOurs(_ challenge: HeardMessage) -> [UInt8] {
        let method = challenge.value("cseq")?.components(at: " ").last ?? "BYE"
        var lines = ["\(method) sip:x@192.0.2.1 SIP/2.0"] + challenge.values("via").map { "Via: \($0)" }
        for name in ["From", "To", "Call-ID", "CSeq"] {
            lines.append("\(name): \(challenge.value(name.lowercased()) ?? "")")
        }
        lines += ["Authorization: Digest username=\"trunk\", response=\"00\"", "Content-Length: 0", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    func reply(_ status: String, to request: HeardMessage) -> [UInt8] {
        var lines = ["SIP/2.0 \(status)"] + request.values("via").map { "Via: \($0)" }
        for name in ["From", "To", "Call-ID", "CSeq"] {
            lines.append("\(name): \(request.value(name.lowercased()) ?? "")")
        }
        return Array((lines + ["Content-Length: 0", "", ""]).joined(separator: "\r\n").utf8)
    }
}
