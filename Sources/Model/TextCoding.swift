// SPDX-License-Identifier: Apache-2.0

extension Decoder {
    /// Reads one string and parses it, so that a decoded value is as valid as a typed one.
    func decodeText<Value>(_ expectation: String, _ parse: (String) -> Value?) throws -> Value {
        let container = try singleValueContainer()
        guard let value = parse(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: expectation)
        }
        return value
    }
}

extension Encoder {
    func encodeText(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}
