// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream into lines, and holds no more than one line's limit of them.
struct LineBuffer {
    /// More bytes than the limit came without a line feed.
    struct TooLong: Error {}

    private let limit: Int
    private var bytes: [UInt8] = []
    /// Bytes before this were searched for a line feed already.
    private var searched = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ chunk: some Sequence<UInt8>) {
        bytes.append(contentsOf: chunk)
    }

    /// The next whole line without its line feed, or `nil` until more has come.
    mutating func next() throws(TooLong) -> [UInt8]? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            guard bytes.count <= limit else { throw TooLong() }
            return nil
        }
        guard end <= limit else { throw TooLong() }
        let line = Array(bytes[..<end])
        bytes.removeSubrange(...end)
        searched = 0
        return line
    }
}
