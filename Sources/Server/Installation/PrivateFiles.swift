// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
public import Guard

/// Files and folders that belong to one account: nothing here is ever readable by another one, not even for a moment.
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
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard fchmod(descriptor, mode) == 0, write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0
        else { throw .cannotWrite(path, errno) }
    }

    /// Puts a new version of a file in the place of the old one in one step.
    static func replace(_ path: String, _ text: String, mode: mode_t) throws(Refusal) {
        try overwrite(path + ".new", text, mode: mode)
        try adoptNew(path)
    }

    /// Writes a file that ``adoptNew(_:)`` is to take, or that replaces what an earlier attempt left.
    static func overwrite(_ path: String, _ text: String, mode: mode_t) throws(Refusal) {
        unlink(path)
        try create(path, text, mode: mode)
    }

    /// Puts `path.new` in the place of `path` in one step.
    static func adoptNew(_ path: String) throws(Refusal) {
        guard rename(path + ".new", path) == 0 else { throw .cannotWrite(path, errno) }
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
            remedy: "run it as the account that owns the folder, or choose another one with --data"
        )
    }
}
