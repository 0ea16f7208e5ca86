// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
public import Guard
import Store

/// Files and folders of an installation, with a refusal for the person where the system says no.
public enum PrivateFiles {
    /// Makes a folder of mode 0700. Parents are made too, with the system's own mode.
    static func makeFolder(_ path: String) throws(Refusal) {
        let parent = String(path.split(separator: "/").dropLast().joined(separator: "/"))
        if path.hasPrefix("/"), !parent.isEmpty {
            try? FileManager.default.createDirectory(atPath: "/" + parent, withIntermediateDirectories: true)
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, chmod(path, 0o700) == 0 else {
            throw .cannotWrite(path, errno)
        }
    }

    /// Writes a new file and waits until it is on the disk. An existing file is left alone and refused.
    static func create(_ path: String, _ text: String, mode: mode_t) throws(Refusal) {
        try refusing { () throws(StoreError) in try PrivateFile.create(path, Array(text.utf8), mode: mode) }
    }

    /// Puts a new version of a file in the place of the old one in one step.
    static func replace(_ path: String, _ text: String, mode: mode_t) throws(Refusal) {
        try refusing { () throws(StoreError) in try PrivateFile.replace(path, Array(text.utf8), mode: mode) }
    }

    /// Writes `path.new` for ``adopt(_:)``, in place of what an earlier attempt left.
    static func prepare(_ path: String, _ text: String, mode: mode_t) throws(Refusal) {
        try refusing { () throws(StoreError) in try PrivateFile.prepare(path, Array(text.utf8), mode: mode) }
    }

    /// Puts `path.new` in the place of `path` in one step.
    static func adopt(_ path: String) throws(Refusal) {
        try refusing { () throws(StoreError) in try PrivateFile.adopt(path) }
    }

    private static func refusing(_ work: () throws(StoreError) -> Void) throws(Refusal) {
        do { try work() } catch .system(_, let path, let code) { throw .cannotWrite(path, code) } catch {
            throw Refusal(
                problem: "A file cannot be written.",
                reason: "\(error)",
                remedy: "look at the folder: ringfence doctor"
            )
        }
    }

    /// What is in a folder; nothing where it cannot be read.
    static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// The whole of a text file, UTF-8.
    ///
    /// - Throws: A `Refusal` that says whether it is there and what to check.
    public static func read(_ path: String) throws(Refusal) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Refusal(
                problem: "The file \(path) cannot be read.",
                reason: FileManager.default.fileExists(atPath: path)
                    ? "this account may not read it, or it is not text" : "it does not exist",
                remedy: "check the path and its owner: ls -l \(path)"
            )
        }
    }
}

extension Refusal {
    /// The system said no to a write.
    static func cannotWrite(_ path: String, _ code: Int32) -> Self {
        Self(
            problem: "\(path) cannot be written.",
            reason: String(cString: strerror(code)),
            remedy: code == EACCES || code == EPERM
                ? "run it as the account that owns the folder, or choose another one with --data"
                : Refusal.remedy(for: code, in: path)
        )
    }
}
