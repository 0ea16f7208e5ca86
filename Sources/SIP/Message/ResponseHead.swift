// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The part of a response that its request decides.
public enum ResponseHead {
    /// Writes the first line and copies Via, From, To, Call-ID and CSeq (RFC 3261 §8.2.6.2); into a 100 the Timestamp
    /// too (§8.2.6.1), and into 101 to 299 of a request that makes a dialog the Record-Routes, so that both sides know the way
    /// (§12.1.1). A field that the request has twice, although it may not, is copied once.
    ///
    /// - Parameters:
    ///   - toTag: Added to To when it has no tag. `nil` for a 100 (§8.2.6.2).
    ///   - source: Where the request came from. Goes into the top Via as `received`, and as `rport` when the request
    ///     asks for that (RFC 3261 §18.2.1, RFC 3581 §4), in place of what the sender may have put there.
    public static func write(
        _ status: Int,
        _ reason: StaticString,
        to request: Message,
        toTag: String?,
        source: SocketAddress?,
        into writer: inout MessageWriter
    ) {
        writer.response(status, reason)
        copyVias(request, source: source, into: &writer)
        if 101..<300 ~= status, request.makesDialog { writer.copy(.recordRoute, from: request) }
        copyFirst(.from, request, into: &writer)
        copyTo(request, tag: toTag, into: &writer)
        copyFirst(.callID, request, into: &writer)
        copyFirst(.cseq, request, into: &writer)
        if status == 100, let timestamp = request.first(named: "Timestamp") {
            writer.field(named: "Timestamp", request.bytes(timestamp))
        }
    }

    private static func copyFirst(_ name: HeaderName, _ request: Message, into writer: inout MessageWriter) {
        guard let value = request.first(name) else { return }
        writer.begin(name.canonical)
        writer.append(request.bytes.span, value.range)
        writer.endLine()
    }

    private static func copyTo(_ request: Message, tag: String?, into writer: inout MessageWriter) {
        guard let value = request.first(.to) else { return }
        writer.begin(HeaderName.to.canonical)
        writer.append(request.bytes.span, value.range)
        // An address that cannot be read gets no tag: nobody can tell where its parameters would go.
        if let tag, let address = try? request.to(), address.tag == nil {
            writer.append(";tag=")
            writer.append(tag)
        }
        writer.endLine()
    }

    private static func copyVias(_ request: Message, source: SocketAddress?, into writer: inout MessageWriter) {
        let span = request.bytes.span
        var isTop = true
        for field in request.fields where field.name == .via {
            writer.begin(HeaderName.via.canonical)
            if isTop, let source, let via = try? request.topVia() {
                appendTop(via, span, source: source, into: &writer)
                writer.append(span, Int(via.range.upper)..<Int(field.valueUpper))
            } else {
                writer.append(span, field.value.range)
            }
            writer.endLine()
            isTop = false
        }
    }

    /// The top value with our `received` and `rport` in the place of any that are there.
    private static func appendTop(
        _ via: Via,
        _ span: Span<UInt8>,
        source: SocketAddress,
        into writer: inout MessageWriter
    ) {
        var copied = Int(via.range.lower)
        var reader = ParameterReader(from: Int(via.parameters.lower), to: Int(via.parameters.upper))
        while let parameter = try? reader.next(span) {
            guard parameter.key == .received || parameter.key == .rport else { continue }
            writer.append(span, copied..<parameter.range.lowerBound)
            copied = parameter.range.upperBound
        }
        writer.append(span, copied..<Int(via.range.upper))
        writer.append(";received=")
        writer.append(source.ip)
        if via.hasRport {
            writer.append(";rport=")
            writer.append(Int(source.port))
        }
    }
}

extension Message {
    fileprivate var makesDialog: Bool {
        guard first(.recordRoute) != nil, method == .invite || method == .subscribe || method == .refer else {
            return false
        }
        return (try? to().tag) == .some(nil)
    }
}
