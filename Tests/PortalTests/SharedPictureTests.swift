// SPDX-License-Identifier: Apache-2.0

import Model
import Synchronization
import Testing

@testable import Portal

@Suite("Live parts of pages")
struct SharedPictureTests {
    /// Draws what is so at this moment, and counts how often.
    private final class Scene: Sendable {
        private let state = Mutex((now: "before", drawn: 0))

        var drawn: Int { state.withLock(\.drawn) }

        func become(_ text: String) { state.withLock { $0.now = text } }

        func draw() -> String {
            state.withLock { state in
                state.drawn += 1
                return state.now
            }
        }
    }

    @Test
    func `all who watch within a beat get one picture`() async {
        let (picture, scene) = (SharedPicture<String>(age: .seconds(86_400)), Scene())
        for _ in 0..<5 { #expect(await picture.value(for: .owner) { scene.draw() } == "before") }
        #expect(scene.drawn == 1)
    }

    @Test
    func `a page that was opened after a change is not taken back to what was before it`() async {
        let (picture, scene) = (SharedPicture<String>(age: .seconds(86_400)), Scene())
        _ = await picture.value(for: .owner) { scene.draw() }
        scene.become("after")
        let opened = ContinuousClock.now
        #expect(await picture.value(for: .owner, notBefore: opened) { scene.draw() } == "after")
        #expect(await picture.value(for: .owner, notBefore: opened) { scene.draw() } == "after")
        #expect(scene.drawn == 2)
    }

    @Test
    func `what one role sees is no picture for another`() async {
        let (picture, scene) = (SharedPicture<String>(age: .seconds(86_400)), Scene())
        _ = await picture.value(for: .owner) { scene.draw() }
        #expect(await picture.value(for: .auditor) { nil } == nil)
    }
}
