// SPDX-License-Identifier: Apache-2.0

/// How much of everything a stranger may send in one message. What goes over a limit is refused, never cut.
public enum Limits {
    /// The longest message, in bytes. No UDP datagram is longer, and no SDP of a phone comes near it.
    public static let messageBytes = 65_536

    /// The longest start line, in bytes, CRLF included. RFC 3261 has no limit; phones stay under 500.
    public static let startLineBytes = 2_048

    /// The longest header field, in bytes, its folded lines included. A PASSporT needs about 1,500.
    public static let fieldBytes = 8_192

    /// The most header fields. Phones send 12 to 30; the RFC 4475 torture messages stay under 40. At most 255,
    /// because the index counts in bytes.
    public static let fields = 100

    /// The most Via values: the default of Max-Forwards (RFC 3261 §8.1.1.6), so no honest path is longer.
    public static let vias = 70

    /// Bytes of Via, From, To, Call-ID and CSeq together: every response repeats them, and some are kept for half a minute.
    /// Phones stay under 600; ten hops with long names come to 2,000.
    public static let echoedBytes = 8_192

    /// Bytes of the tag that a 2xx which is otherwise unusable is acknowledged with. Phones stay under 64.
    public static let tagBytes = 1_024

    /// The most challenges that are read from one response: one for each algorithm there is, and as many again.
    public static let challenges = 8

    /// Bytes of the realm, nonce or opaque of a challenge that is answered, because each is sent back. Servers stay under 200.
    public static let challengeBytes = 1_024

    /// The most contacts, routes or record routes that are read from one message.
    public static let addresses = 70

    /// Bytes of a URI that requests are sent to, a Contact's or a route's: it has to fit into a start line. Phones stay under 200.
    public static let targetBytes = 1_024

    /// Bytes of all routes of a dialog, which each of its requests carries.
    public static let routeBytes = 8_192

    /// The most parameters of one value. Phones send up to 10.
    public static let parameters = 64

    /// The most comma-separated tokens that are read from fields of one name, such as Allow or Supported.
    public static let options = 64

    /// The most parts of a body, the ones that are left out among them. An emergency call has two, one from a trunk three.
    public static let bodyParts = 16

    /// Bytes of the boundary between parts (RFC 2046 §5.1.1).
    public static let boundaryBytes = 70

    /// The most header fields in a URI. Refer-To of a phone has one or two.
    public static let uriHeaders = 8

    /// Bytes of the request that opens a WebSocket. Chromium's has 500 to 900; cookies of the same host come on top.
    public static let openingBytes = 8_192

    /// Pieces of one WebSocket message. A browser cuts one when its buffers are full, which gives a handful.
    public static let fragments = 64

    /// Bytes of a control frame's payload (RFC 6455 §5.5).
    public static let controlPayload = 125

    /// Bytes of a TLS ClientHello, records included, whose name is looked for. Phones send 200 to 600, browsers with
    /// post-quantum keys 1,800.
    public static let clientHelloBytes = 8_192

    /// Bytes of line ends or zeros that are taken for a keep-alive. Phones send two or four.
    public static let paddingBytes = 4

    /// Bytes of a STUN request that is read. A keep-alive has 20, and 8 more with a fingerprint.
    public static let stunBytes = 128

    /// Bytes of a host name and of one label of it (RFC 1035 §2.3.4; 255 with the length bytes of the wire).
    public static let hostNameBytes = 253
    public static let hostLabelBytes = 63

    // MARK: Finding servers

    /// Bytes of an answer of a name server: the largest that TCP carries (RFC 1035 §4.2.2).
    public static let dnsBytes = 65_535
    /// Records that are read of one answer. Providers have under 20.
    public static let dnsRecords = 64
    /// Questions that one search for servers may cost: a NAPTR, the SRV records it names, and two addresses for each server.
    public static let dnsQuestions = 24
    /// Servers that a search ends with.
    public static let dnsPlaces = 8
}
