// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What cannot be done by accident is not written anywhere.
@Suite("Control intrusion-detection: what the sources do not contain")
struct NameLookupTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources").resolvingSymlinksInPath()

    /// The doctor looks up the owner's own name; the attacker connects to the target that they were given; trunks connect to where
    /// settings and DNS say that a provider is; a trace is sent to the address that an operator typed.
    private static let allowed = [
        "/Server/Diagnosis/", "/Server/Attack/", "/Server/Trunks/", "/Server/Trace/HEPExporter",
    ]

    @Test(arguments: [
        "getaddrinfo(", "gethostby", "makeAddressResolvingHost", ".connect(host", ".connect(to", "URLSession",
        "res_query",
    ])
    func `S22 no name out of a message is looked up, and nothing is connected to: there is no code for it`(
        call: String
    ) throws {
        let files = FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        let users = try #require(files).filter { file in
            let path = file.path
            return try Self.allowed.allSatisfy { !path.contains($0) }
                && String(contentsOf: file, encoding: .utf8).contains(call)
        }
        #expect(users.map(\.lastPathComponent) == [])
    }
}
