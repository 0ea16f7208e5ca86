// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

/// Which relays are open, as anybody would write it down who has only read what the commands promise.
private struct Model {
    let capacity: Int
    private(set) var open: Set<UInt64> = []

    mutating func apply(_ command: RelayCommand) -> Bool {
        switch command {
        case .open(let id, let a, let b):
            let isFit = isFit(a) && isFit(b)
            let isDone = isFit && (open.contains(id.rawValue) || open.count < capacity)
            if isDone { open.insert(id.rawValue) } else { open.remove(id.rawValue) }
            return isDone
        case .update(let id, _, let end):
            let isDone = open.contains(id.rawValue) && isFit(end)
            if !isDone { open.remove(id.rawValue) }
            return isDone
        case .join(let id, _, let other, _):
            let isDone = id != other && open.isSuperset(of: [id.rawValue, other.rawValue])
            if !isDone { open.remove(id.rawValue) }
            open.remove(other.rawValue)
            return isDone
        case .entertain(let id, _, _): return open.contains(id.rawValue)
        case .close(let id): return open.remove(id.rawValue) != nil
        }
    }

    private func isFit(_ end: MediaEnd) -> Bool { end.leg.map { $0.receive != $0.send } ?? true }
}

@Suite("Control media-source: every relay that is open belongs to a call")
struct RelayModelTests {
    private static let capacity = 5

    /// Of few relays, so that they meet; some have one key for both directions, some peers have left, and some ends are ours.
    private func command(_ random: inout SplitMix, _ phones: [Phone]) -> RelayCommand {
        let id = { (random: inout SplitMix) in RelayID(rawValue: UInt64.random(in: 1...8, using: &random)) }
        let side = { (random: inout SplitMix) in Bool.random(using: &random) ? RelaySide.a : .b }
        let end = { (random: inout SplitMix) in
            if UInt64.random(in: 0..<6, using: &random) == 0 {
                return Bool.random(using: &random) ? MediaEnd.echo : .studio
            }
            var media = phones[Int.random(in: 0..<phones.count, using: &random)].media(
                mux: Bool.random(using: &random),
                sends: Bool.random(using: &random)
            )
            if UInt64.random(in: 0..<16, using: &random) == 0 { media.send = media.receive }
            media.isGone = UInt64.random(in: 0..<8, using: &random) == 0
            return .network(media)
        }
        switch UInt64.random(in: 0..<10, using: &random) {
        case 0, 1, 2: return .open(id(&random), a: end(&random), b: end(&random))
        case 3, 4: return .update(id(&random), side(&random), end(&random))
        case 5, 6: return .join(id(&random), side(&random), from: id(&random), side(&random))
        case 7, 8: return .entertain(id(&random), side(&random), Bool.random(using: &random))
        default: return .close(id(&random))
        }
    }

    @Test(arguments: 1...20)
    func `after any commands just those are open that should be, and no place is lost`(seed: UInt64) {
        var random = SplitMix(seed)
        let stage = Stage(capacity: Self.capacity)
        let phones = (1...12).map { Phone("192.0.2.\($0):4000", seed: UInt64($0)) }
        var model = Model(capacity: Self.capacity)
        for step in 0..<500 {
            let command = command(&random, phones)
            #expect(stage.apply(command) == model.apply(command), "step \(step): \(command)")
            #expect(Set(stage.open) == model.open, "step \(step)")
            let phone = phones[step % phones.count]
            _ = stage.receive(phone.rtp(UInt16(step)), from: phone, port: step % 3 == 0 ? .rtcp : .rtp)
            _ = stage.speak(Packets.rtp(UInt16(step)), index: UInt64(step), in: RelayID(rawValue: UInt64(step % 8 + 1)))
            _ = stage.receive(phone.rtcp(), from: phone, port: step % 2 == 0 ? .rtcp : .rtp)
        }
        for id in stage.open { stage.apply(.close(RelayID(rawValue: id))) }
        #expect(stage.count == 0)
        for number in 0..<Self.capacity {
            let (a, b) = (phones[number], phones[number + 6])
            #expect(
                stage.apply(
                    .open(RelayID(rawValue: UInt64(100 + number)), a: .network(a.media()), b: .network(b.media()))
                )
            )
        }
    }
}
