// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Synchronization

/// What commands with an Idempotency-Key were answered with: a program that did not get the answer asks again, and nothing is done
/// twice. In memory, so until the server starts anew; answers can hold secrets.
final class AnswerMemory: Sendable {
    /// A command as a program gave it.
    struct Asked {
        let token: [UInt8]
        let key: String
        let command: String
        let body: Data

        fileprivate var place: Place { Place(token: token, key: key) }
    }

    enum Found: Equatable {
        case new
        case answered(Data)
        /// The key was used with another command or other fields.
        case other
        case running
        case full
    }

    fileprivate struct Place: Hashable {
        let token: [UInt8]
        let key: String
    }

    private struct Kept {
        let command: String
        let body: Data
        /// `nil` while it is carried out.
        var answer: Data?
        var since: WallTime
    }

    private struct State {
        var kept: [Place: Kept] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())

    /// Begins a command, or finds what came of it before.
    func begin(_ asked: Asked, at now: WallTime) -> Found {
        state.withLock { state in
            if let kept = state.kept[asked.place] {
                guard kept.command == asked.command, kept.body == asked.body else { return .other }
                return kept.answer.map(Found.answered) ?? .running
            }
            Self.makeRoom(for: asked.body.count, in: &state, at: now)
            guard state.kept.count < Limits.keptAnswers, state.bytes + asked.body.count <= Limits.keptAnswerBytes else {
                return .full
            }
            state.kept[asked.place] = Kept(command: asked.command, body: asked.body, answer: nil, since: now)
            state.bytes += asked.body.count
            return .new
        }
    }

    func end(_ asked: Asked, with answer: Data, at now: WallTime) {
        state.withLock { state in
            state.kept[asked.place]?.answer = answer
            state.kept[asked.place]?.since = now
            state.bytes += answer.count
        }
    }

    func forget(_ asked: Asked) {
        state.withLock { Self.remove(asked.place, from: &$0) }
    }

    /// Those whose time is over go first, then the oldest. Those that are carried out stay.
    private static func makeRoom(for bytes: Int, in state: inout State, at now: WallTime) {
        guard state.kept.count >= Limits.keptAnswers || state.bytes + bytes > Limits.keptAnswerBytes else { return }
        let over = state.kept.filter { $0.value.answer != nil && now - $0.value.since > Limits.keptAnswerAge }.map(
            \.key
        )
        for place in over { remove(place, from: &state) }
        while state.kept.count >= Limits.keptAnswers || state.bytes + bytes > Limits.keptAnswerBytes {
            let oldest = state.kept.filter { $0.value.answer != nil }.min { $0.value.since < $1.value.since }
            guard let oldest else { return }
            remove(oldest.key, from: &state)
        }
    }

    private static func remove(_ place: Place, from state: inout State) {
        guard let kept = state.kept.removeValue(forKey: place) else { return }
        state.bytes -= kept.body.count + (kept.answer?.count ?? 0)
    }
}
