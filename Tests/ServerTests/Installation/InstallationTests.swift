// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import Server

@Suite("ringfence init: the folder")
struct InstallationTests {
    private let folder = TemporaryFolder()
    private let now = Date()

    @Test func `every secret in it belongs to one account`() throws {
        let made = try folder.install(at: now)
        #expect(try mode(made.directory) == 0o700)
        #expect(try mode(made.directory + "/tls") == 0o700)
        for name in ["tls/server.key", "tls/ca.key", "installation.json"] {
            #expect(try mode(made.directory + "/" + name) == 0o600, "\(name)")
        }
    }

    @Test func `serve reads back what init was told`() throws {
        let made = try folder.install(names: ["PBX.example.com", "sip.example.com", "pbx.example.com"], at: now)
        let opened = try Installation(opening: made.directory)
        #expect(opened.settings == made.settings)
        #expect(opened.settings.names == ["pbx.example.com", "sip.example.com"])
        let configuration = opened.configuration(for: try opened.usualNetwork())
        #expect(configuration.sip.map(\.address.description) == ["192.0.2.10:5061"])
        #expect(configuration.media.map(\.description) == ["192.0.2.10:40000-40001"])
        #expect(configuration.tls.authority == made.directory + "/tls/ca.pem")
    }

    @Test func `without a name phones are told the domain`() throws {
        #expect(try folder.install(names: [], at: now).settings.names == ["example.com"])
    }

    @Test func `an installation is never written over`() throws {
        let made = try folder.install(at: now)
        let root = try Data(contentsOf: URL(fileURLWithPath: made.rootCertificate))
        let refusal = #expect(throws: Refusal.self) { try folder.install(at: now) }
        #expect(
            refusal?.description == """
                There is a phone system in \(made.directory) already.
                  Why: making a new one would destroy its extensions, call records and certificate
                  Fix: start it: ringfence serve --data \(made.directory)
                """
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: made.rootCertificate)) == root)
    }

    @Test func `a folder of something else is not used`() throws {
        try FileManager.default.createDirectory(atPath: folder.data, withIntermediateDirectories: true)
        try "mine".write(toFile: folder.data + "/letter.txt", atomically: true, encoding: .utf8)
        let refusal = #expect(throws: Refusal.self) { try folder.install(at: now) }
        #expect(refusal?.problem == "The folder \(folder.data) is not empty.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.data) == ["letter.txt"])
    }

    @Test func `a failure leaves nothing behind, and the next try works`() throws {
        struct DiskFull: Error {}
        #expect(throws: DiskFull.self) { try folder.request().create(at: now) { _ in throw DiskFull() } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.data).isEmpty)
        try folder.install(at: now)
    }

    @Test(arguments: ["", "pbx_1.example.com", "-pbx.example.com", "a..b", "192.0.2.1", "pbx example", "pbx\r\nX: y"])
    func `what is no host name is no name of the server`(name: String) {
        let refusal = #expect(throws: Refusal.self) { try folder.request(names: [name]) }
        #expect(refusal?.problem == "'\(name)' cannot be a name of this server.")
    }

    @Test(arguments: ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"])
    func `what is not the address of one machine is not taken`(address: String) throws {
        let address = try #require(IPAddress(parsing: address))
        let domain = try #require(DomainName(parsing: "example.com"))
        #expect(throws: Refusal.self) {
            try InstallationRequest(directory: folder.data, domain: domain, address: address, names: [])
        }
    }

    @Test func `a path too long for a socket is refused before anything is made`() throws {
        let long = folder.path + "/" + String(repeating: "x", count: 100)
        let refusal = #expect(throws: Refusal.self) { try folder.request(directory: long) }
        #expect(refusal?.problem == "The phone system cannot live in \(long).")
        let moved = #expect(throws: Refusal.self) { _ = try Installation(opening: long) }
        #expect(moved?.problem == refusal?.problem)
    }

    @Test func `where there is none, the refusal says how to make one`() {
        let refusal = #expect(throws: Refusal.self) { try Installation(opening: folder.data) }
        #expect(refusal?.problem == "There is no phone system in \(folder.data).")
        #expect(refusal?.remedy.hasPrefix("make one: ringfence init --data \(folder.data)") == true)
    }

    @Test func `settings that were tampered with are not believed`() throws {
        let made = try folder.install(at: now)
        let path = Installation.settingsPath(made.directory)
        for text in ["", "{}", #"{"domain":"example.com","address":"nowhere","names":["a"]}"#] {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let refusal = #expect(throws: Refusal.self) { try Installation(opening: made.directory) }
            #expect(refusal?.problem == "The file \(path) is damaged.")
        }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

@Suite("ringfence serve: addresses and ports")
struct MediaPortsTests {
    @Test(arguments: ["192.0.2.1:40000-40001", "[2001:db8::1]:40000-49999"])
    func `a range is written as it was read`(text: String) {
        #expect(MediaPorts(parsing: text)?.description == text)
    }

    @Test(arguments: [
        "192.0.2.1:40001-40002", "192.0.2.1:40000-40000", "192.0.2.1:40000-39999", "0.0.0.0:40000-40001",
        "192.0.2.1:0-1", "192.0.2.1:40000", "192.0.2.1:40000-", "192.0.2.1:40000-70000", "host:40000-40001",
        "2001:db8::1:40000-40001", "",
    ])
    func `a range that RTP cannot use is not one`(text: String) {
        #expect(MediaPorts(parsing: text) == nil)
    }
}
