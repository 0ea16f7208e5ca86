// SPDX-License-Identifier: Apache-2.0

/// When backups are good enough to start again from.
public enum BackupRules {
    /// How many a folder keeps.
    public static let counts = 2...1_000
    /// After this the newest one is too old: a day, and time for the night's to be made.
    public static let oldest: Duration = .seconds(26 * 3_600)

    /// Why a folder is not taken; `nil` where it is.
    ///
    /// - Parameter own: The folder of the business.
    public static func refusal(ofFolder path: String, own: String) -> Refusal? {
        guard path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            return Refusal(
                problem: "'\(path)' is not taken as a folder for backups.",
                reason:
                    "the server has a working folder of its own, so the path has to begin at the root, without '..'",
                remedy: "give the whole path: ringfence backup nightly /mnt/backup"
            )
        }
        guard path != own, !path.hasPrefix(own + "/") else {
            return Refusal(
                problem: "'\(path)' is not taken as a folder for backups.",
                reason: "it lies in the folder of the phone system, and a disk that is gone takes both with it",
                remedy: "choose one on another disk, or one that another machine fetches"
            )
        }
        return nil
    }

    /// Why so many are not kept; `nil` where they are.
    public static func refusal(ofCount count: Int) -> Refusal? {
        guard !counts.contains(count) else { return nil }
        return Refusal(
            problem: "A folder keeps \(counts.lowerBound) to \(counts.upperBound) backups, not \(count).",
            reason: "the newest one can be broken, and a folder without an end fills its disk",
            remedy: "say how many: ringfence backup nightly /mnt/backup --count 14"
        )
    }
}
