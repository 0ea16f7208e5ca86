// SPDX-License-Identifier: Apache-2.0

/// How much one command may ask for, and how exact what is kept of operators is.
public enum Limits {
    /// Extensions or phones in one command: one transaction of a few megabytes.
    public static let perCommand = 1_000
    /// Extensions of a business on one machine.
    public static let extensions = 100_000
    /// Numbers of a business: a block of ten thousand; 100 bytes each.
    static let numbers = 10_000
    /// Lines that a list gives when nobody says how many.
    public static let defaultLines = 100
    /// Bytes of what an operator has an extension dial: 19 digits, with a visual separator after each.
    static let dialledBytes = 40
    /// How often it is written down that an operator was here.
    static let visit: Duration = .seconds(3_600)
    /// Characters that are kept of what a browser calls itself.
    static let agentCharacters = 160
    /// Of a name that was typed to sign in, as failures are counted for it: operators have no longer ones.
    static let countedName = 64
    /// How long people are not told the same thing again, unless its kind says otherwise.
    static let alertAgain: Duration = .seconds(3_600)
    /// Different things that people are told in that time, of one severity and from one side: from strangers, or from the house; 200
    /// bytes each.
    static let alerts = 100
    /// Of one kind about the same extension, phone or person, where it is not critical: whoever has somebody's phone could fill the
    /// list with what it does.
    static let alertsOfOne = 5
    /// How often it is looked how the running system is, to tell people of what is wrong.
    public static let healthReview = 60
    /// How long something counts as going on after it was found: twice that, and time for the look itself.
    static let findingGap: Duration = .seconds(150)
    /// Seconds between two looks for exceptions that have ended.
    static let exceptionReview = 5
    /// When it is looked for extensions that nobody uses, in minutes of the day (UTC): before an office in Europe opens.
    static let dormancyMinute = 4 * 60 + 40
    /// How long a job that failed again and again waits at most before it is tried once more.
    static let longestRetry: Duration = .seconds(6 * 3_600)

    /// Days that the line of the score has.
    static let scoreDays = 90
}
