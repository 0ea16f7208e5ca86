// SPDX-License-Identifier: Apache-2.0

/// What two user agents remember of each other between the requests of a call: who is who, the numbers of their
/// requests, and where to send the next one.
///
/// For both roles: made from the request by the side that was called, from the response by the side that calls.
///
/// Source: RFC 3261 §12.
public struct Dialog: Sendable {
    public var callID: [UInt8]
    public var localTag: [UInt8]
    /// Empty for an answer without one, as systems before RFC 3261 gave. A request without one is refused before it gets here
    /// (`Docs/decisions/0021-no-peers-of-rfc-2543.md`).
    public var remoteTag: [UInt8]
    /// Of the last request sent; 0 before the first.
    public var localCSeq: UInt32
    /// Of the last request received in order; `nil` before the first.
    public var remoteCSeq: UInt32?
    /// The URI that the peer wants its requests at, without brackets and without headers.
    public var remoteTarget: [UInt8]
    /// Whether the target has a `gr`: a name of the peer instead of an address (RFC 5627 §3.1).
    public private(set) var isTargetGRUU = false
    /// The URIs, without brackets, in the order in which a request of ours passes them.
    public var routeSet: [[UInt8]]
    public var localURI: [UInt8]
    public var remoteURI: [UInt8]
    /// Until a 2xx.
    public var isEarly: Bool

    /// The side that received `request`, an INVITE or another request that makes a dialog (§12.1.1).
    ///
    /// - Parameters:
    ///   - request: With a Contact that holds one SIP URI.
    ///   - localTag: What our response adds to To. Random, at least 32 bits (§19.3).
    /// - Throws: A 400 for a header field that is missing or cannot be read, a 513 for routes over the limit.
    public init(asServerFrom request: Message, localTag: String) throws(ParseError) {
        let (from, to) = (try request.from(), try request.to())
        guard let target = try request.target() else {
            throw ParseError(.missing(.contact), at: request.bytes.count)
        }
        callID = Array(request.bytes(try request.callID()))
        self.localTag = Array(localTag.utf8)
        remoteTag = from.tag.map { Array(request.bytes($0)) } ?? []
        localCSeq = 0
        remoteCSeq = try request.cseq().number
        (remoteTarget, isTargetGRUU) = target
        routeSet = try request.recordRouteURIs()
        localURI = Array(request.bytes(to.uriRange))
        remoteURI = Array(request.bytes(from.uriRange))
        isEarly = true
    }

    /// The side that sent `request` and received `response` to it, 101…299 (§12.1.2).
    ///
    /// A response without a usable Contact, which §12.1.1 forbids, keeps the peer at the URI where it was called.
    ///
    /// - Throws: A 400 for a header field that is missing or cannot be read, a 513 for routes over the limit.
    public init(asClientFrom response: Message, request: Message) throws(ParseError) {
        let (from, to) = (try request.from(), try response.to())
        callID = Array(request.bytes(try request.callID()))
        localTag = from.tag.map { Array(request.bytes($0)) } ?? []
        remoteTag = to.tag.map { Array(response.bytes($0)) } ?? []
        localCSeq = try request.cseq().number
        remoteCSeq = nil
        (remoteTarget, isTargetGRUU) = try response.target() ?? (Array(request.bytes(request.requestURI)), false)
        routeSet = try response.recordRouteURIs().reversed()
        localURI = Array(request.bytes(from.uriRange))
        remoteURI = Array(request.bytes(try request.to().uriRange))
        isEarly = (response.status ?? 200) < 200
    }

    /// The side that sent `request`, when `response` does not say clearly where its sender is: that one is looked for where
    /// the request went, so that a 2xx can be acknowledged whatever it is (§13.2.2.4).
    ///
    /// - Returns: `nil` for a To that cannot be read.
    public init?(unclear response: Message, to request: Message) {
        guard let from = try? request.from(), let asked = try? request.to(), let to = try? response.to(),
            let callID = try? request.callID(), let cseq = try? request.cseq()
        else { return nil }
        self.callID = Array(request.bytes(callID))
        localTag = from.tag.map { Array(request.bytes($0)) } ?? []
        // One that is too long would make a request that is too long: it goes without.
        remoteTag = to.tag.flatMap { $0.count <= Limits.tagBytes ? Array(response.bytes($0)) : nil } ?? []
        (localCSeq, remoteCSeq) = (cseq.number, nil)
        (remoteTarget, isTargetGRUU) =
            ((try? response.target()) ?? nil) ?? (Array(request.bytes(request.requestURI)), false)
        routeSet = (try? response.recordRouteURIs().reversed()) ?? []
        localURI = Array(request.bytes(from.uriRange))
        remoteURI = Array(request.bytes(asked.uriRange))
        isEarly = (response.status ?? 200) < 200
    }

    /// How many bytes it holds.
    public var keptBytes: Int {
        let names = callID.count + localTag.count + remoteTag.count + localURI.count + remoteURI.count
        return routeSet.reduce(names + remoteTarget.count) { $0 + $1.count }
    }

    /// The called side has sent its 2xx, or the calling side has received it.
    public mutating func confirm() { isEarly = false }
}

extension Dialog {
    /// How a request stands to the ones before it (§12.2.2).
    public enum Order: Hashable, Sendable {
        case next
        /// The number of the last one: the same request, or another that took its number.
        case repeated
        /// A lower number: out of order, to be answered with 500.
        case old
    }

