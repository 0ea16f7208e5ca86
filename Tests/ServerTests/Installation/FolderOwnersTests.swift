// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Guard
import Model
import Primitives
import Testing

@testable import Server

@Suite("Control credential-delivery: whose the files are")
struct FolderOwnersTests {
    private let folder = TemporaryFolder()
    private let now = Date()
    private static let nobody: uid_t = 65_534

    private func make() throws -> Installation { try folder.request().createWithStore(by: "a test", at: now) }

    /// Only root can give a file away.
    private static var isRoot: Bool {
        if geteuid() != 0 { print("SKIPPED: giving a file to another account needs root") }
        return geteuid() == 0
    }

    @Test(
        .enabled(if: isRoot),
        arguments: [
            "", "/tls", "/tls/server.key", "/tls/ca.pem", "/seal.key", "/ringfence.sqlite", "/installation.json",
        ]
    )
    func `a server does not work with what belongs to somebody else, and doctor says the same`(
        name: String
    ) async throws {
        let made = try make()
        let path = made.directory + name
        #expect(chown(path, Self.nobody, Self.nobody) == 0)
        let refusal = #expect(throws: Refusal.self) { _ = try made.openStore() }
        #expect(refusal?.control == .credentialDelivery)
        #expect(refusal?.problem.contains(path) == true)
        // Nothing is ever given to that account.
        for wrong in ["chown nobody", "chown 65534"] { #expect(refusal?.remedy.contains(wrong) == false) }
        let doctor = await Server.Doctor(made, serving: nil, at: now, resolve: { _ in [] }).examine()
        let found = doctor.first { $0.code == .folder }
        if name.isEmpty {
            // The folder could be that account's own; then what is in it is not.
            #expect(found?.severity == .good || found?.severity == .critical)
        } else {
            #expect(found?.severity == .critical && found?.title.contains(path) == true)
        }
    }

    @Test(.enabled(if: isRoot))
    func `no phone system is made in a folder of somebody else`() throws {
        let path = folder.path + "/theirs"
        #expect(mkdir(path, 0o700) == 0 && chown(path, Self.nobody, Self.nobody) == 0)
        let refusal = #expect(throws: Refusal.self) {
            _ = try folder.request(directory: path).createWithStore(by: "a test", at: now)
        }
        #expect(refusal?.problem == "The folder \(path) belongs to another account.")
        let below = #expect(throws: Refusal.self) {
            _ = try folder.request(directory: path + "/data").createWithStore(by: "a test", at: now)
        }
        #expect(below?.problem == "Others on this machine can put another phone system in the place of this one.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    }

    @Test(.enabled(if: isRoot))
    func `a link of somebody else's is not followed`() throws {
        let made = try make()
        let link = folder.path + "/link"
        #expect(symlink(made.directory, link) == 0 && lchown(link, Self.nobody, Self.nobody) == 0)
        #expect(FolderOwners(link).refusal() != nil)
        #expect(FolderOwners(link + "/tls").parents() != nil)
        #expect(lchown(link, 0, 0) == 0)
        #expect(FolderOwners(link).refusal() == nil)
    }

    @Test(arguments: [(0o777 as mode_t, false), (0o775, false), (0o1777, true), (0o755, true), (0o700, true)])
    func `a folder above that others can write to is refused, but for one with the sticky bit`(
        mode: mode_t,
        isSound: Bool
    ) throws {
        let made = try make()
        #expect(chown(folder.path, 0, Self.nobody) == 0)
        chmod(folder.path, mode)
        defer { chmod(folder.path, 0o755) }
        #expect((FolderOwners(made.directory).refusal() == nil) == isSound)
        if !isSound {
            #expect(FolderOwners(made.directory).refusal()?.remedy == "chmod go-w \(folder.path)")
            #expect(throws: Refusal.self) { _ = try made.openStore() }
        }
    }

    @Test func `a folder above that only the owner's own group may write to is sound`() throws {
        let made = try make()
        chmod(folder.path, 0o775)
        defer { chmod(folder.path, 0o755) }
        #expect(FolderOwners(made.directory).refusal() == nil)
    }

    @Test func `an operator passes through a folder of mode 0711`() throws {
        let made = try make()
        chmod(made.directory, 0o711)
        #expect(FolderOwners(made.directory).refusal() == nil)
    }
}
