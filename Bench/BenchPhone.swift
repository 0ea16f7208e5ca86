// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc
import Model
import Primitives
import SIP

/// A phone as the load tool of `shared/bench` plays it: the same header fields, SHA-256, a new nonce each time.
struct BenchPhone {
    let device: Device
    let subscriber: Extension
    let flow: Flow
    private let domain: String
    private let ha1: HA1

    /// - Parameter index: 0…9,999.
    init?(_ index: Int, domain: String) {
        guard let number = ExtensionNumber(parsing: String(10_000 + index)) else { return nil }
        let username = "benchphone\(100_000 + index)"
        let digest = { HA1(algorithm: $0, username: username, realm: domain, password: "a secret for nobody") }
        let sealed = { (algorithm: DigestAlgorithm) in Redacted(digest(algorithm).hex()) }
        var generator = SystemRandomNumberGenerator()
        let never = WallTime(milliseconds: 0)
        self.domain = domain
        ha1 = digest(.sha256)
        subscriber = Extension(number: number, name: "Bench", createdAt: never)
        device = Device(
            id: DeviceID.generate(using: &generator),
            extension: number,
            username: username,
            hashes: DigestHashes(md5: sealed(.md5), sha256: sealed(.sha256), sha512256: sealed(.sha512256)),
            minimum: .md5,
            label: "bench",
            createdAt: never
        )
        let loopback = IPAddress(v4: 0x7F00_0001)
        flow = Flow(
            id: FlowID(rawValue: UInt64(index + 1)),
            transport: .tls,
            remote: SocketAddress(ip: loopback, port: UInt16(20_000 + index)),
            local: SocketAddress(ip: loopback, port: 5_061),
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384"
        )
    }

    /// - Parameter nonce: Of the challenge that this answers; `nil` for the first try.
    func register(_ sequence: Int, nonce: String?) -> [UInt8] {
        let address = "sip:\(subscriber.number.text)@\(domain)"
        let text = """
            REGISTER sip:\(domain) SIP/2.0\r
            Via: SIP/2.0/TLS 127.0.0.1:5999;rport;branch=z9hG4bK-\(flow.id.rawValue)-\(sequence)\r
            Max-Forwards: 70\r
            From: "Ext \(subscriber.number.text)" <\(address)>;tag=t\(flow.id.rawValue)\r
            To: "Ext \(subscriber.number.text)" <\(address)>\r
            Call-ID: 00112233\(flow.id.rawValue)\r
            CSeq: \(sequence) REGISTER\r
            Contact: <sip:\(subscriber.number.text)@127.0.0.1:5999;transport=tls;ob>;expires=3600\r
            User-Agent: Yealink SIP-T46U 108.86.0.90\r
            Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, NOTIFY, REFER, UPDATE, MESSAGE\r
            Supported: path, outbound\r
            \(nonce.map(authorization) ?? "")Content-Length: 0\r
            \r

            """
        return Array(text.utf8)
    }

    private func authorization(_ nonce: String) -> String {
        let response = Digest.response(
            ha1: ha1,
            nonce: nonce,
            nc: 1,
            cnonce: "c0ffee01",
            method: .register,
            uri: "sip:\(domain)"
        )
        return "Authorization: Digest username=\"\(device.username)\",realm=\"\(domain)\",nonce=\"\(nonce)\","
            + "uri=\"sip:\(domain)\",response=\"\(response)\",algorithm=SHA-256,qop=auth,nc=00000001,"
            + "cnonce=\"c0ffee01\"\r\n"
    }
}

/// What this thread has worked so far, in nanoseconds. Other work on the machine does not count.
func threadTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
