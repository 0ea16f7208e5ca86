// SPDX-License-Identifier: Apache-2.0

extension Message {
    /// The fields that have one meaning, so that two of them are two opinions (RFC 3261 §7.3.1, §20; RFC 4475 §3.3.8). Those
    /// that nobody acts on are not among them: of several User-Agent, Server, Subject, Date or Organization the first counts.
    private static let single: UInt64 = {
        let names: [HeaderName] = [
            .from, .to, .callID, .cseq, .maxForwards, .contentLength, .contentType, .contentDisposition, .expires,
            .minExpires, .event, .subscriptionState, .referTo, .referredBy, .replaces, .sessionExpires, .minSE,
            .rack, .rseq, .retryAfter, .authenticationInfo,
        ]
        return names.reduce(0) { $0 | bit($1) }
    }()

    /// Checks what RFC 3261 §8.1.1 and §8.2 ask of every message, whatever is done with it.
    ///
    /// Via, From, To, Call-ID and CSeq exist and are well formed; no field with one meaning comes twice. A request also
    /// names its sender by a tag, agrees with its CSeq about the method, has contacts that can be read, and a
    /// Request-URI of a known scheme without headers. Does not allocate.
    ///
    /// What it reads it keeps, so that asking for it afterwards costs nothing.
    ///
    /// A branch without ``Via/magicCookie`` passes, as RFC 4475 §3.1.1.1 demands: ask ``Via/hasTransactionBranch(in:)``.
    ///
    /// - Throws: The first problem, as a ``ParseError`` with its status.
    public mutating func validate() throws(ParseError) {
        try checkFieldsAreSingle()
        let via = try topVia()
        try checkVias()
        let from = try from()
        let to = try to()
        _ = try callID()
        let cseq = try cseq()
        _ = try maxForwards()
        var uri: SIPURI?
        if case .request(let method) = start { uri = try checkRequest(method, via, from, to, cseq) }
        core = CoreFields(via: via, from: from, to: to, cseq: cseq, requestURI: uri)
    }

    private func checkRequest(
        _ method: Method,
        _ via: Via,
        _ from: NameAddress,
        _ to: NameAddress,
        _ cseq: CSeq
    ) throws(ParseError) -> SIPURI? {
        // RFC 4475 §3.2.1: the cookie alone names every transaction. Another branch is of RFC 2543, and legal.
        if let branch = via.branch, branch.count == Via.magicCookie.utf8.count, holds(branch, Via.magicCookie) {
            throw ParseError(.malformed(.via), at: Int(branch.lower))
        }
        guard from.tag != nil else { throw ParseError(.malformed(.address), at: Int(from.range.lower)) }
        guard cseq.method == method else {
            throw ParseError(.methodMismatch, at: Int(first(.cseq)?.lower ?? 0))
        }
        // RFC 3261 §10.2: an address of record is a SIP URI; nothing else can be bound (RFC 4475 §3.3.4).
        if method == .register, to.uri == nil { throw ParseError(.malformed(.address), at: Int(to.range.lower)) }
        try checkContacts(method)
        guard let uri = try addressOfRequest(method) else { return nil }
        // RFC 3261 §19.1.1: what follows the question mark is only for URIs that a request is made from.
        guard !uri.hasHeaders else { throw ParseError(.malformed(.requestURI), at: Int(uri.headers.lower)) }
        return uri
    }

    /// - Returns: `nil` for the name of the service that helps, which a call is asked for by (RFC 5031 §4.2).
    private func addressOfRequest(_ method: Method) throws(ParseError) -> SIPURI? {
        do throws(ParseError) { return try SIPURI.parse(self, requestURI) } catch {
            guard error.problem == .unsupportedScheme, asksForHelp,
                method == .invite || method == .ack || method == .cancel
            else { throw error }
            return nil
        }
    }

    private func checkFieldsAreSingle() throws(ParseError) {
        let double = repeated & Self.single
        guard double != 0 else { return }
        let name = HeaderName(rawValue: UInt8(double.trailingZeroBitCount)) ?? .other
        var (seen, offset) = (0, 0)
        for field in fields where field.name == name && seen < 2 {
            (seen, offset) = (seen + 1, Int(field.nameLower))
        }
        throw ParseError(.repeated(name), at: offset)
    }

    /// What every response repeats (RFC 3261 §8.2.6.2).
    private static let echoed: UInt64 = bit(.via) | bit(.from) | bit(.to) | bit(.callID) | bit(.cseq)

    /// Counts the hops without reading them: a response will copy them all.
    private func checkVias() throws(ParseError) {
        let span = bytes.span
        var (count, echoed) = (0, 0)
        for field in fields where Self.echoed & Self.bit(field.name) != 0 {
            echoed += field.value.count
            guard field.name == .via else { continue }
            count += 1
            var offset = Int(field.valueLower)
            while let comma = span.find(UInt8(ascii: ","), from: offset, to: Int(field.valueUpper)) {
                (count, offset) = (count + 1, comma + 1)
            }
        }
        guard count <= Limits.vias else {
            throw ParseError(.tooLarge(.via, limit: Limits.vias), at: Int(first(.via)?.lower ?? 0))
        }
        guard echoed <= Limits.echoedBytes else {
            throw ParseError(.tooLarge(.header, limit: Limits.echoedBytes), at: Int(first(.via)?.lower ?? 0))
        }
    }

    /// Reads every contact. `*` is only for a REGISTER (RFC 3261 §10.2.2).
    private func checkContacts(_ method: Method) throws(ParseError) {
        guard let value = first(.contact) else { return }
        if value.count == 1, bytes[Int(value.lower)] == UInt8(ascii: "*"), repeated & Self.bit(.contact) == 0 {
            guard method == .register else { throw ParseError(.malformed(.address), at: Int(value.lower)) }
            return
        }
        var reader = AddressReader(.contact)
        while try reader.next(in: self) != nil {}
    }
}
