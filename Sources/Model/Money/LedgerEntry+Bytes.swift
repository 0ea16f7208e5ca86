// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The shape on the disk, lowest byte first: shape and event (1), closed (1), charge (8), time (8), then what the event has. 19 to
/// 140 bytes. One that was released is never edited; another shape has another number.
extension LedgerEntry {
    private static let shape: UInt8 = 0x10

    /// Puts it behind what is there.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(Self.shape | event.number)
        bytes.append(isAfterHours ? 1 : 0)
        bytes.put(charge.value)
        bytes.put(UInt64(bitPattern: at.milliseconds))
        switch event {
        case .reserved(let payer, let micros):
            bytes.put(payer)
            bytes.put(UInt64(bitPattern: micros))
        case .answered: break
        case .extended(let slice, let micros):
            bytes.put(UInt64(slice))
            bytes.put(UInt64(bitPattern: micros))
        case .settled(let micros): bytes.put(UInt64(bitPattern: micros))
        case .carried(let pool, let span, let micros):
            bytes.put(pool.description)
            bytes.append(span.rawValue)
            bytes.put(UInt64(bitPattern: micros))
        case .running(let payer, let slice, let micros, let returnable):
            bytes.put(payer)
            bytes.put(UInt64(slice))
            bytes.put(UInt64(bitPattern: micros))
            bytes.put(UInt64(bitPattern: returnable))
        }
    }

    /// Reads one and takes it off what is there.
    ///
    /// - Returns: `nil` for anything that ``encode(into:)`` does not write: somebody may have altered the file. Then nothing is said
    ///   about where the next one begins.
    public init?(decoding bytes: inout ArraySlice<UInt8>) {
        guard let head = bytes.popFirst(), head & 0xF0 == Self.shape, let closed = bytes.popFirst(), closed <= 1,
            let charge = bytes.takeNumber(), let time = bytes.takeNumber(),
            let event = Event(number: head & 0x0F, decoding: &bytes)
        else { return nil }
        self.init(
            charge: ChargeID(charge),
            at: WallTime(milliseconds: Int64(bitPattern: time)),
            isAfterHours: closed == 1,
            event: event
        )
    }
}

extension LedgerEntry.Event {
    fileprivate var number: UInt8 {
        switch self {
        case .reserved(let payer, _): payer.isAtHome ? 7 : 1
        case .answered: 2
        case .extended: 3
        case .settled: 4
        case .carried: 5
        case .running(let payer, _, _, _): payer.isAtHome ? 8 : 6
        }
    }

    fileprivate init?(number: UInt8, decoding bytes: inout ArraySlice<UInt8>) {
        switch number {
        case 1, 7:
            guard let payer = bytes.takePayer(isAtHome: number == 7), let micros = bytes.takeAmount()
            else { return nil }
            self = .reserved(payer, micros: micros)
        case 2: self = .answered
        case 3:
            guard let slice = bytes.takeSlice(), let micros = bytes.takeAmount() else { return nil }
            self = .extended(slice: slice, micros: micros)
        case 4:
            guard let micros = bytes.takeAmount() else { return nil }
            self = .settled(micros: micros)
        case 5:
            guard let pool = bytes.takeText().flatMap(SpendPool.init(parsing:)),
                let span = bytes.popFirst().flatMap(SpendSpan.init(rawValue:)), let micros = bytes.takeAmount()
            else { return nil }
            self = .carried(pool, span, micros: micros)
        case 6, 8:
            guard let payer = bytes.takePayer(isAtHome: number == 8), let slice = bytes.takeSlice(),
                let micros = bytes.takeAmount(), let returnable = bytes.takeAmount()
            else { return nil }
            self = .running(payer, slice: slice, micros: micros, returnable: returnable)
        default: return nil
        }
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ number: UInt64) {
        for place in 0..<8 { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * place))) }
    }

    /// All that is written here has at most 42 bytes.
    fileprivate mutating func put(_ text: String) {
        append(UInt8(clamping: text.utf8.count))
        append(contentsOf: text.utf8.prefix(255))
    }

    fileprivate mutating func put(_ payer: Payer) {
        put(payer.extension.text)
        put(payer.group?.text ?? "")
        put(payer.trunk.text)
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func takeNumber() -> UInt64? {
        guard count >= 8 else { return nil }
        var number: UInt64 = 0
        for (place, byte) in prefix(8).enumerated() { number |= UInt64(byte) << UInt64(8 * place) }
        self = dropFirst(8)
        return number
    }

    fileprivate mutating func takeAmount() -> Int64? {
        guard let number = takeNumber(), number <= UInt64(Limits.largestMoney) else { return nil }
        return Int64(number)
    }

    fileprivate mutating func takeSlice() -> UInt32? { takeNumber().flatMap { UInt32(exactly: $0) } }

    fileprivate mutating func takeText() -> String? {
        guard let length = popFirst(), count >= Int(length) else { return nil }
        defer { self = dropFirst(Int(length)) }
        return String(decoding: prefix(Int(length)), as: UTF8.self)
    }

    fileprivate mutating func takePayer(isAtHome: Bool) -> Payer? {
        guard let number = takeText().flatMap(ExtensionNumber.init(parsing:)), let group = takeText(),
            let trunk = takeText().flatMap(ShortName.init(parsing:))
        else { return nil }
        guard !group.isEmpty else { return Payer(extension: number, trunk: trunk, isAtHome: isAtHome) }
        return ShortName(parsing: group).map {
            Payer(extension: number, group: $0, trunk: trunk, isAtHome: isAtHome)
        }
    }
}
