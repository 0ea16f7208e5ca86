// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Where the program's words go.
enum Console {
    /// Standard output: the answer, and nothing else.
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Standard error: refusals and hints, which stay out of a pipe.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// What a command has to say.
struct Output {
    /// For a person: plain text that makes sense read aloud.
    var text: String
    /// For a script. Fields are only ever added.
    var json: String
    /// What to do next, for a person at a terminal.
    var hint: String?
    /// Whether something was found wanting: the exit status is 1 then.
    var fellShort = false

    init(_ text: String, json: some Encodable, hint: String? = nil, fellShort: Bool = false) throws {
        (self.text, self.json, self.hint, self.fellShort) = (text, try JSONText.of(json), hint, fellShort)
    }

    /// - Parameter json: One line that is JSON already.
    init(_ text: String, rawJSON json: String, hint: String? = nil, fellShort: Bool = false) {
        (self.text, self.json, self.hint, self.fellShort) = (text, json.shownJSON, hint, fellShort)
    }

    /// - Throws: The exit status when something fell short.
    func deliver(asJSON: Bool) throws {
        Console.say(asJSON ? json : text)
        if let hint, !asJSON { Console.complain(hint) }
        if fellShort { throw ExitCode.failure }
    }
}
