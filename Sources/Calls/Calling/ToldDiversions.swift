// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import SIP

/// What a provider says about the way of a call before it came here: who sent it on, the first one first.
struct ToldDiversions {
    /// How often, also by those who are not named.
    private(set) var times = 0
    /// `nil` for who wants to stay unknown, or is named by something that is no number. ``Limits/toldDiversions`` at most: the last.
    private(set) var senders: [PhoneNumber?] = []

    /// Diversion where there is one, else History-Info. What cannot be read was not said.
    init(_ request: Message, _ numbers: TrunkNumbers) {
        if request.count(.diversion) > 0 {
            readDiversion(request, numbers)
        } else if request.count(.historyInfo) > 0 {
            readHistory(request, numbers)
        }
    }

    /// RFC 5806 §4: the last one stands first, each perhaps for several.
    private mutating func readDiversion(_ request: Message, _ numbers: TrunkNumbers) {
        var reader = AddressReader(.diversion)
        while let address = try? reader.next(in: request) {
            let counter = address.parameter(named: "counter", in: request).flatMap { Int(request.string($0)) } ?? 1
            times = min(times + min(max(counter, 1), Limits.countedDiversions), Limits.countedDiversions)
            guard senders.count < Limits.toldDiversions else { continue }
            let privacy =
                address.parameter(named: "privacy", in: request).map { request.string($0).lowercased() } ?? "off"
            senders.insert(privacy == "off" ? numbers.read(address, in: request) : nil, at: 0)
        }
    }

    /// RFC 7044 §5: an address with a cause (RFC 4458) is where the one before it was sent on to.
    private mutating func readHistory(_ request: Message, _ numbers: TrunkNumbers) {
        var reader = AddressReader(.historyInfo)
        var before: PhoneNumber?
        while let address = try? reader.next(in: request) {
            if address.uri?.param(named: "cause", in: request) != nil {
                times = min(times + 1, Limits.countedDiversions)
                senders.append(before)
                if senders.count > Limits.toldDiversions { senders.removeFirst() }
            }
            before = address.hidesItself(in: request) ? nil : numbers.read(address, in: request)
        }
    }

    /// The steps of a call's way that they are, to the number that it came to.
    func steps(to called: PhoneNumber?) -> [CallStep] {
        senders.enumerated().map { place, sender in
            let next = place + 1 < senders.count ? senders[place + 1] : called
            return CallStep(from: .outside(sender), .diverted, to: .outside(next))
        }
    }
}

extension NameAddress {
    /// RFC 7044 §10.1.2: `?Privacy=history` in the URI.
    fileprivate func hidesItself(in message: Message) -> Bool {
        guard let uri, uri.hasHeaders, let headers = try? URIHeaders(of: uri, in: message) else { return false }
        return headers.all.contains { name, value in
            String(decoding: name, as: UTF8.self).lowercased() == "privacy"
                && String(decoding: value, as: UTF8.self).lowercased() != "none"
        }
    }
}

extension TrunkNumbers {
    fileprivate func read(_ address: NameAddress, in message: Message) -> PhoneNumber? {
        guard let uri = address.uri else { return nil }
        let bytes = message.bytes.span
        if let number = uri.telephoneNumber(in: bytes) { return number.context == nil ? read(number.digits) : nil }
        return uri.decodedUser(in: bytes).flatMap { read($0) }
    }
}
