// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What a media section takes from the session level when it does not say it itself.
struct SessionDefaults {
    var connection: Connection?
    var direction: MediaDirection?
    var security = SecurityLines()
    /// Sections may share a transport (`a=group:BUNDLE`, RFC 8843).
    var bundles = false
}

/// `c=`. Without an address it is a name, or no address of one host.
struct Connection: Equatable {
    var address: IPAddress?
    var isUnspecified: Bool
}

/// `t=`: when the session begins and ends, in seconds of NTP; 0 for never. Only an answer is made of it (RFC 3264 §6).
struct Timing: Hashable, Sendable {
    static let always = Timing(start: 0, stop: 0)

    let start: UInt64
    let stop: UInt64
}

/// Cuts a description into lines and hands each to the level it belongs to.
struct SessionParser {
    private(set) var origin: (sessionID: UInt64, version: UInt64)?
    private(set) var timing = Timing.always
    private(set) var defaults = SessionDefaults()
    private(set) var sections: [SectionParser] = []
    private var attributes = 0
    private var hasTiming = false

    init(_ bytes: [UInt8]) throws(SDPError) {
        var rest = bytes[...]
        try Self.readVersion(&rest)
        while let line = try Self.nextLine(&rest) { try read(line) }
    }

    /// RFC 8866 §5.1: the first line, before it is known what the others mean.
    private static func readVersion(_ rest: inout ArraySlice<UInt8>) throws(SDPError) {
        guard let line = try nextLine(&rest), line.starts(with: "v=".utf8) else {
            throw SDPError(.missing(.version), at: 0)
        }
        guard line.dropFirst(2).elementsEqual("0".utf8) else {
            throw SDPError(.unsupported(.version), at: line.startIndex)
        }
    }

    /// The next line that is not empty, without its end and the blanks before it, or `nil` after the last one. What hands and old
    /// firmware leave there changes no meaning.
    private static func nextLine(_ rest: inout ArraySlice<UInt8>) throws(SDPError) -> ArraySlice<UInt8>? {
        while !rest.isEmpty {
            var line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            guard line.count <= DescriptionLimits.lineLength else {
                throw SDPError(.tooMany(.line, limit: DescriptionLimits.lineLength), at: line.startIndex)
            }
            if let wrong = line.firstIndex(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) {
                throw SDPError(.malformed(.line), at: wrong)
            }
            while let last = line.last, last == 0x20 || last == 0x09 { line = line.dropLast() }
            if !line.isEmpty { return line }
        }
        return nil
    }

    private mutating func read(_ line: ArraySlice<UInt8>) throws(SDPError) {
        guard let type = line.first, line.dropFirst().first == UInt8(ascii: "=") else {
            throw SDPError(.malformed(.line), at: line.startIndex)
        }
        let value = line.dropFirst(2)
        switch type {
        case UInt8(ascii: "o"): try readOrigin(value)
        case UInt8(ascii: "c"): try readConnection(value)
        case UInt8(ascii: "t"): readTiming(value)
        case UInt8(ascii: "m"): try openSection(value)
        case UInt8(ascii: "a"): try readAttribute(value)
        case UInt8(ascii: "v"): throw SDPError(.repeated(.version), at: line.startIndex)
        case UInt8(ascii: "a")...UInt8(ascii: "z"): break
        default: throw SDPError(.malformed(.line), at: line.startIndex)
        }
    }

    /// `o=username sess-id sess-version nettype addrtype address`. Only the numbers are of use (RFC 3264 §8).
    private mutating func readOrigin(_ value: ArraySlice<UInt8>) throws(SDPError) {
        guard origin == nil, sections.isEmpty else { throw SDPError(.repeated(.origin), at: value.startIndex) }
        var line = LineScanner(value)
        _ = line.word()
        guard let sessionID = Self.saturating(line.word()), let version = Self.saturating(line.word()) else {
            throw SDPError(.malformed(.origin), at: value.startIndex)
        }
        origin = (sessionID, version)
    }

    private static func saturating(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard !digits.isEmpty, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return UInt64(digits.text) ?? .max
    }

    private mutating func readConnection(_ value: ArraySlice<UInt8>) throws(SDPError) {
        let connection = try Connection(parsing: value)
        if let last = sections.indices.last {
            sections[last].connect(connection)
        } else {
            guard defaults.connection == nil else { throw SDPError(.repeated(.connection), at: value.startIndex) }
            defaults.connection = connection
        }
    }

    /// The first one counts. One that cannot be read is not repeated to its phone.
    private mutating func readTiming(_ value: ArraySlice<UInt8>) {
        guard !hasTiming else { return }
        hasTiming = true
        var line = LineScanner(value)
        guard let start = LineScanner.number(line.word()), let stop = LineScanner.number(line.word()) else { return }
        timing = Timing(start: start, stop: stop)
    }

    private mutating func openSection(_ value: ArraySlice<UInt8>) throws(SDPError) {
        guard sections.count < DescriptionLimits.mediaSections else {
            throw SDPError(.tooMany(.media, limit: DescriptionLimits.mediaSections), at: value.startIndex)
        }
        sections.append(try SectionParser(value))
    }

    private mutating func readAttribute(_ value: ArraySlice<UInt8>) throws(SDPError) {
        attributes += 1
        guard attributes <= DescriptionLimits.attributes else {
            throw SDPError(.tooMany(.attribute, limit: DescriptionLimits.attributes), at: value.startIndex)
        }
        var line = LineScanner(value)
        let name = line.part(before: UInt8(ascii: ":"))
        guard name.isToken else { throw SDPError(.malformed(.attribute), at: value.startIndex) }
        line.skipBlanks()
        if let last = sections.indices.last {
            try sections[last].readAttribute(name, line.rest)
        } else if defaults.security.take(name, line.rest) {
            return
        } else if name.isSame(as: "group") {
            var group = line
            if group.word().isSame(as: "BUNDLE") { defaults.bundles = true }
        } else if let direction = MediaDirection.allCases.first(where: { name.isSame(as: $0.attribute) }) {
            defaults.direction = direction
        }
    }
}

extension Connection {
    /// `IN IP4 192.0.2.1`, `IN IP6 2001:db8::1`; the time to live of a multicast address is not read.
    init(parsing value: ArraySlice<UInt8>) throws(SDPError) {
        var line = LineScanner(value)
        guard line.word().isSame(as: "IN") else { throw SDPError(.unsupported(.connection), at: value.startIndex) }
        let family = line.word()
        guard family.isSame(as: "IP4") || family.isSame(as: "IP6") else {
            throw SDPError(.unsupported(.connection), at: family.startIndex)
        }
        let text = line.word()
        guard !text.isEmpty, line.word().isEmpty else { throw SDPError(.malformed(.connection), at: value.startIndex) }
        let address = IPAddress(parsing: text.text)
        isUnspecified = address?.isUnspecified ?? false
        self.address = address.flatMap { $0.isUnspecified || $0.isMulticastOrBroadcast ? nil : $0 }
    }
}
