// SPDX-License-Identifier: Apache-2.0

/// What fuzzers call: everything that a stranger's bytes can reach in this module, with what must always hold.
///
/// A broken promise traps with a sentence. The unit tests run these on mutated messages, and a libFuzzer binary on
/// whatever it can think of.
public enum FuzzTargets {
    /// Parses bytes as a message and as a stream, reads every typed value, and writes what was read again.
    public static func message(_ bytes: Span<UInt8>) {
        var message = Message()
        let isWhole: Bool
        do throws(ParseError) {
            try message.parse(bytes)
            isWhole = true
        } catch {
            check(error, within: bytes.count)
            isWhole = false
        }
        checkIndex(message)
        readEverything(message)
        checkAnswer(message)
        if isWhole { checkCopy(message) }
        checkStream(bytes)
    }

    /// Parses bytes as a URI.
    public static func uri(_ bytes: Span<UInt8>) {
        do throws(ParseError) {
            let uri = try SIPURI(parsing: bytes, in: 0..<bytes.count)
            for range in [uri.user, uri.password, uri.host, uri.transport, uri.gr, uri.parameters, uri.headers] {
                if let range {
                    precondition(range.range.upperBound <= bytes.count, "a part of a URI lies outside of it")
                }
            }
            readNames(uri, bytes)
        } catch {
            check(error, within: bytes.count)
        }
    }

    private static func check(_ error: ParseError, within count: Int) {
        precondition((0...max(count, Limits.messageBytes)).contains(error.offset), "an error lies outside of the bytes")
        precondition([400, 414, 416, 505, 513].contains(error.status), "an error has a status nobody expects")
        precondition(!error.description.isEmpty, "an error has nothing to say")
    }

    private static func checkIndex(_ message: Message) {
        precondition(message.fields.count <= Limits.fields, "more fields than there may be")
        for field in message.fields {
            precondition(field.nameRange.upperBound <= field.value.range.lowerBound, "a name overlaps its value")
            precondition(field.value.range.upperBound <= message.bytes.count, "a field lies outside of the message")
            precondition(message.count(field.name) > 0, "a field that is there is not found")
        }
        precondition(message.body.range.upperBound <= message.bytes.count, "the body lies outside of the message")
    }

    private static func readEverything(_ message: Message) {
        attempt(message) { message throws(ParseError) in
            var message = message
            try message.validate()
        }
        attempt(message) { message throws(ParseError) in _ = try message.vias() }
        attempt(message) { message throws(ParseError) in _ = try message.contacts() }
        attempt(message) { message throws(ParseError) in _ = try message.cseq() }
        attempt(message) { message throws(ParseError) in _ = try message.rack() }
        attempt(message) { message throws(ParseError) in _ = try message.sessionExpires() }
        attempt(message) { message throws(ParseError) in _ = try message.minimumSession() }
        attempt(message) { message throws(ParseError) in _ = try message.replaces() }
        attempt(message) { message throws(ParseError) in _ = try message.referTo() }
        attempt(message) { message throws(ParseError) in _ = try message.callID() }
        attempt(message) { message throws(ParseError) in _ = try message.maxForwards() }
        attempt(message) { message throws(ParseError) in _ = try message.contentType() }
        attempt(message) { message throws(ParseError) in
            readNames(try SIPURI.parse(message, message.requestURI), message.bytes.span)
        }
        for name in HeaderName.allCases {
            attempt(message) { message throws(ParseError) in _ = try message.addresses(name) }
            attempt(message) { message throws(ParseError) in readAddress(try message.address(of: name), message) }
            attempt(message) { message throws(ParseError) in _ = try message.seconds(name) }
            attempt(message) { message throws(ParseError) in _ = try message.credentials(name) }
            attempt(message) { message throws(ParseError) in _ = try message.challenge(name) }
            precondition(message.options(name).count <= Limits.options, "more options than there may be")
            _ = message.parameter(named: "tag", of: name)
            if let value = message.first(name) { _ = message.unescaped(value) }
        }
        _ = message.date()
        _ = message.rseq()
        _ = message.reason()
        _ = message.privacy()
        _ = message.hasBody("application/sdp")
        if let content = try? message.content(ofType: "application/sdp") {
            let (inner, outer) = (content.range, message.body.range)
            precondition(
                outer.lowerBound <= inner.lowerBound && inner.upperBound <= outer.upperBound,
                "a part of a body lies outside of it"
            )
        }
        _ = message.first(named: "X-Unknown")
    }

