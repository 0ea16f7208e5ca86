// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Guard

/// The phone systems in the folders of one folder: those that one process can serve, and why it cannot serve the others.
///
/// A hosting provider wants the 199 whole ones to come up after a power cut, whatever became of the 200th: so a broken folder
/// keeps nobody else from being served, and is said loudly in the log, in the ready line and by its own `doctor`.
public struct Businesses: Sendable {
    /// One that is not served.
    public struct Broken: Sendable {
        /// The name of its folder.
        public let name: String
        public let refusal: Refusal
    }

    public let directory: String
    /// In the order of their folders' names.
    public private(set) var whole: [Installation] = []
    public private(set) var broken: [Broken] = []

    /// Looks at every folder inside of `directory`, except those whose names begin with a dot.
    ///
    /// - Throws: A refusal when there is no such folder, or none inside of it, or more than one process serves.
    public init(in directory: String) throws(Refusal) {
        self.directory = Installation.absolute(directory)
        let names = try Self.folders(in: self.directory)
        guard !names.isEmpty else { throw .noBusinesses(self.directory) }
        guard names.count <= Limits.businesses else { throw .tooMany(self.directory, names.count) }
        for name in names {
            do throws(Refusal) {
                whole.append(try Installation(opening: self.directory + "/" + name))
            } catch {
                broken.append(Broken(name: name, refusal: error))
            }
        }
        refuseNamesakes()
    }

    /// Takes out one that turned out to be broken, and leaves word in its folder for its `doctor`.
    mutating func refuse(_ installation: Installation, _ refusal: Refusal) {
        whole.removeAll { $0.directory == installation.directory }
        broken.append(Broken(name: installation.folderName, refusal: refusal))
        installation.leaveWord(of: refusal)
    }

    private static func folders(in directory: String) throws(Refusal) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw .noBusinesses(directory)
        }
        return names.filter { name in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: directory + "/" + name, isDirectory: &isFolder)
            return isThere && isFolder.boolValue && !name.hasPrefix(".")
        }.sorted()
    }

    /// Neither of two that have a name in common is served: phones of one must never reach the other, and nobody here can
    /// say whose the name is.
    private mutating func refuseNamesakes() {
        var owners: [String: [Installation]] = [:]
        for installation in whole {
            for name in Set(installation.phoneNames + [installation.settings.domain]) {
                owners[name, default: []].append(installation)
            }
        }
        for (name, namesakes) in owners.sorted(by: { $0.key < $1.key }) where namesakes.count > 1 {
            let folders = namesakes.map(\.folderName)
            for installation in namesakes where whole.contains(where: { $0.directory == installation.directory }) {
                refuse(installation, .namesakes(name, folders))
            }
        }
    }
}

extension Installation {
    /// The folder's own name.
    public var folderName: String { String(directory.split(separator: "/").last ?? "") }

    /// What phones may ask for when they connect: host names, no addresses (RFC 6066 §3).
    var phoneNames: [String] { certificateNames }

    private var wordFile: String { directory + "/refused.json" }

    /// Why the process that serves all businesses does not serve this one, as it said when it started.
    var word: Refusal? {
        guard let text = try? PrivateFiles.read(wordFile) else { return nil }
        return try? JSONDecoder().decode(Refusal.self, from: Data(text.utf8))
    }

    /// Does nothing where the folder cannot be written: the log has it as well.
    fileprivate func leaveWord(of refusal: Refusal) {
        guard let data = try? JSONEncoder().encode(refusal) else { return }
        try? PrivateFiles.replace(wordFile, String(decoding: data, as: UTF8.self) + "\n", mode: 0o600)
    }

    func withdrawWord() { try? FileManager.default.removeItem(atPath: wordFile) }
}

extension Refusal {
    fileprivate static func noBusinesses(_ directory: String) -> Self {
        Self(
            problem: "There is nobody to serve in \(directory).",
            reason: "it holds no folder of a phone system",
            remedy: "make one for each business: ringfence init --data \(directory)/NAME --domain NAME.example …"
        )
    }

    fileprivate static func tooMany(_ directory: String, _ count: Int) -> Self {
        Self(
            problem: "The \(count) businesses in \(directory) are too many for one process.",
            reason: "it serves \(Limits.businesses) at most",
            remedy: "spread them over several folders and addresses, with a 'ringfence serve --businesses' for each"
        )
    }

    fileprivate static func namesakes(_ name: String, _ folders: [String]) -> Self {
        Self(
            problem: "None of \(folders.joined(separator: ", ")) is served.",
            reason: "they all have the name \(name), so nobody can tell whose phones ask for it",
            remedy: "move the folders that are copies somewhere else"
        )
    }
}
