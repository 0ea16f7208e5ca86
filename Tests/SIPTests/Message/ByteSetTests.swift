// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SIP

@Suite("RFC 3261 §25.1: the characters of the grammar")
struct ByteSetTests {
    private static let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let unreserved = alphanumeric + "-_.!~*'()"
    private static let hexadecimal = "0123456789ABCDEFabcdef"
    private static let visible = String(decoding: UInt8(0x21)...0x7E, as: UTF8.self)

    static let sets: [(name: String, set: ByteSet, characters: String)] = [
        ("token", .token, alphanumeric + "-.!%*_+`'~"),
        ("user", .user, unreserved + "&=+$,;?/#"),
        ("password", .password, unreserved + "&=+$,"),
        ("uriParameter", .uriParameter, unreserved + "[]/:&+$"),
        ("uriHeader", .uriHeader, unreserved + "[]/?:+$&="),
        ("host", .host, alphanumeric + "-._"),
        ("ipv6", .ipv6, hexadecimal + ":."),
        ("telephone", .telephone, hexadecimal + "+-.()*#"),
        ("parameterValue", .parameterValue, visible.filter { !"\",;<>\\".contains($0) }),
        ("visible", .visible, visible),
        ("digit", .digit, "0123456789"),
        ("scheme", .scheme, alphanumeric + "+-."),
    ]

    @Test(arguments: sets.indices)
    func `each set holds the characters of its rule, and no others`(index: Int) {
        let (name, set, characters) = Self.sets[index]
        let expected = Set(characters.utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(set.contains(byte) == expected.contains(byte), "\(name): \(byte)")
        }
    }
}