    private static func readAddress(_ address: NameAddress?, _ message: Message) {
        guard let address else { return }
        _ = address.parameter(named: "tag", in: message)
        _ = address.displayName.map(message.unescaped)
        guard let uri = address.uri else { return }
        _ = message.address(uri.host)
        _ = uri.param(named: "transport", in: message)
        readNames(uri, message.bytes.span)
    }

    private static func readNames(_ uri: SIPURI, _ bytes: Span<UInt8>) {
        if let user = uri.decodedUser(in: bytes) {
            precondition(user.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a decoded user holds a control")
        }
        if let instance = uri.instance(in: bytes) {
            precondition(!instance.isEmpty, "a temporary GRUU has an instance")
        }
    }

    private static func attempt(_ message: Message, _ read: (Message) throws(ParseError) -> Void) {
        do throws(ParseError) { try read(message) } catch { check(error, within: message.bytes.count) }
    }

    /// Whatever a request says, its answer is one well-formed response with the fields that were copied.
    private static func checkAnswer(_ request: Message) {
        guard request.isAnswerable else { return }
        var writer = MessageWriter()
        ResponseHead.write(400, "Bad Request", to: request, toTag: "tag", source: nil, into: &writer)
        writer.finish()
        guard let answer = try? Message(parsing: writer.bytes.span) else {
            preconditionFailure("an answer cannot be read")
        }
        precondition(answer.status == 400, "an answer has another status")
        precondition(answer.count(.via) == request.count(.via), "an answer has another number of Vias")
        precondition(answer.fields.count == request.count(.via) + 5, "an answer has more fields than were written")
    }

    /// Copying every field of a message gives the same fields again, on one line each.
    private static func checkCopy(_ message: Message) {
        // A compact name is written out, and a length added, which may carry a field or the message over its limit.
        let isNearLimit =
            message.fields.count == Limits.fields || message.fields.contains { $0.value.count + 64 > Limits.fieldBytes }
        guard !isNearLimit, message.bytes.count + 64 * message.fields.count < Limits.messageBytes else { return }
        var writer = MessageWriter()
        writer.request(.message, uri: "sip:copy@example.net".utf8)
        for name in HeaderName.allCases where name != .contentLength { writer.copy(name, from: message) }
        writer.finish(body: Array(message.bytes(message.body)))
        guard let copy = try? Message(parsing: writer.bytes.span) else {
            preconditionFailure("a copy cannot be read")
        }
        let lengths = message.count(.contentLength)
        precondition(copy.fields.count == message.fields.count - lengths + 1, "a copy has other fields")
        precondition(copy.body.count == message.body.count, "a copy has another body")
    }

    /// The frames of a stream are the same in one piece and in two, and each is within what was there.
    private static func checkStream(_ bytes: Span<UInt8>) {
        let whole = firstFrame(bytes, heldBack: 0)
        precondition(whole == firstFrame(bytes, heldBack: bytes.count / 2), "a stream cut in two has another frame")
    }

    /// The first frame, or `nil` where the stream ends in an error.
    private static func firstFrame(_ bytes: Span<UInt8>, heldBack: Int) -> StreamFramer.Frame? {
        var framer = StreamFramer()
        guard let early = try? framer.next(bytes.extracting(0..<bytes.count - heldBack)) else { return nil }
        let frame = early == .needMore ? try? framer.next(bytes) : early
        switch frame {
        case .keepAlive(let length), .blank(let length), .message(let length):
            precondition((1...bytes.count).contains(length), "a frame is longer than what was there")
        case .needMore, nil: break
        }
        return frame
    }
}
