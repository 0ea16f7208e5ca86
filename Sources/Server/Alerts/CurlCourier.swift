// SPDX-License-Identifier: Apache-2.0

import Admin
import CCurl
import Crypto
import Foundation
import Guard
import Model
import Primitives

/// Carries letters by libcurl, on a few threads of the process that do nothing else: no loop and no task ever waits for a mail server.
///
/// A name is looked up here, every address that it leads to is judged (row P10), and libcurl is held to those: it looks up nothing, follows
/// nothing, and takes no proxy of the environment.
struct CurlCourier: Courier {
    /// The addresses of a host name. May block.
    var resolve: @Sendable (String) -> [IPAddress] = Doctor.askSystem
    var now: @Sendable () -> WallTime = { SystemClock.wall }

    private static let threads: OperationQueue = {
        let queue = OperationQueue()
        queue.name = "ringfence alerts"
        queue.maxConcurrentOperationCount = Limits.deliveries
        return queue
    }()

    func deliver(_ letter: AlertLetter, over access: AlertChannelAccess) async throws(DeliveryFailure) {
        let failure = await withCheckedContinuation { (carried: CheckedContinuation<DeliveryFailure?, Never>) in
            Self.threads.addOperation { carried.resume(returning: carry(letter, access)) }
        }
        if let failure { throw failure }
    }

    private func carry(_ letter: AlertLetter, _ access: AlertChannelAccess) -> DeliveryFailure? {
        let channel = access.channel
        do throws(DeliveryFailure) {
            switch channel.way {
            case .mail(let mail):
                return carry(letter, by: mail, access, try resolved(mail.server, mail.port, channel))
            case .webhook(let webhook):
                let address = webhook.address
                return carry(letter, to: address, access, try resolved(address.host, address.port, channel))
            case .syslog(let syslog):
                return carry(letter, asRecordsOver: access, try resolved(syslog.server, syslog.port, channel))
            }
        } catch {
            return error
        }
    }

    private func carry(
        _ letter: AlertLetter,
        by way: MailWay,
        _ access: AlertChannelAccess,
        _ place: ResolvedPlace
    ) -> DeliveryFailure? {
        let scheme = way.security == .tls ? "smtps" : "smtp"
        let texts = CTexts()
        var delivery = RingfenceDelivery(
            texts,
            place,
            access.channel,
            "\(scheme)://\(place.authority)/\(way.from.domain)"
        )
        delivery.sender = texts.keep("<\(way.from)>")
        delivery.recipients = texts.keep(way.to.map { "<\($0)>" })
        delivery.recipient_count = way.to.count
        if let username = way.username, let secret = access.secret {
            delivery.username = texts.keep(username)
            delivery.password = secret.reveal { texts.keep(copy $0) }
        }
        return MailMessage(letter, by: way).bytes.withUnsafeBufferPointer { body in
            (delivery.body, delivery.body_length) = (body.baseAddress, body.count)
            return DeliveryFailure(mail: ringfence_deliver_mail(&delivery))
        }
    }

    private func carry(
        _ letter: AlertLetter,
        to address: WebhookAddress,
        _ access: AlertChannelAccess,
        _ place: ResolvedPlace
    ) -> DeliveryFailure? {
        let texts = CTexts()
        var delivery = RingfenceDelivery(texts, place, access.channel, "https://\(place.authority)\(address.path)")
        var headers = [
            "Content-Type: application/json", "User-Agent: Ringfence", "Accept: */*", "Expect:",
            "Ringfence-Delivery: \(letter.id)",
        ]
        if let secret = access.secret { headers += WebhookSignature(of: letter.body, at: now(), with: secret).headers }
        delivery.headers = texts.keep(headers)
        delivery.header_count = headers.count
        return letter.body.withUnsafeBufferPointer { body in
            (delivery.body, delivery.body_length) = (body.baseAddress, body.count)
            return DeliveryFailure(webhook: ringfence_deliver_post(&delivery))
        }
    }

