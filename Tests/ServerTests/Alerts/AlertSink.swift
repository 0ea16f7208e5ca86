// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Primitives
import Synchronization

@testable import Server

/// A mail server or a web server that takes alerts, on loopback, with a certificate of an authority of its own.
final class AlertSink: Sendable {
    enum Kind: Sendable {
        /// A mail server that offers STARTTLS, or does not.
        case mail(offersTLS: Bool)
        /// A mail server over TLS from the first byte.
        case secureMail
        /// Answers each POST so: a status line, fields, and how many bytes of body.
        case web(status: String, fields: [String] = [], body: Int = 0)
        /// Keeps what is sent and says nothing, to clients with a certificate only perhaps.
        case log(wantsCertificate: Bool = false)
    }

    /// What it got: a mail's content or a request's head and body.
    struct Letter: Sendable {
        let text: String
        let isEncrypted: Bool
        var login: String?
    }

    struct State {
        var letters: [Letter] = []
        /// Everything that was said, also before TLS.
        var lines: [String] = []
        var connections = 0
        /// What the next mails are answered with instead of being taken.
        var answers: [String] = []
    }

    /// PEM.
    let authority: String
    let port: Int
    let state = Mutex(State())
    private let channel: any Channel

    static func open(_ kind: Kind, names: [String] = ["hooks.test"]) async throws -> AlertSink {
        let authority = try CertificateAuthority(for: "sink", at: .now)
        let loopback = [IPAddress(v4: 0x7F00_0001)]
        let leaf = try authority.issue(names: names, addresses: loopback, at: .now)
        let certificate = try NIOSSLCertificate.fromPEMBytes(Array(leaf.certificate.utf8))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificate.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(leaf.key.utf8), format: .pem))
        )
        if case .log(wantsCertificate: true) = kind {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(certificate)
        }
        let context = try NIOSSLContext(configuration: configuration)
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if !kind.beginsInTheClear {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(SinkHandler(kind, context, box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let sink = AlertSink(authority: try authority.rootPEM, channel)
        box.sink.withLock { $0 = sink }
        return sink
    }

    private init(authority: String, _ channel: any Channel) {
        (self.authority, self.channel) = (authority, channel)
        port = channel.localAddress?.port ?? 0
    }

    func close() async { try? await channel.close() }

    var letters: [Letter] { state.withLock { $0.letters } }
    var lines: [String] { state.withLock { $0.lines } }
    var connections: Int { state.withLock { $0.connections } }

    final class Box: Sendable {
        let sink = Mutex<AlertSink?>(nil)

        func change(_ body: (inout State) -> Void) { sink.withLock { $0?.state.withLock { body(&$0) } } }

        /// What the next mail is answered with.
        func answer() -> String? {
            sink.withLock { $0?.state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() } } ?? nil
        }
    }
}

extension AlertSink.Kind {
    fileprivate var beginsInTheClear: Bool {
        switch self {
        case .mail: true
        case .secureMail, .web, .log: false
        }
    }
}

private final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let kind: AlertSink.Kind
    private let tls: NIOSSLContext
    private let box: AlertSink.Box
    private var text = ""
    private var data: [String]?
    private var isEncrypted: Bool
    private var login: String?
    private var isLoggingIn = false

    init(_ kind: AlertSink.Kind, _ tls: NIOSSLContext, _ box: AlertSink.Box) {
        (self.kind, self.tls, self.box) = (kind, tls, box)
        isEncrypted = !kind.beginsInTheClear
    }

    func channelActive(context: ChannelHandlerContext) {
        box.change { $0.connections += 1 }
        if case .mail = kind { say("220 sink ESMTP", context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .secureMail = kind, data == nil, text.isEmpty { say("220 sink ESMTP", context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        switch kind {
        case .web(let status, let fields, let count): readRequest(status, fields, count, context)
        case .log:
            let letter = AlertSink.Letter(text: text, isEncrypted: true)
            text = ""
            box.change { $0.letters.append(letter) }
        case .mail, .secureMail:
            while let end = text.range(of: "\r\n") {
                let line = String(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
                take(line, context)
            }
        }
    }

    private func readRequest(_ status: String, _ fields: [String], _ count: Int, _ context: ChannelHandlerContext) {
        guard let end = text.range(of: "\r\n\r\n"),
            let length = text.firstMatch(of: /(?i)content-length: (\d+)/).flatMap({ Int($0.output.1) }),
            text[end.upperBound...].utf8.count >= length
        else { return }
        let letter = AlertSink.Letter(text: text, isEncrypted: true)
        box.change { $0.letters.append(letter) }
        let head = ["HTTP/1.1 \(status)", "Connection: close"] + fields
        say(head.joined(separator: "\r\n") + "\r\n", context)
        if count > 0 { say(String(repeating: "x", count: count), context) }
        context.close(promise: nil)
    }

    private func take(_ line: String, _ context: ChannelHandlerContext) {
        if data != nil { return takeData(line, context) }
        if isLoggingIn { return logIn(line, context) }
        let isEncrypted = isEncrypted
        box.change { $0.lines.append(isEncrypted ? line : "CLEAR \(line)") }
        let offersTLS = if case .mail(true) = kind { true } else { false }
        switch line.prefix(4).uppercased() {
        case "EHLO" where offersTLS && !isEncrypted: say("250-sink\r\n250-STARTTLS\r\n250 SIZE 1000000", context)
        case "EHLO": say("250-sink\r\n250 AUTH PLAIN", context)
        case "STAR":
            say("220 go on", context)
            try? context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
            self.isEncrypted = true
        case "AUTH" where line.uppercased() == "AUTH PLAIN":
            isLoggingIn = true
            say("334 ", context)
        case "AUTH": logIn(line, context)
        case "DATA":
            data = []
            say("354 go on", context)
        case "QUIT":
            say("221 bye", context)
            context.close(promise: nil)
        default: say("250 fine", context)
        }
    }

    private func logIn(_ line: String, _ context: ChannelHandlerContext) {
        isLoggingIn = false
        login = line
        let isRight = line.hasSuffix(Base64.encode(Array("\0pbx\0secret".utf8)))
        say(isRight ? "235 welcome" : "535 no", context)
    }

    private func takeData(_ line: String, _ context: ChannelHandlerContext) {
        guard line == "." else {
            data?.append(line.hasPrefix(".") ? String(line.dropFirst()) : line)
            return
        }
        if let answer = box.answer() {
            say(answer, context)
        } else {
            let letter = AlertSink.Letter(
                text: (data ?? []).joined(separator: "\r\n"),
                isEncrypted: isEncrypted,
                login: login
            )
            box.change { $0.letters.append(letter) }
            say("250 taken", context)
        }
        data = nil
    }

    private func say(_ line: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(string: line + "\r\n")), promise: nil)
    }
}
