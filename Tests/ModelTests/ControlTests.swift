// SPDX-License-Identifier: Apache-2.0

import Model
import Testing

@Suite("Controls")
struct ControlTests {
    @Test func `the names of the controls never change`() {
        #expect(
            Control.allCases.map(\.rawValue) == [
                "sip-passwords", "credential-delivery", "signalling-encryption", "media-encryption", "media-source",
                "intrusion-detection", "flood-protection", "open-ports", "roles", "operator-passwords", "second-factor",
                "login-protection", "admin-networks", "no-defaults", "journal", "country-dialing", "premium-numbers",
                "spend-limit", "call-limits", "call-patterns", "after-hours", "trunk-encryption",
                "provider-allowlist", "caller-trust", "emergency-calls", "dormant-extensions", "disa",
                "forwarding-rules", "registration-alerts", "fraud-alerts", "service-alerts",
                "voicemail-pins", "stored-audio", "records-retention",
            ]
        )
    }

    @Test func `every control has a title of its own`() {
        #expect(Set(Control.allCases.map(\.title)).count == Control.allCases.count)
        #expect(Control.allCases.allSatisfy { !$0.title.isEmpty && !$0.title.hasSuffix(".") })
    }
}