    /// Whether a request of the peer's belongs to this dialog: Call-ID and both tags are those (§12.2.2).
    public func contains(_ request: Message) throws(ParseError) -> Bool {
        let (from, to) = (try request.from().tag, try request.to().tag)
        return request.bytes(try request.callID()).elementsEqual(callID)
            && (from.map { request.bytes($0) } ?? []).elementsEqual(remoteTag)
            && (to.map { request.bytes($0) } ?? []).elementsEqual(localTag)
    }

    /// Judges a request of the peer's by its CSeq, and remembers it when it is the next.
    ///
    /// ACK and CANCEL carry the number of their INVITE, so they are always `.next` and count for nothing.
    ///
    /// - Throws: A 400 for a CSeq that is missing or cannot be read.
    public mutating func receive(_ request: Message) throws(ParseError) -> Order {
        let cseq = try request.cseq()
        if cseq.method == .ack || cseq.method == .cancel { return .next }
        if let last = remoteCSeq, cseq.number <= last { return cseq.number == last ? .repeated : .old }
        remoteCSeq = cseq.number
        return .next
    }

    /// Takes the Contact of a re-INVITE or UPDATE, or of a 2xx to one, as the new remote target (§12.2.1.2, §12.2.2).
    /// One without a usable Contact changes nothing.
    public mutating func refreshTarget(from message: Message) {
        if let target = try? message.target() { (remoteTarget, isTargetGRUU) = target }
    }

    /// Writes the first line and the header fields that the dialog knows (§12.2.1.1): Route, Max-Forwards, From, To,
    /// Call-ID and CSeq. Via, Contact and the end are the caller's.
    ///
    /// - Parameters:
    ///   - cseq: For ACK and CANCEL, the number of their INVITE; `nil` takes the next.
    ///   - address: Where the peer is, for one that gave a name as its target.
    /// - Returns: The number that was written.
    @discardableResult
    public mutating func writeRequest(
        _ method: Method,
        cseq: UInt32?,
        at address: [UInt8]? = nil,
        into writer: inout MessageWriter
    ) -> UInt32 {
        let number = cseq ?? nextCSeq()
        let target = address ?? remoteTarget
        if let first = routeSet.first, !first.isLooseRoute {
            // A strict router of RFC 2543 wants to be the Request-URI, and the target as the last Route.
            writer.request(method, uri: first.withoutHeaders)
            for route in routeSet.dropFirst() { writer.field(.route, route.bracketed) }
            writer.field(.route, target.bracketed)
        } else {
            writer.request(method, uri: target)
            for route in routeSet { writer.field(.route, route.bracketed) }
        }
        writer.field(.maxForwards, 70)
        writer.field(.from, localURI.bracketed(tag: localTag))
        writer.field(.to, remoteURI.bracketed(tag: remoteTag))
        writer.field(.callID, callID)
        writer.field(.cseq, "\(number) \(method.text)")
        return number
    }

    /// A number is below 2³¹ (§8.1.1.5): a dialog that used them all up repeats the last one instead of trapping.
    private mutating func nextCSeq() -> UInt32 {
        if localCSeq < UInt32(Int32.max) { localCSeq += 1 }
        return localCSeq
    }
}

extension Message {
    /// The URI of the only Contact without its headers, and whether it is a GRUU; `nil` where there is none, or it is no
    /// SIP URI, or too long for the first line of a request.
    fileprivate func target() throws(ParseError) -> ([UInt8], isGRUU: Bool)? {
        guard case .addresses(let contacts) = try contacts(), contacts.count == 1,
            let uri = contacts[0].uri, uri.scheme != .tel, uri.range.count <= Limits.targetBytes
        else { return nil }
        return (Array(bytes(uri.range)).withoutHeaders, uri.gr != nil)
    }

    /// The URIs of the Record-Routes, in their order. That of a strict router becomes the target of requests.
    fileprivate func recordRouteURIs() throws(ParseError) -> [[UInt8]] {
        let routes = try recordRoutes().map { Array(bytes($0.uriRange)) }
        guard routes.allSatisfy({ $0.count <= Limits.targetBytes }),
            routes.reduce(0, { $0 + $1.count }) <= Limits.routeBytes
        else {
            throw ParseError(.tooLarge(.address, limit: Limits.routeBytes), at: bytes.count)
        }
        return routes
    }
}

extension [UInt8] {
    /// Whether this URI has the parameter `lr`. One that cannot be read is taken for a loose router: then at least the
    /// Request-URI is the peer's.
    fileprivate var isLooseRoute: Bool {
        guard let uri = try? SIPURI(parsing: span, in: 0..<count) else { return true }
        return uri.isLooseRoute
    }

    /// A Request-URI has no headers (§19.1.1 table 1).
    fileprivate var withoutHeaders: [UInt8] {
        guard let uri = try? SIPURI(parsing: span, in: 0..<count), uri.hasHeaders else { return self }
        return Array(self[..<(Int(uri.headers.lower) - 1)])
    }

    fileprivate var bracketed: [UInt8] { [UInt8(ascii: "<")] + self + [UInt8(ascii: ">")] }

    fileprivate func bracketed(tag: [UInt8]) -> [UInt8] {
        tag.isEmpty ? bracketed : bracketed + Array(";tag=".utf8) + tag
    }
}
