// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// The prices of a list as bytes: what many have in common once, and 12 bytes for each prefix.
///
/// Shape (1), destinations (4, then texts), terms (4, then 40 bytes each: set-up, minute, from, until, increments, destination and
/// closed), prices (4, then prefix and term), CRC-32C. A shape that was released is never edited.
enum RateDeckBytes {
    private static let shape: UInt8 = 1

    private struct Terms: Hashable {
        let tariff: Tariff
        let destination: UInt32
        let from: Int64
        let until: Int64
        let isClosed: Bool
    }

    static func encode(_ rates: [DeckRate]) -> [UInt8] {
        var (names, terms) = (Interned<String>(), Interned<Terms>())
        let places = rates.map { rate in
            terms.place(
                of: Terms(
                    tariff: rate.tariff,
                    destination: names.place(of: rate.destination),
                    from: rate.from.milliseconds,
                    until: rate.until?.milliseconds ?? .max,
                    isClosed: rate.isClosed
                )
            )
        }
        var writer = ByteWriter(reserving: 64 + rates.count * 12 + terms.values.count * 40)
        writer.put(shape)
        writer.put(UInt32(names.values.count))
        for name in names.values { writer.put(name) }
        writer.put(UInt32(terms.values.count))
        for term in terms.values { put(term, into: &writer) }
        writer.put(UInt32(rates.count))
        for (rate, place) in zip(rates, places) {
            writer.put(rate.prefix.value)
            writer.put(place)
        }
        writer.put(Checksum.of(writer.bytes[...]))
        return writer.bytes
    }

    private static func put(_ terms: Terms, into writer: inout ByteWriter) {
        writer.put(terms.tariff.setUp.micros)
        writer.put(terms.tariff.perMinute.micros)
        writer.put(terms.from)
        writer.put(terms.until)
        writer.put(terms.tariff.increments.first)
        writer.put(terms.tariff.increments.next)
        writer.put(terms.destination << 1 | (terms.isClosed ? 1 : 0))
    }

    static func decode(_ bytes: [UInt8]) throws(ByteReader.Malformed) -> [DeckRate] {
        guard bytes.count > 4 else { throw ByteReader.Malformed() }
        var (reader, end) = (ByteReader(bytes.dropLast(4)), ByteReader(bytes.suffix(4)))
        guard try end.number(UInt32.self) == Checksum.of(bytes.dropLast(4)), try reader.number(UInt8.self) == shape
        else {
            throw ByteReader.Malformed()
        }
        let names = try list(&reader) { reader throws(ByteReader.Malformed) in try reader.text() }
        let terms = try list(&reader, takeTerms)
        let rates = try list(&reader) { reader throws(ByteReader.Malformed) in try takeRate(&reader, terms, names) }
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
        return rates
    }

    private static func list<Item>(
        _ reader: inout ByteReader,
        _ take: (inout ByteReader) throws(ByteReader.Malformed) -> Item
    ) throws(ByteReader.Malformed) -> [Item] {
        let count = try reader.number(UInt32.self)
        guard count <= Model.Limits.deckRates else { throw ByteReader.Malformed() }
        var items: [Item] = []
        items.reserveCapacity(Int(count))
        for _ in 0..<count { items.append(try take(&reader)) }
        return items
    }

    private static func takeTerms(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> Terms {
        let (setUp, minute) = (try reader.number(Int64.self), try reader.number(Int64.self))
        let (from, until) = (try reader.number(Int64.self), try reader.number(Int64.self))
        let (first, next) = (try reader.number(UInt16.self), try reader.number(UInt16.self))
        let last = try reader.number(UInt32.self)
        guard let setUp = Money(micros: setUp), let minute = Money(micros: minute),
            let increments = Increments(first: Int(first), next: Int(next)),
            let tariff = Tariff(setUp: setUp, perMinute: minute, increments: increments)
        else { throw ByteReader.Malformed() }
        return Terms(tariff: tariff, destination: last >> 1, from: from, until: until, isClosed: last & 1 == 1)
    }

    private static func takeRate(
        _ reader: inout ByteReader,
        _ terms: [Terms],
        _ names: [String]
    ) throws(ByteReader.Malformed) -> DeckRate {
        let (value, place) = (try reader.number(UInt64.self), try reader.number(UInt32.self))
        guard let prefix = NumberPrefix(value: value), Int(place) < terms.count else { throw ByteReader.Malformed() }
        let terms = terms[Int(place)]
        guard Int(terms.destination) < names.count,
            let rate = DeckRate(
                prefix: prefix,
                destination: names[Int(terms.destination)],
                tariff: terms.tariff,
                from: WallTime(milliseconds: terms.from),
                until: terms.until == .max ? nil : WallTime(milliseconds: terms.until),
                isClosed: terms.isClosed
            )
        else { throw ByteReader.Malformed() }
        return rate
    }
}

/// Each value once, in the order in which it came.
private struct Interned<Value: Hashable> {
    private(set) var values: [Value] = []
    private var places: [Value: UInt32] = [:]

    mutating func place(of value: Value) -> UInt32 {
        if let place = places[value] { return place }
        let place = UInt32(values.count)
        values.append(value)
        places[value] = place
        return place
    }
}
