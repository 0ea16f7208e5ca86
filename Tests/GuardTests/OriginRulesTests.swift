// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@Suite("RFC 6455 §10.2 origins")
struct OriginRulesTests {
    @Test(arguments: [
        ("https://PBX.Example.com", "https://pbx.example.com"),
        ("https://pbx.example.com:443", "https://pbx.example.com"),
        ("http://localhost:8080", "http://localhost:8080"), ("http://localhost:80", "http://localhost"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ])
    func `have one spelling each`(typed: String, meant: String) {
        #expect(WebOrigin(parsing: typed)?.text == meant)
    }

    @Test(arguments: [
        "", "null", "pbx.example.com", "https://", "https://:443", "https://pbx.example.com/", "https://a b",
        "ftp://a.b",
        "https://user@pbx.example.com", "https://pbx.example.com?x", "https://p\u{00e4}x.example",
        "https://" + String(repeating: "a", count: 300),
    ])
    func `are nothing but a scheme, a host and a port`(text: String) {
        #expect(WebOrigin(parsing: text) == nil)
    }

    @Test func `count only when the owner named them`() throws {
        let allowed = [try #require(WebOrigin(parsing: "https://pbx.example.com"))]
        #expect(OriginRules.allows("https://pbx.example.com", among: allowed))
        #expect(OriginRules.allows(nil, among: allowed))
        for origin in ["http://pbx.example.com", "https://pbx.example.com:8443", "https://evil.example", "null", ""] {
            #expect(!OriginRules.allows(origin, among: allowed))
        }
        #expect(!OriginRules.allows("https://pbx.example.com", among: []))
    }
}
