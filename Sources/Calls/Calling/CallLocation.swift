// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Where somebody is who calls for help, as a part of the INVITE (RFC 6442 §4.1, location by value): a PIDF-LO (RFC 4119, RFC 5491)
/// with a civic address (RFC 5139).
struct CallLocation: Sendable {
    /// Who is looked for: `sip:+493012345@sip.provider.example`.
    let entity: String
    let address: CivicAddress
    let at: WallTime

    /// Begins no line of a part: the description is ours, and the document is one line.
    private static let boundary = "ringfence-location"
    static let contentType: StaticString = "multipart/mixed;boundary=ringfence-location"

    /// RFC 4119 §2.2.1: whoever is on the way may pass it on, because they are to help; for a day.
    var document: [UInt8] {
        var writer = XMLWriter()
        writer.start(
            "presence",
            ("xmlns", "urn:ietf:params:xml:ns:pidf"),
            ("xmlns:gp", "urn:ietf:params:xml:ns:pidf:geopriv10"),
            ("xmlns:gbp", "urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"),
            ("xmlns:ca", "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"),
            ("entity", entity)
        )
        writer.start("tuple", ("id", "caller"))
        writer.start("status")
        writer.start("gp:geopriv")
        writer.start("gp:location-info")
        writer.start("ca:civicAddress")
        writer.element("ca:country", text: address.country.text)
        for (part, text) in address.parts { writer.part(part, text) }
        writer.end()
        writer.end()
        writer.start("gp:usage-rules")
        writer.element("gbp:retransmission-allowed", text: "true")
        writer.element("gbp:retention-expiry", text: "\(at + .seconds(86_400))")
        writer.end()
        writer.element("gp:method", text: "Manual")
        writer.end()
        writer.end()
        writer.element("timestamp", text: "\(at)")
        writer.end()
        writer.end()
        return writer.bytes
    }

    /// Whether an answer may be about the location (RFC 6442 §4.3, RFC 5621 §3) and not about who is called.
    static func mayBeRefused(by status: Int) -> Bool {
        switch status {
        case 400, 403, 406, 413, 415, 420, 424, 488, 493, 500, 501, 513, 606: true
        default: false
        }
    }

    /// Copies what names a location.
    ///
    /// - Returns: Whether there is one.
    static func copyFields(of request: Message, into writer: inout MessageWriter) -> Bool {
        guard let place = request.first(named: "Geolocation") else { return false }
        writer.field(named: "Geolocation", request.bytes(place))
        writer.field(named: "Geolocation-Routing", "yes".utf8)
        return true
    }

    /// Writes the fields that name it, and a body of it and of the description of the audio (RFC 5621 §3).
    ///
    /// - Parameter token: Of its Content-ID, random.
    func finish(_ writer: inout MessageWriter, token: String, description: [UInt8]) {
        let id = "\(token)@ringfence.invalid"
        writer.field(named: "Geolocation", "<cid:\(id)>".utf8)
        writer.field(named: "Geolocation-Routing", "yes".utf8)
        var body = Array("--\(Self.boundary)\r\nContent-Type: application/sdp\r\n\r\n".utf8)
        body += description
        body += Array(
            """
            \r\n--\(Self.boundary)\r\nContent-Type: application/pidf+xml\r\nContent-ID: <\(id)>\r\n\
            Content-Disposition: by-reference;handling=optional\r\n\r\n
            """.utf8
        )
        body += document
        body += Array("\r\n--\(Self.boundary)--\r\n".utf8)
        writer.finish(contentType: Self.contentType, body: body)
    }
}

extension XMLWriter {
    fileprivate mutating func part(_ part: CivicAddress.Part, _ text: String) {
        switch part {
        case .state: element("ca:A1", text: text)
        case .city: element("ca:A3", text: text)
        case .street: element("ca:RD", text: text)
        case .house: element("ca:HNO", text: text)
        case .details: element("ca:LOC", text: text)
        case .floor: element("ca:FLR", text: text)
        case .name: element("ca:NAM", text: text)
        case .postcode: element("ca:PC", text: text)
        case .building: element("ca:BLD", text: text)
        case .room: element("ca:ROOM", text: text)
        }
    }
}
