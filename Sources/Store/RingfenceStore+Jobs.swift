// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model

extension RingfenceStore {
    /// The last run of each job.
    public func jobRuns() throws -> [JobRun] { try pool.read { try JobTable.list($0) } }

    /// Keeps a run in place of the last one of its job. When it returns, it is on the disk.
    public func keep(_ run: JobRun) throws { try pool.write { try JobTable.put(run, $0) } }
}
