// SPDX-License-Identifier: Apache-2.0

import SIP

/// The answer of a name server, put together byte by byte.
struct DNSAnswer {
    var bytes: [UInt8]
    private var records: UInt16 = 0

    init(to name: String, _ type: UInt16 = 1, flags: UInt16 = 0x8180) {
        bytes = [0, 1] + Self.word(flags) + [0, 1, 0, 0, 0, 0, 0, 0] + Self.name(name) + Self.word(type) + [0, 1]
    }

    static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// - Parameter owner: As it stands there; by default a pointer to the question.
    mutating func add(_ type: UInt16, _ data: [UInt8], owner: [UInt8] = [0xC0, 12], form: UInt16 = 1) {
        bytes += owner + Self.word(type) + Self.word(form) + [0, 0, 0, 60] + Self.word(UInt16(data.count)) + data
        records += 1
        bytes.replaceSubrange(6..<8, with: Self.word(records))
    }

    mutating func addAddress(_ octets: [UInt8], owner: String? = nil) {
        add(octets.count == 4 ? 1 : 28, octets, owner: owner.map(Self.name) ?? [0xC0, 12])
    }

    mutating func addService(_ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String) {
        add(33, Self.word(priority) + Self.word(weight) + Self.word(port) + Self.name(target))
    }

    mutating func addPointer(_ order: UInt16, _ preference: UInt16, _ flags: String, _ service: String, _ to: String) {
        let texts = [flags, service, ""].flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        add(35, Self.word(order) + Self.word(preference) + texts + Self.name(to))
    }

    var message: DNSMessage? { DNSMessage(parsing: bytes.span) }
}
