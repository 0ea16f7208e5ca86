// SPDX-License-Identifier: Apache-2.0

public import Model

/// Ringfence will not do what was asked, and this says why and what to do instead.
///
/// Every refusal that a person can see is one of these, whether it reaches them through the command line, the
/// portal or an e-mail, so there is one place to get the words right. Write it for somebody who runs a business
/// and has never read an RFC.
public struct Refusal: Error, Hashable, Codable, Sendable {
    /// Which practice says no; `nil` where it is a plain mistake, such as a number that does not exist.
    public let control: Control?
    /// What will not happen, with the names the reader used. One sentence.
    public let problem: String
    /// The danger, in numbers where there are any. One sentence, no period-separated asides.
    public let reason: String
    /// What to do, as an order. Ends with the exact command where there is one.
    public let remedy: String

    public init(_ control: Control? = nil, problem: String, reason: String, remedy: String) {
        self.control = control
        self.problem = problem
        self.reason = reason
        self.remedy = remedy
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String {
        """
        \(problem)
          Why: \(reason)\(control.map { " [\($0.rawValue)]" } ?? "")
          Fix: \(remedy)
        """
    }
}
