// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A browser without pictures: one request at a time over HTTPS, cookies kept, nothing followed.
final class PortalClient {
    struct Reply: Sendable {
        let status: Int
        let headers: [(String, String)]
        let body: String

        func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name.lowercased() }?.1 }
    }

    private let port: Int
    private let root: String
    private let name: String
    private(set) var cookies: [String: String] = [:]

    /// - Parameters:
    ///   - root: Path of the PEM of the root that is trusted.
    ///   - name: What is asked for in the handshake, and verified.
    init(port: UInt16, root: String, name: String = "localhost") {
        (self.port, self.root, self.name) = (Int(port), root, name)
    }

    /// - Parameters:
    ///   - host: As the Host header says it; default: that of the connection.
    ///   - headers: Beside Host and Cookie.
    ///   - isNamed: Whether there is a Host header.
    func ask(
        _ method: HTTPMethod = .GET,
        _ path: String,
        form: [(String, String)]? = nil,
        host: String? = nil,
        headers: [(String, String)]? = nil,
        source: String? = nil,
        isNamed: Bool = true
    ) async throws -> Reply {
        let body = form.map { $0.map { "\(Self.encode($0))=\(Self.encode($1))" }.joined(separator: "&") }
        var fields = HTTPHeaders(isNamed ? [("Host", host ?? "\(name):\(port)")] : [])
        if !cookies.isEmpty { fields.add(name: "Cookie", value: cookies.map { "\($0)=\($1)" }.joined(separator: "; ")) }
        if let body {
            fields.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            fields.add(name: "Content-Length", value: "\(body.utf8.count)")
        }
        let own =
            form == nil
            ? [] : [("Origin", "https://\(host ?? "\(name):\(port)")"), ("Sec-Fetch-Site", "same-origin")]
        for (name, value) in headers ?? own { fields.add(name: name, value: value) }
        let reply = try await exchange(
            HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields),
            body,
            source
        )
        for (name, value) in reply.headers where name.lowercased() == "set-cookie" { keep(value) }
        return reply
    }

    private func keep(_ cookie: String) {
        let pair = cookie.split(separator: ";")[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        cookies[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
    }

    func forget() { cookies = [:] }
    func forget(_ name: String) { cookies[name] = nil }

    private func exchange(_ head: HTTPRequestHead, _ body: String?, _ source: String?) async throws -> Reply {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.trustRoots = .file(root)
        let context = try NIOSSLContext(configuration: settings)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(5))
        if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { [name] channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                try pipeline.addHTTPClientHandlers()
                return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                    wrappingChannelSynchronously: channel
                )
            }
        }
        // A test that waits for an answer that does not come has to fail.
        channel.channel.eventLoop.scheduleTask(in: .seconds(15)) { channel.channel.close(promise: nil) }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(.head(head))
            if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: body)))) }
            try await outbound.write(.end(nil))
            var (status, headers, text) = (0, [(String, String)](), "")
            for try await part in inbound {
                switch part {
                case .head(let head):
                    (status, headers) = (Int(head.status.code), head.headers.map { ($0.name, $0.value) })
                case .body(let bytes): text += String(buffer: bytes)
                case .end: return Reply(status: status, headers: headers, body: text)
                }
            }
            throw ChannelError.eof
        }
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
