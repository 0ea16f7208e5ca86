// SPDX-License-Identifier: Apache-2.0

public import Audit
import CNetwork
import Foundation
import Glibc
import Guard
import Model
import Store

extension Insider {
    /// What a thief on this machine sees of the server that works in a data directory.
    public static func onThisMachine(directory: String) -> Insider {
        var insider = Insider(
            serverMemory: { ServerProcess.identifier(of: directory).flatMap(ServerProcess.memory) },
            stolenFiles: {
                let keys: Set<SecretFileRules.Purpose> = [.directory, .sealKey, .certificateKey, .adminSocket]
                return StoredFile.all(in: directory).filter { !keys.contains($0.role) }
            },
            open: { FileBlocks.reading($0.path) },
            tamper: { (falsification) async throws(WireError) in
                do {
                    let verification = try JournalDrill.run(falsification, onCopyOf: directory)
                    return verification.firstWrong.map { "entry \($0): \(verification.problem ?? "does not fit")" }
                } catch {
                    throw WireError(.local, "\(error)")
                }
            }
        )
        insider.steal = { (theft) async throws(WireError) in
            do { return try AudioDrill.run(theft, at: SystemClock.wall) } catch { throw WireError(.local, "\(error)") }
        }
        insider.retain = { (trial) async throws(WireError) in
            do { return try await RetentionDrill.run(trial, at: SystemClock.wall) } catch {
                throw WireError(.local, "\(error)")
            }
        }
        return insider
    }
}

/// The process that has a data directory open, found without asking it.
private enum ServerProcess {
    /// Whoever holds the lock of the directory (`man 5 proc`, `/proc/locks`).
    static func identifier(of directory: String) -> Int32? {
        var file = RingfenceFile()
        guard ringfence_file(-1, directory + "/store.lock", &file) == 0,
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else { return nil }
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(":\(file.number)") else { continue }
            return Int32(fields[4])
        }
        return nil
    }

    /// Resident bytes.
    static func memory(_ process: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
            $0 * sysconf(Int32(_SC_PAGESIZE))
        }
    }
}

extension StoredFile {
    /// The folder of an installation and every file in it, by what it is for.
    static func all(in directory: String) -> [StoredFile] {
        let inside = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return ([""] + inside.sorted()).compactMap { name in
            let path = name.isEmpty ? directory : "\(directory)/\(name)"
            var file = RingfenceFile()
            guard ringfence_file(-1, path, &file) == 0 else { return nil }
            guard name.isEmpty || file.is_folder == 0 else { return nil }
            return StoredFile(
                role: role(name),
                path: path,
                mode: file.mode,
                owner: file.owner
            )
        }
    }

    private static func role(_ name: String) -> Role {
        if name.isEmpty { return .directory }
        if name.hasPrefix("ringfence.sqlite") { return .database }
        if name.hasSuffix(".key") { return name == "seal.key" ? .sealKey : .certificateKey }
        if name == "journal.anchor" { return .journalAnchor }
        return name.hasSuffix(".sock") ? .adminSocket : .other
    }
}
