// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// The state of a call as the log holds it.
struct LogEntry: Hashable, Sendable {
    let business: BusinessID
    var record: CallRecord

    /// Of the shape below. One that was released is never edited; another shape has another number.
    private static let shape: UInt8 = 3
    /// Without the way of the call.
    private static let shapeBeforePaths: UInt8 = 2
    /// Without what is about trunks.
    private static let shapeBeforeTrunks: UInt8 = 1

    /// Two to six hundred bytes.
    func encode(into writer: inout ByteWriter) {
        writer.put(Self.shape)
        writer.put(business.value)
        writer.put(record.id)
        writer.put(record.startedAt.milliseconds)
        writer.put(record.answeredAt?.milliseconds)
        writer.put(record.endedAt?.milliseconds)
        writer.put(record.caller.text)
        writer.put(record.callerDevice?.text)
        writer.put(clipped(record.dialled))
        writer.put(record.callee?.text)
        writer.put(UInt16(clamping: record.forwardedBy.count))
        for forwarder in record.forwardedBy.prefix(Int(UInt16.max)) { writer.put(forwarder.text) }
        writer.put(record.outcome.rawValue)
        writer.put(record.status.map(Int64.init))
        writer.put(record.control?.rawValue)
        writer.put(clipped(record.reason))
        Self.encode(record.callerProtection, into: &writer)
        Self.encode(record.calleeProtection, into: &writer)
        writer.put(record.trunk?.text)
        writer.put(ChargeText.write(record.charges))
        writer.put(RecordTable.path(record))
    }

    init(business: BusinessID, record: CallRecord) { (self.business, self.record) = (business, record) }

    init(decoding reader: inout ByteReader) throws(ByteReader.Malformed) {
        let shape = try reader.number(UInt8.self)
        guard Self.shapeBeforeTrunks...Self.shape ~= shape else { throw .init() }
        business = BusinessID(try reader.number(UInt64.self))
        let id = try reader.text()
        let startedAt = WallTime(milliseconds: try reader.number(Int64.self))
        let (answered, ended) = (try reader.optionalNumber(), try reader.optionalNumber())
        guard let caller = Participant(parsing: try reader.text()) else { throw .init() }
        let device = try reader.optionalText().flatMap(DeviceID.init(parsing:))
        record = CallRecord(id: id, startedAt: startedAt, caller: caller, callerDevice: device, dialled: "")
        (record.answeredAt, record.endedAt) = (answered.map(WallTime.init), ended.map(WallTime.init))
        record.dialled = try reader.text()
        record.callee = try reader.optionalText().flatMap(Participant.init(parsing:))
        for _ in 0..<(try reader.number(UInt16.self)) {
            guard let forwarder = ExtensionNumber(parsing: try reader.text()) else { throw .init() }
            record.forwardedBy.append(forwarder)
        }
        guard let outcome = CallOutcome(rawValue: try reader.text()) else { throw .init() }
        record.outcome = outcome
        record.status = try reader.optionalNumber().map { Int(truncatingIfNeeded: $0) }
        record.control = try reader.optionalText().flatMap(Control.init(rawValue:))
        record.reason = try reader.text()
        record.callerProtection = try Self.protection(&reader)
        record.calleeProtection = try Self.protection(&reader)
        guard shape != Self.shapeBeforeTrunks else { return }
        record.trunk = try reader.optionalText().flatMap { TrunkName(parsing: $0) }
        let charges = try reader.optionalText()
        do { record.charges = try ChargeText.read(charges) } catch { throw .init() }
        guard shape != Self.shapeBeforePaths else { return }
        record.path = RecordTable.path(try reader.optionalText())
    }

    private static func encode(_ protection: LegProtection?, into writer: inout ByteWriter) {
        writer.put(protection?.transport)
        guard let protection else { return }
        writer.put(protection.tlsVersion)
        writer.put(protection.cipher)
        writer.put(protection.srtpSuite)
    }

    private static func protection(_ reader: inout ByteReader) throws(ByteReader.Malformed) -> LegProtection? {
        guard let transport = try reader.optionalText() else { return nil }
        return LegProtection(
            transport: transport,
            tlsVersion: try reader.optionalText(),
            cipher: try reader.optionalText(),
            srtpSuite: try reader.optionalText()
        )
    }
}
