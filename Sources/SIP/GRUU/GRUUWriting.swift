// SPDX-License-Identifier: Apache-2.0

extension ValueWriter {
    /// The value of a URI parameter: what may not stand in one is escaped (RFC 3261 §25.1 `paramchar`).
    public mutating func append(uriParameter value: some Sequence<UInt8>) {
        for byte in value {
            if ByteSet.uriParameter.contains(byte) {
                append(CollectionOfOne(byte))
            } else {
                append("%")
                append(hexadecimal: byte)
            }
        }
    }
}
