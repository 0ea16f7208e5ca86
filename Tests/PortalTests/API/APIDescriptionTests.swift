// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Testing

@testable import Portal

/// `Sources/Portal/Pages/openapi.json` is made from the commands, and says nothing else than they do. To write it anew:
///
///     RINGFENCE_WRITE_DOCS=1 swift test --filter APIDescriptionTests
@Suite("The description of the API")
struct APIDescriptionTests {
    private static let place = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/Portal/Pages/openapi.json")

    @Test func `is what the commands say`() throws {
        let made = try Self.document(SchemaProbe.Notes())
        if ProcessInfo.processInfo.environment["RINGFENCE_WRITE_DOCS"] == "1" {
            try made.write(to: Self.place)
            return
        }
        #expect(Data(PortalFiles.description) == made, "write it anew: RINGFENCE_WRITE_DOCS=1")
    }

    @Test func `knows the fields of every command and of every answer`() throws {
        let notes = SchemaProbe.Notes()
        _ = try Self.document(notes)
        // Written in one of several ways, or after a rule that no sample here fits: their fields are described as far as they are known.
        #expect(
            notes.unknown.sorted() == [
                "Array<CallRecord>", "Array<CallStep>", "Array<DialingRelease>", "Array<RingGroup>", "CallRecord",
                "CallStep",
                "CivicAddress", "DialingRelease", "DialingSettings", "FollowMe", "OpeningHours", "ParkingPlace",
                "ParkingSettings", "Reply", "RingGroup", "Scope",
            ]
        )
    }

    private static func document(_ notes: SchemaProbe.Notes) throws -> Data {
        var paths: [String: Any] = [:]
        for command in CommandRegistry.all { paths[APIRoutes.root + command.name] = path(command, notes) }
        let document: [String: Any] = [
            "openapi": "3.1.0",
            "info": [
                "title": "Ringfence", "version": "1",
                "description":
                    "The commands of a phone system, for programs. A token of `ringfence token issue` stands in Authorization.",
            ],
            "security": [["token": [String]()]],
            "paths": paths,
            "components": [
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
                "schemas": ["Problem": problem],
                "responses": [
                    "Problem": [
                        "description": "It was not done, and why.",
                        "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
                    ]
                ],
            ],
        ]
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return try JSONSerialization.data(withJSONObject: document, options: options) + Data("\n".utf8)
    }

    private static var problem: [String: Any] {
        [
            "type": "object", "required": ["status", "title", "type"],
            "properties": [
                "type": ["type": "string"], "status": ["type": "integer"], "title": ["type": "string"],
                "detail": ["type": "string"], "remedy": ["type": "string"], "control": ["type": "string"],
            ],
        ]
    }

    private static func path<Asked: Command>(_: Asked.Type, _ notes: SchemaProbe.Notes) -> [String: Any] {
        let (asked, reply) = (SchemaProbe.shape(of: Asked.self, notes), SchemaProbe.shape(of: Asked.Reply.self, notes))
        let rights = Asked.rights.map(\.rawValue).joined(separator: ", and to ")
        let shared: [String: Any] = [
            "summary": rights.isEmpty ? "For every role." : "For who may \(rights).",
            "responses": [
                "200": ["description": "It was done.", "content": ["application/json": ["schema": reply.schema]]],
                "default": ["$ref": "#/components/responses/Problem"],
            ],
        ]
        var post = shared
        post["operationId"] = Asked.name
        post["requestBody"] = ["content": ["application/json": ["schema": asked.schema]]]
        post["parameters"] = [
            [
                "name": "Idempotency-Key", "in": "header",
                "schema": ["type": "string", "minLength": 1, "maxLength": longestIdempotencyKey],
            ]
        ]
        guard !Asked.changesSomething, !asked.fields.contains(where: \.isRequired) else { return ["post": post] }
        var get = shared
        get["operationId"] = "\(Asked.name).get"
        return ["post": post, "get": get]
    }
}
