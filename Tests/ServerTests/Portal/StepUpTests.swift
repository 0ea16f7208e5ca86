// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import Admin
@testable import Portal
@testable import Server

@Suite("What is dangerous in the portal", .serialized)
struct StepUpTests {
    @Test func `a page that forgets to ask for a fresh code does nothing dangerous`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception")]))
            let business = PortalBusiness(PortalScene.site(scene.system), Argon2Hasher())
            let cookie = try #require(anna.client.cookies["__Host-session"])
            var session = try #require(await business.desk.session(cookie))
            session.provenAt = WallTime.present + .seconds(-3_600)
            try await business.desk.remember(session)
            let visit = Visit(business, session, cookie: cookie)
            let enrolment = EnrolPhones([NewPhone(extension: "204")])
            await #expect(throws: Refusal.self) { try await visit.perform(enrolment) }
            #expect(scene.system.snapshot.devices.isEmpty)
            #expect(try await visit.perform(ListExtensions()).count == 1, "looking is not dangerous")
            let (code, _) = try await anna.freshCode(after: SecondFactorRules.step(at: WallTime.present) - 1)
            guard case .proven = await business.desk.prove(session, by: Redacted(code)) else {
                Issue.record("the code was not taken")
                return
            }
            #expect(try await visit.perform(enrolment).count == 1)
        }
    }
}

extension SignInDesk {
    /// As if that was long ago.
    fileprivate func remember(_ session: PortalSession) throws { try store.note(session) }
}
