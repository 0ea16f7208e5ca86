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
    /// Challenges for passkeys that were answered within five minutes: nobody has so many fingers. 100 bytes each.
    static let answeredChallenges = 4_096
    /// How often it is looked how the running system is, to tell people of what is wrong.
    public static let healthReview = 60
    /// Seconds between two looks for exceptions that have ended.
    static let exceptionReview = 5
    /// When it is looked for extensions that nobody uses, in minutes of the day (UTC): before an office in Europe opens.
    static let dormancyMinute = 4 * 60 + 40
    /// How long a job that failed again and again waits at most before it is tried once more.
    static let longestRetry: Duration = .seconds(6 * 3_600)
    /// From one message of a kind to the next over one channel: nobody is flooded, and a minute later it is a summary.
    static let betweenMessages: Duration = .seconds(60)
    /// How soon a channel that failed is tried again, and how late at most: what waited is there within five minutes.
    static let shortestAlertRetry: Duration = .seconds(10)
    static let longestAlertRetry: Duration = .seconds(300)
    /// How long a message is tried: a mail server that is away over a long weekend has it all the same.
    static let alertPatience: Duration = .seconds(7 * 86_400)
    /// How often it is tried within that time at least.
    static let alertTries = 200
    /// How often a message may be refused by itself before it is given up.
    static let alertRefusals = 3
    /// How long a channel fails before people are told over the others: a mail server that restarts is no news.
    public static let channelPasses = 60
    /// Bytes of a key that is made for webhooks: 256 bits.
    static let webhookKeyBytes = 32
    /// How long a channel may lead inside before somebody says so again.
    static let longestPrivateReach: Duration = .seconds(366 * 86_400)
    /// When people are told how the house stood, in minutes of the day (UTC): before an office in Europe opens.
    static let morningMinute = 5 * 60
    /// Events and calls that a report counts.
    static let reportRows = 10_000

    /// Days that the line of the score has.
    static let scoreDays = 90

    /// How long signalling may be noted.
    static let longestTrace: Duration = .seconds(86_400)
    /// Characters of the Call-ID of a trace that was read, in the journal.
    static let tracedName = 64
    /// Messages that one look at a trace shows.
    public static let tracedMessages = 500

    /// Records that a number is taken out of in one transaction.
    static let erasedAtOnce = 200
}
