// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Calls
import Dispatch
import Foundation
import Media
import Synchronization

/// Where what is recorded goes. Called on the studio's thread, so it must not block.
protocol RecordingSink: Sendable {
    /// - Returns: `false` when it cannot be kept: then the recording is over.
    func keep(_ piece: [UInt8]) -> Bool
    /// Nothing follows.
    func finish()
}

/// What a studio is told to do in a call.
enum StudioCommand: Sendable {
    case begin(RelayID, StudioFormat)
    /// Says µ-law instead of what it says now.
    case say(RelayID, [UInt8], UInt64)
    /// Says µ-law again and again.
    case play(RelayID, [UInt8])
    case hush(RelayID)
    case record(RelayID, any RecordingSink, StudioLine.RecordingTerms)
    case endRecording(RelayID)
    /// Lets them talk with all others of a conference.
    case join(RelayID, ConferenceID)
    case end(RelayID)
}

/// What happened in a call.
struct StudioNews: Sendable {
    let id: RelayID
    let what: VoiceNews
}

/// A thread that plays and records for all businesses, beside the media loop and never in its way: packets come and go over rings
/// of a fixed size, and a studio that is late loses some.
final class Studio: Sendable {
    private struct State: Sendable {
        var commands: [StudioCommand] = []
        var isStopped = false
        var isRunning = false
    }

    private let door: StudioDoor
    private let state = Mutex(State())
    private let onNews: @Sendable ([StudioNews]) -> Void
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter onNews: Called on the studio's thread. It must not block.
    init(_ door: StudioDoor, onNews: @escaping @Sendable ([StudioNews]) -> Void) {
        (self.door, self.onNews) = (door, onNews)
    }

    /// Does not wait.
    func send(_ commands: [StudioCommand]) {
        state.withLock { state in
            for command in commands where state.commands.count < Limits.studioCommands || command.freesRoom {
                state.commands.append(command)
            }
        }
    }

    /// A second call does nothing.
    func start() {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning && !state.isStopped
        }
        guard isFirst else { return }
        let thread = Thread { [self] in
            run()
            ended.signal()
        }
        thread.name = "studio"
        thread.qualityOfService = .userInteractive
        thread.start()
    }

    /// Waits until the thread has ended. A second call does nothing.
    func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped && state.isRunning
        }
        if isFirst { ended.wait() }
    }

    private func run() {
        var floor = StudioFloor()
        var next = ringfence_monotonic_nanoseconds() + Limits.studioBeat
        while true {
            let now = ringfence_monotonic_nanoseconds()
            if next > now { usleep(UInt32((next - now) / 1_000)) }
            let (commands, isStopped) = state.withLock { state in
                defer { state.commands.removeAll(keepingCapacity: true) }
                return (state.commands, state.isStopped)
            }
            let news = floor.beat(commands, door)
            if !news.isEmpty { onNews(news) }
            guard !isStopped else { return floor.close() }
            next += Limits.studioBeat
            let late = ringfence_monotonic_nanoseconds()
            if late > next + Limits.studioBeatsBehind * Limits.studioBeat { next = late }
        }
    }
}

/// The calls of a studio; belongs to its thread.
struct StudioFloor {
    private struct Seat {
        var line: StudioLine
        var sink: (any RecordingSink)?
        var conference: ConferenceID?
    }

    private var seats: [RelayID: Seat] = [:]
    private var mixers: [ConferenceID: Mixer] = [:]
    /// Whose turn it is in a beat: lists of their own, in memory that is kept, because those of the tables would have the tables
    /// copied with the first change.
    private var turns: [RelayID] = []
    private var conferences: [ConferenceID] = []
    private var packet: [UInt8] = []
    private var news: [StudioNews] = []

    /// Does what was commanded, hears what came, and says the next 20 ms in every call.
    mutating func beat(_ commands: [StudioCommand], _ door: StudioDoor) -> [StudioNews] {
        for command in commands { obey(command) }
        while door.heard.take({ packet, id, _ in seats[id]?.line.hear(packet.span) }) {}
        turns.removeAll(keepingCapacity: true)
        turns.append(contentsOf: seats.keys)
        mix()
        for place in turns.indices { beat(turns[place], door) }
        if !door.said.isEmpty { door.ring() }
        defer { news.removeAll() }
        return news
    }

