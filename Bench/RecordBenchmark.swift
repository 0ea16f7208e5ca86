// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Model
import Primitives
import Store

/// What the records of a call cost on the disk: put into the tables before the answer, and into the log before it and into the
/// tables behind. Both in one run, on the same disk, one commit after the other.
///
/// A busy office: 25 commits a second with `width` states each, answered after two seconds, ended after twenty.
func recordBenchmark() -> Bool {
    do {
        var ratios: [Double] = []
        for width in [1, 4] {
            let direct = try measure(width: width, throughLog: false)
            let logged = try measure(width: width, throughLog: true)
            print("records, \(width) a commit, tables first: \(direct)")
            print("records, \(width) a commit, log first:    \(logged)")
            ratios.append(logged.microseconds / direct.microseconds)
        }
        print("records: processor time, log first to tables first: \(ratios)")
        return true
    } catch {
        print("records: \(error)")
        return false
    }
}

private struct Cost: CustomStringConvertible {
    /// Of processor time, for a call.
    let microseconds: Double
    let writes: Double
    let kibibytes: Double
    /// From a state that comes alone to its place on the disk.
    let delay: Double

    var description: String {
        String(
            format: "%.1f us of processor, %.1f writes, %.1f KiB a call; %.0f us until it is on the disk",
            microseconds,
            writes,
            kibibytes,
            delay
        )
    }
}

private func measure(width: Int, throughLog: Bool) throws -> Cost {
    let directory = FileManager.default.temporaryDirectory.path + "/ringfence-records-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    guard let domain = DomainName(parsing: "pbx.example"), let caller = ExtensionNumber(parsing: "201"),
        let device = DeviceID(parsing: "0123456789abcdef")
    else { return Cost(microseconds: 0, writes: 0, kibibytes: 0, delay: 0) }
    let now = WallTime(milliseconds: 1_800_000_000_000)
    let store = try RingfenceStore.create(directory: directory, domain: domain, by: "bench", at: now)
    try store.beginServing()
    let commits = 3_000
    func state(_ serial: Int, answered: Bool, ended: Bool) -> CallRecord {
        var record = CallRecord(
            id: "0123456789abcdef\(serial)",
            startedAt: now + .milliseconds(serial * 40),
            caller: .extension(caller),
            callerDevice: device,
            dialled: "202",
            callee: Participant(parsing: "202")
        )
        record.callerProtection = LegProtection(
            transport: "tls",
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384"
        )
        if answered { (record.answeredAt, record.outcome) = (now, .answered) }
        if ended { record.endedAt = now }
        return record
    }
    let before = Usage()
    let start = ContinuousClock.now
    for commit in 0..<commits {
        var records: [CallRecord] = []
        for line in 0..<width {
            records.append(state(commit * width + line, answered: false, ended: false))
            if commit >= 50 { records.append(state((commit - 50) * width + line, answered: true, ended: false)) }
            if commit >= 500 { records.append(state((commit - 500) * width + line, answered: true, ended: true)) }
        }
        if throughLog {
            try store.log.append(records, of: store.business)
            if commit % 75 == 74 { store.fillTables() }
        } else {
            try store.write(records)
        }
    }
    let elapsed = start.duration(to: .now)
    store.fillTables()
    let used = Usage() - before
    let calls = Double(commits * width)
    return Cost(
        microseconds: used.microseconds / calls,
        writes: used.writes / calls,
        kibibytes: used.bytes / 1_024 / calls,
        delay: Double(elapsed.components.attoseconds / 1_000_000_000_000 + elapsed.components.seconds * 1_000_000)
            / Double(commits)
    )
}

/// What the process has used so far.
private struct Usage {
    var microseconds: Double
    var writes: Double
    var bytes: Double

    init() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        microseconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        let lines = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8)) ?? ""
        var figures: [String: Double] = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":")
            if parts.count == 2 { figures[String(parts[0])] = Double(parts[1].trimmingCharacters(in: .whitespaces)) }
        }
        (writes, bytes) = (figures["syscw"] ?? 0, figures["wchar"] ?? 0)
    }

    static func - (later: Usage, earlier: Usage) -> Usage {
        var difference = later
        difference.microseconds -= earlier.microseconds
        difference.writes -= earlier.writes
        difference.bytes -= earlier.bytes
        return difference
    }
}
