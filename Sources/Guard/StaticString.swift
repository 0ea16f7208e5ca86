// SPDX-License-Identifier: Apache-2.0

extension StaticString {
    /// One byte of its text.
    func byte(at offset: Int) -> UInt8 {
        withUTF8Buffer { $0[offset] }
    }
}