    /// Adds up what is said in all conferences.
    private mutating func mix() {
        guard !mixers.isEmpty else { return }
        conferences.removeAll(keepingCapacity: true)
        conferences.append(contentsOf: mixers.keys)
        for place in conferences.indices { mixers[conferences[place]]?.begin() }
        for place in turns.indices {
            guard let conference = seats[turns[place]]?.conference, var mixer = mixers[conference] else { continue }
            // One owner, so that nothing is copied; and so it is below.
            mixers[conference] = nil
            seats[turns[place]]?.line.speak(to: &mixer)
            mixers[conference] = mixer
        }
    }

    private mutating func beat(_ id: RelayID, _ door: StudioDoor) {
        guard var seat = seats[id] else { return }
        // One owner, so that nothing is copied.
        seats[id] = nil
        let index: UInt64
        if let conference = seat.conference, var mixer = mixers[conference] {
            mixers[conference] = nil
            index = seat.line.beat(into: &packet, hearing: &mixer)
            mixers[conference] = mixer
        } else {
            index = seat.line.beat(into: &packet)
        }
        packet.withUnsafeBufferPointer { door.said.put($0, id, index: index) }
        keep(&seat, id)
        for each in seat.line.takeNews() { news.append(StudioNews(id: id, what: VoiceNews(each))) }
        seats[id] = seat
    }

    private mutating func keep(_ seat: inout Seat, _ id: RelayID) {
        for piece in seat.line.takePieces() {
            guard let sink = seat.sink else { continue }
            guard sink.keep(piece) else {
                seat.line.endRecording()
                _ = seat.line.takePieces()
                sink.finish()
                seat.sink = nil
                news.append(StudioNews(id: id, what: .unkept))
                return
            }
        }
        if !seat.line.isRecording, let sink = seat.sink {
            sink.finish()
            seat.sink = nil
        }
    }

    private mutating func obey(_ command: StudioCommand) {
        switch command {
        case .begin(let id, let format):
            // A business has no more of them than are left for others: one alone never takes all.
            let own = seats.keys.count { $0.business == id.business }
            guard own < Limits.studioLines - seats.count || seats[id] != nil else {
                news.append(StudioNews(id: id, what: .full))
                return
            }
            endRecording(id)
            leave(id)
            seats[id] = Seat(line: StudioLine(format))
        case .say(let id, let sound, let number): seats[id]?.line.say(sound, number)
        case .play(let id, let sound): seats[id]?.line.play(sound)
        case .hush(let id): seats[id]?.line.hush()
        case .record(let id, let sink, let terms):
            guard seats[id] != nil else { return sink.finish() }
            endRecording(id)
            seats[id]?.sink = sink
            seats[id]?.line.record(terms)
        case .endRecording(let id): endRecording(id)
        case .join(let id, let conference):
            guard seats[id] != nil else { return }
            endRecording(id)
            leave(id)
            seats[id]?.line.join()
            seats[id]?.conference = conference
            mixers[conference, default: Mixer()].join()
        case .end(let id):
            endRecording(id)
            leave(id)
            seats[id] = nil
        }
    }

    /// The last one closes the conference.
    private mutating func leave(_ id: RelayID) {
        guard let conference = seats[id]?.conference else { return }
        seats[id]?.conference = nil
        mixers[conference]?.leave()
        if mixers[conference]?.members == 0 { mixers[conference] = nil }
    }

    private mutating func endRecording(_ id: RelayID) {
        guard var seat = seats[id], let sink = seat.sink else { return }
        seat.line.endRecording()
        for piece in seat.line.takePieces() { _ = sink.keep(piece) }
        sink.finish()
        seat.sink = nil
        seats[id] = seat
    }

    /// The end of all.
    mutating func close() {
        for id in Array(seats.keys) { endRecording(id) }
        seats.removeAll()
        mixers.removeAll()
    }
}

extension StudioCommand {
    /// Such commands are never left out.
    fileprivate var freesRoom: Bool {
        switch self {
        case .end, .endRecording, .hush: true
        case .begin, .say, .play, .record, .join: false
        }
    }
}

extension VoiceNews {
    fileprivate init(_ news: StudioLine.News) {
        switch news {
        case .said(let number): self = .said(number)
        case .pressed(let key): self = .pressed(key)
        case .recorded: self = .recorded
        }
    }
}