    private func carry(
        _ letter: AlertLetter,
        asRecordsOver access: AlertChannelAccess,
        _ place: ResolvedPlace
    ) -> DeliveryFailure? {
        let texts = CTexts()
        var delivery = RingfenceDelivery(texts, place, access.channel, "https://\(place.authority)/")
        return SyslogFrames(letter).bytes.withUnsafeBufferPointer { body in
            (delivery.body, delivery.body_length) = (body.baseAddress, body.count)
            return DeliveryFailure(syslog: ringfence_deliver_bytes(&delivery))
        }
    }

    // MARK: Where it goes

    private func resolved(
        _ host: DomainName,
        _ port: UInt16,
        _ channel: AlertChannel
    ) throws(DeliveryFailure) -> ResolvedPlace {
        let addresses =
            host.isName
            ? Array(resolve(host.text).prefix(Limits.deliveryAddresses))
            : [IPAddress(parsing: host.text)].compactMap(\.self)
        guard !addresses.isEmpty else { throw DeliveryFailure("the name \(host) leads to no address") }
        let mayReachInside = channel.mayReachInside(at: now())
        if let obstacle = DeliveryReach.obstacle(to: addresses, allowingPrivate: mayReachInside) {
            let isOver = channel.allowPrivate != nil && !mayReachInside
            throw DeliveryFailure("\(host) is not asked: \(obstacle)\(isOver ? "; the leave for that has ended" : "")")
        }
        return ResolvedPlace(host: host, port: port, addresses: addresses)
    }
}

/// A host, and the addresses that it was found to have and that were judged.
private struct ResolvedPlace {
    let host: DomainName
    let port: UInt16
    let addresses: [IPAddress]

    var authority: String { "\(host):\(port)" }

    /// For libcurl; `nil` where the host is an address.
    var pinned: String? {
        guard host.isName else { return nil }
        return "\(host):\(port):" + addresses.map { $0.isIPv4 ? "\($0)" : "[\($0)]" }.joined(separator: ",")
    }
}

extension RingfenceDelivery {
    fileprivate init(_ texts: CTexts, _ place: ResolvedPlace, _ channel: AlertChannel, _ url: String) {
        self.init()
        self.url = texts.keep(url)
        resolve = place.pinned.map(texts.keep)
        authority = channel.authority.map(texts.keep)
        connect_milliseconds = Limits.deliveryConnectMilliseconds
        total_milliseconds = Limits.deliveryMilliseconds
        answer_limit = Limits.deliveryAnswer
    }
}

/// Texts for C, until it goes; then they are wiped, because one may be a password.
private final class CTexts {
    private var texts: [UnsafeMutablePointer<CChar>] = []
    private var lists: [UnsafeMutablePointer<UnsafePointer<CChar>?>] = []

    func keep(_ text: String) -> UnsafePointer<CChar> {
        guard let copy = strdup(text) else { preconditionFailure("no memory") }
        texts.append(copy)
        return UnsafePointer(copy)
    }

    func keep(_ list: [String]) -> UnsafePointer<UnsafePointer<CChar>?> {
        let pointers = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: max(list.count, 1))
        for (index, text) in list.enumerated() { (pointers + index).initialize(to: keep(text)) }
        lists.append(pointers)
        return UnsafePointer(pointers)
    }

    deinit {
        for text in texts {
            explicit_bzero(text, strlen(text))
            free(text)
        }
        for list in lists { list.deallocate() }
    }
}

/// Proves that a webhook comes from us, and when: `HMAC-SHA256(key, timestamp.body)`. Whoever checks it refuses what is older than five
/// minutes, so that nobody sends it again.
struct WebhookSignature {
    let timestamp: Int64
    let code: String

    init(of body: [UInt8], at time: WallTime, with key: Redacted<String>) {
        let seconds = time.milliseconds / 1_000
        timestamp = seconds
        code = key.reveal { text in
            let signed = Array("\(seconds).".utf8) + body
            return Hex.encode(HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Array(text.utf8))))
        }
    }

    var headers: [String] { ["Ringfence-Timestamp: \(timestamp)", "Ringfence-Signature: v1=\(code)"] }
}
