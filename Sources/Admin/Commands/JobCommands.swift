// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// What the system does by itself: when, and how it went.
public struct ListJobs: Command {
    public static let name = "job.list"
    public static let rights: [Right] = [.diagnose]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [JobReport] {
        await administrator.engine.jobs()
    }
}
