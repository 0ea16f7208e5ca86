// SPDX-License-Identifier: Apache-2.0

import Glibc
import Guard
import Primitives
import Server

/// A secret that a person hands over: from a file or typed without being shown. Never an argument, which others can list.
enum SecretInput {
    /// - Parameter file: One line; `nil` to ask.
    static func read(_ file: String?, _ question: String) throws(Refusal) -> Redacted<String> {
        guard let file else { return try ask(question) }
        let text = try PrivateFiles.read(file)
        return Redacted(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    private static func ask(_ question: String) throws(Refusal) -> Redacted<String> {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { throw .noTerminal }
        defer { close(terminal) }
        var usual = termios()
        guard tcgetattr(terminal, &usual) == 0 else { throw .noTerminal }
        var silent = usual
        silent.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw .noTerminal }
        defer {
            tcsetattr(terminal, TCSAFLUSH, &usual)
            show("\n", terminal)
        }
        show(question, terminal)
        return Redacted(line(terminal))
    }

    private static func show(_ text: String, _ terminal: Int32) {
        let bytes = Array(text.utf8)
        _ = write(terminal, bytes, bytes.count)
    }

    /// What was typed before the end of the line; at most 4 KiB, which a terminal does not exceed either.
    private static func line(_ terminal: Int32) -> String {
        var (bytes, byte) = ([UInt8](), UInt8(0))
        while bytes.count < 4_096, Glibc.read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Refusal {
    fileprivate static let noTerminal = Self(
        problem: "The secret cannot be asked for.",
        reason: "there is no terminal to type it at",
        remedy: "give a file that only you can read; --help says by which option"
    )
}
