// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// How a job went last. It is kept before the job begins, so that no restart makes it run twice.
public struct JobRun: Hashable, Sendable, Codable {
    /// The job's name: `certificate.renew`.
    public let job: String
    public let startedAt: WallTime
    /// `nil` while it runs, or when the server ended meanwhile.
    public var endedAt: WallTime?
    /// Why it failed, or while it runs, why the one before did; `nil` when it did not.
    public var failure: String?
    /// How often in a row it failed.
    public var failures: Int

    public init(
        job: String,
        startedAt: WallTime,
        endedAt: WallTime? = nil,
        failure: String? = nil,
        failures: Int = 0
    ) {
        (self.job, self.startedAt, self.endedAt) = (job, startedAt, endedAt)
        (self.failure, self.failures) = (failure, failures)
    }
}
